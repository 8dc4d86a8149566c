"""Training examples: the prompt exactly as at inference, and the plan the model is to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from tinyagent_cli.plan.call import JOIN
from tinyagent_cli.plan.signature import Signature, Signatures, signature_from_json
from tinyagent_cli.planner.prompt import plan_prompt
from tinyagent_cli.retrieval import Retriever
from tinyagent_cli.training.base import adds_bos
from tinyagent_cli.training.offers import offered, sharing
from tinyagent_cli.training.seeds import Seed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ids: TypeAlias = tuple[int, ...]

LINE_BREAK = "\n"
"""What a prompt ends with: a plan is encoded behind it, since SentencePiece begins every text with a space."""


@dataclass(frozen=True)
class Example:
    """Token ids of what several prompts begin with, and of each one's rest and plan.

    Every branch is trained as if it stood alone behind `shared`; the loss is taken on the plans.
    """

    shared: Ids
    branches: tuple[tuple[Ids, Ids], ...]

    def __len__(self) -> int:
        return len(self.shared) + sum(len(rest) + len(plan) for rest, plan in self.branches)


def example(pairs: Sequence[tuple[Ids, Ids]]) -> Example:
    """One example of prompts and their plans: what the prompts have in common is held once."""
    together = zip(*(prompt for prompt, _ in pairs), strict=False)
    shared = tuple(ids[0] for ids in takewhile(lambda ids: len(set(ids)) == 1, together))
    return Example(shared, tuple((prompt[len(shared) :], plan) for prompt, plan in pairs))


def apart(examples: Iterable[Example]) -> Iterator[Example]:
    """Every branch as an example of its own, for models that cannot hold what is shared once."""
    return (Example((), ((item.shared + rest, plan),)) for item in examples for rest, plan in item.branches)


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
            pairs = [pair for pair in self._pairs(group) if sum(map(len, pair)) <= longest]
            if pairs:
                yield example(pairs)

    def _pairs(self, group: Sequence[Seed]) -> list[tuple[Ids, Ids]]:
        tools = self._tools(group[0])
        texts = [text for seed in group for text in (self._prompt(seed, tools), LINE_BREAK + plan_text(seed.plan))]
        ids = self._tokenizer(texts, add_special_tokens=False)["input_ids"]
        end, cut = self._tokenizer.eos_token_id, len(self._line_break)
        pairs = zip(ids[::2], ids[1::2], strict=True)
        return [((*self._start, *prompt), (*plan[cut:], end)) for prompt, plan in pairs]

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
