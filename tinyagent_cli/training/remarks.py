"""Requests with a remark that changes them, joined as the program joins them when a user revises a plan.

"Text Ana that we are late. not Ana, Bea": what a remark takes back must not be planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.planner.revision import revised
from tinyagent_cli.training.multiply import can_join, recombine
from tinyagent_cli.training.people import LOOKUPS
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.slots import LITERAL, slots

RENAMING = (
    "not {old}, {new}", "{new}, not {old}", "no, {new} instead of {old}", "{new} instead of {old}",
    "I meant {new}, not {old}", "there is no {old}, it's {new}", "wrong, {new} instead of {old}", "make {old} {new}",
)  # fmt: skip
TAKING_BACK = (
    "forget it", "never mind", "scrap that", "no, cancel that", "leave it", "no, don't", "forget all that",
    "never mind, I'll do it myself", "stop, not now", "don't do any of that",
)  # fmt: skip
REPLACING = ("scrap that, ", "forget that, ", "no, not that: ", "never mind that, ", "forget it, ", "no, instead: ")
LEAVING_OUT = (
    "skip the {thing}", "no {thing}", "without the {thing}", "leave out the {thing}", "drop the {thing}",
    "not the {thing}", "I don't need the {thing}",
)  # fmt: skip

THINGS = {
    "create_reminder": ("reminder",),
    "create_note": ("note", "new note"),
    "create_calendar_event": ("event", "calendar entry"),
    "send_sms": ("text", "text message"),
    "compose_new_email": ("mail", "email"),
    "reply_to_email": ("reply",),
    "maps_show_directions": ("directions", "route"),
    "maps_open_location": ("map",),
}
"""What users call that which a tool makes, where a remark leaves it out."""

_ALIKE = (
    {"create_note", "open_note", "append_note_content"},
    {"compose_new_email", "reply_to_email", "forward_email"},
    {"maps_show_directions", "maps_open_location"},
    {"create_calendar_event", "get_zoom_meeting_link"},
)
"""Tools that the same word may stand for: "skip the note" would leave open which."""


def remarked(seeds: Sequence[Seed], rng: Random) -> Iterator[Seed]:
    """Seeds about the built-in tools with a remark that changes them: all that can have one, in random order."""
    for seed in rng.sample(seeds, len(seeds)):
        other = rng.choice(seeds)
        kind = rng.choices((renamed, shortened, replaced, taken_back), weights=(3, 3, 1, 1))[0]
        if seed.document is None and other.document is None and (made := kind(seed, other, rng)):
            yield made


def renamed(seed: Seed, other: Seed, rng: Random) -> Seed | None:
    """A person, file, title or place is another one after all."""
    texts = [text for call in seed.plan for text in LITERAL.findall(call)]
    free = [(old, filling) for old, filling in slots(seed) if not any(old in text and old != text for text in texts)]
    if not free:
        return None
    old, filling = rng.choice(free)
    new = filling(rng, old)
    remark = rng.choice(RENAMING).format(old=old, new=new)
    plan = tuple(LITERAL.sub(lambda match: f'"{new}"' if match[1] == old else match[0], call) for call in seed.plan)
    return replace(seed, query=revised(seed.query, remark), plan=plan) if new not in seed.query else None


def shortened(seed: Seed, other: Seed, rng: Random) -> Seed | None:
    """Two requests in one, and what the second one makes is left out."""
    made = _result(other)
    if made not in THINGS or not seed.plan or _mistakable(made).intersection(seed.called):
        return None
    first, second = rng.sample((seed, other), 2)
    pair = recombine(first, second, rng)
    if pair is None:
        return None
    remark = rng.choice(LEAVING_OUT).format(thing=rng.choice(THINGS[made]))
    return replace(seed, query=revised(pair.query, remark))


def replaced(seed: Seed, other: Seed, rng: Random) -> Seed | None:
    """All is taken back for another request."""
    if not seed.plan or not other.plan or not can_join(other):
        return None
    return replace(other, query=revised(seed.query, rng.choice(REPLACING) + other.query))


def taken_back(seed: Seed, other: Seed, rng: Random) -> Seed | None:
    """All is taken back."""
    return replace(seed, query=revised(seed.query, rng.choice(TAKING_BACK)), plan=()) if seed.plan else None


def _result(seed: Seed) -> str:
    """The tool of the one call that all others look people up for; empty where there is more to a plan than that."""
    plan = [parse_call(call, number) for number, call in enumerate(seed.plan, 1)]
    needed = {number for call in plan for number in call.references}
    ends = [call.tool for call in plan if call.number not in needed]
    lookups = all(call.tool in LOOKUPS for call in plan if call.number in needed)
    return ends[0] if len(ends) == 1 and lookups else ""


def _mistakable(tool: str) -> set[str]:
    """The tool, and those that the same word may stand for."""
    return {tool}.union(*(alike for alike in _ALIKE if tool in alike))
