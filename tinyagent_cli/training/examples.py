"""Training examples: the prompt exactly as at inference, and the plan the model is to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tinyagent_cli.plan.call import JOIN
from tinyagent_cli.plan.signature import Signature, Signatures, signature_from_json
from tinyagent_cli.planner.prompt import plan_prompt
from tinyagent_cli.training.seeds import Seed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ALL_TOOLS_SHARE = 0.05
"""How often every tool is offered, as with retrieval switched off."""

ALIKE = (
    {"compose_new_email", "reply_to_email", "forward_email", "send_sms"},
    {"get_phone_number", "get_email_address"},
    {"create_calendar_event", "create_reminder", "get_zoom_meeting_link"},
    {"create_note", "open_note", "append_note_content", "open_and_get_file_path"},
    {"open_and_get_file_path", "summarize_pdf", "open_note"},
    {"maps_open_location", "maps_show_directions"},
)
"""Tools that are easily taken for each other: offered together more often than chance would."""


@dataclass(frozen=True)
class Example:
    """Token ids of a prompt and of the plan that follows it; the loss is taken on the plan alone."""

    prompt: tuple[int, ...]
    plan: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.plan)


def plan_text(calls: Iterable[str]) -> str:
    """Calls numbered from 1, one a line, ending in `join()`."""
    lines = [*calls, f"{JOIN}()"]
    return "\n".join(f"{number}. {call}" for number, call in enumerate(lines, 1))


def offered(seed: Seed, builtin: Signatures, rng: Random) -> list[Signature]:
    """The tools a seed needs and some it does not, in random order, as a retriever would offer them."""
    tools = {tool["name"]: signature_from_json(tool) for tool in seed.tools} if seed.tools else dict(builtin)
    needed = [name for name in seed.called if name in tools]
    others = [name for name in tools if name not in needed]
    rng.shuffle(others)
    if seed.tools is None and rng.random() < ALL_TOOLS_SHARE:
        chosen = [*needed, *others]
    else:
        others.sort(key=lambda name: not _is_alike(name, needed) or rng.random() < 0.4)
        chosen = needed + others[: max(3 - len(needed), rng.choice((0, 0, 1, 1, 2, 3)))]
    rng.shuffle(chosen)
    return [tools[name] for name in chosen]


def encode(
    seeds: Iterable[Seed], builtin: Signatures, tokenizer: PreTrainedTokenizerBase, rng: Random, longest: int
) -> Iterator[Example]:
    """Examples of at most `longest` tokens; longer ones are left out."""
    for seed in seeds:
        tools = offered(seed, builtin, rng)
        prompt = plan_prompt(seed.query, tools, known=builtin, has_document=seed.document is not None)
        ids = tokenizer([prompt, plan_text(seed.plan)], add_special_tokens=False)["input_ids"]
        example = Example(tuple(ids[0]), (*ids[1], tokenizer.eos_token_id))
        if len(example) <= longest:
            yield example


def batches(examples: Iterator[Example], tokens: int, pool: int, rng: Random) -> Iterator[list[Example]]:
    """Batches of about `tokens` padded tokens, of examples alike in length, taken from pools in random order."""
    while True:
        ready = sorted((next(examples) for _ in range(pool)), key=len)
        cut = _cut(ready, tokens)
        rng.shuffle(cut)
        yield from cut


def _cut(ready: Sequence[Example], tokens: int) -> list[list[Example]]:
    cut: list[list[Example]] = [[]]
    for example in ready:
        if cut[-1] and (len(cut[-1]) + 1) * len(example) > tokens:
            cut.append([])
        cut[-1].append(example)
    return cut


def _is_alike(name: str, needed: Sequence[str]) -> bool:
    return any(name in group and group.intersection(needed) for group in ALIKE)
