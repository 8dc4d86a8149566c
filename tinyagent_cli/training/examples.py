"""Training examples: the prompt exactly as at inference, and the plan the model is to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from tinyagent_cli.plan.call import JOIN
from tinyagent_cli.plan.signature import Signature, Signatures, signature_from_json
from tinyagent_cli.planner.prompt import plan_prompt
from tinyagent_cli.retrieval import Retriever
from tinyagent_cli.training.base import adds_bos
from tinyagent_cli.training.decisions import Weights, weights_of
from tinyagent_cli.training.offers import offered, sharing
from tinyagent_cli.training.seeds import Seed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ids: TypeAlias = tuple[int, ...]

LINE_BREAK = "\n"
"""What a prompt ends with: a plan is encoded behind it, since SentencePiece begins every text with a space."""


@dataclass(frozen=True)
class Branch:
    """Token ids of a prompt, or of what of it is not shared, and of its plan; what each of the plan's counts for."""

    prompt: Ids
    plan: Ids
    weights: Weights

    def __len__(self) -> int:
        return len(self.prompt) + len(self.plan)


@dataclass(frozen=True)
class Example:
    """Token ids of what several prompts begin with, and how each one goes on.

    Every branch is trained as if it stood alone behind `shared`; the loss is taken on the plans.
    """

    shared: Ids
    branches: tuple[Branch, ...]

    def __len__(self) -> int:
        return len(self.shared) + sum(map(len, self.branches))


def example(alone: Sequence[Branch]) -> Example:
    """One example of whole prompts and their plans: what the prompts have in common is held once."""
    together = zip(*(branch.prompt for branch in alone), strict=False)
    shared = tuple(ids[0] for ids in takewhile(lambda ids: len(set(ids)) == 1, together))
    return Example(shared, tuple(replace(branch, prompt=branch.prompt[len(shared) :]) for branch in alone))


def apart(examples: Iterable[Example]) -> Iterator[Example]:
    """Every branch as an example of its own, for models that cannot hold what is shared once."""
    for item in examples:
        for branch in item.branches:
            yield Example((), (replace(branch, prompt=item.shared + branch.prompt),))


def plan_text(calls: Iterable[str]) -> str:
    """Calls numbered from 1, one a line, ending in `join()`."""
    lines = [*calls, f"{JOIN}()"]
    return "\n".join(f"{number}. {call}" for number, call in enumerate(lines, 1))


class Encoder:
    """Makes examples of seeds, for one tokenizer, with tools offered as `retriever` would."""

    def __init__(
        self, builtin: Signatures, tokenizer: PreTrainedTokenizerBase, retriever: Retriever | None, rng: Random
    ) -> None:
        self._builtin = builtin
        self._tokenizer = tokenizer
        self._retriever = retriever
        self._rng = rng
        self._start: Ids = (tokenizer.bos_token_id,) if adds_bos(tokenizer) else ()
        self._line_break: Ids = tuple(tokenizer(LINE_BREAK, add_special_tokens=False)["input_ids"])

    def encode(self, seeds: Sequence[Seed], longest: int) -> Iterator[Example]:
        """Examples in random order; a request whose prompt and plan take more than `longest` tokens is left out."""
        groups = list(sharing(seeds, self._rng))
        self._rng.shuffle(groups)
        for group in groups:
            alone = [branch for branch in self._branches(group) if len(branch) <= longest]
            if alone:
                yield example(alone)

    def _branches(self, group: Sequence[Seed]) -> list[Branch]:
        """The whole prompt of each request and its plan."""
        tools = self._tools(group[0])
        prompts = self._encoded([self._prompt(seed, tools) for seed in group])["input_ids"]
        plans = [LINE_BREAK + plan_text(seed.plan) for seed in group]
        encoded = self._encoded(plans, return_offsets_mapping=True)
        end, cut = self._tokenizer.eos_token_id, len(self._line_break)
        return [
            Branch((*self._start, *prompt), (*ids[cut:], end), (*weights_of(plan, offsets[cut:]), 1.0))
            for prompt, plan, ids, offsets in zip(
                prompts, plans, encoded["input_ids"], encoded["offset_mapping"], strict=True
            )
        ]

    def _encoded(self, texts: Sequence[str], **options: bool) -> Mapping[str, Any]:
        encoded: Mapping[str, Any] = self._tokenizer(list(texts), add_special_tokens=False, **options)
        return encoded

    def _tools(self, seed: Seed) -> list[Signature]:
        if seed.tools is None:
            return offered(seed, self._builtin, self._retriever, self._rng)
        return [signature_from_json(tool) for tool in self._rng.sample(seed.tools, len(seed.tools))]

    def _prompt(self, seed: Seed, tools: Sequence[Signature]) -> str:
        known = () if seed.tools is not None else self._builtin
        return plan_prompt(seed.query, tools, known=known, has_document=seed.document is not None)


def batches(examples: Iterator[Example], tokens: int, pool: int, rng: Random) -> Iterator[list[Example]]:
    """Batches of about `tokens` padded tokens, of examples alike in length, taken from pools in random order."""
    while True:
        ready = sorted((next(examples) for _ in range(pool)), key=len)
        cut = _cut(ready, tokens)
        rng.shuffle(cut)
        yield from cut


def _cut(ready: Sequence[Example], tokens: int) -> list[list[Example]]:
    cut: list[list[Example]] = [[]]
    for item in ready:
        if cut[-1] and (len(cut[-1]) + 1) * len(item) > tokens:
            cut.append([])
        cut[-1].append(item)
    return cut
