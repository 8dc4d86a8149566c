"""Which tools a training example offers: as at run time, by the retriever's own choice, and otherwise too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tinyagent_cli.plan.signature import Signature, Signatures
from tinyagent_cli.retrieval import Retriever, select
from tinyagent_cli.training.seeds import Seed

RETRIEVED_SHARE = 0.6
"""How often the retriever chooses: its mistakes are the hard ones, and random tools never teach them."""

ALL_TOOLS_SHARE = 0.1
"""How often every tool is offered, as with retrieval switched off."""

SHARING = 6
"""Requests about one set of own tools that stand behind one list of them, which is long and is read once."""

ALIKE = (
    {"compose_new_email", "reply_to_email", "forward_email", "send_sms"},
    {"get_phone_number", "get_email_address"},
    {"create_calendar_event", "create_reminder", "get_zoom_meeting_link"},
    {"create_note", "open_note", "append_note_content", "open_and_get_file_path"},
    {"open_and_get_file_path", "summarize_pdf", "open_note"},
    {"maps_open_location", "maps_show_directions"},
)
"""Tools that are easily taken for each other: offered together more often than chance would."""


def offered(seed: Seed, builtin: Signatures, retriever: Retriever | None, rng: Random) -> list[Signature]:
    """The built-in tools a request needs and some it does not: the retriever's choice, all of them, or random ones.

    Without a retriever there is no choice of its own.
    """
    needed = [name for name in seed.called if name in builtin]
    draw = rng.random()
    if retriever and draw < RETRIEVED_SHARE:
        chosen = [tool.name for tool in select(seed.query, list(builtin.values()), retriever)]
        missing = [name for name in needed if name not in chosen]
        chosen += missing
        if missing or rng.random() < 0.3:
            rng.shuffle(chosen)
    elif draw > 1 - ALL_TOOLS_SHARE:
        chosen = rng.sample(list(builtin), len(builtin))
    else:
        chosen = needed + _irrelevant(needed, builtin, rng)
        rng.shuffle(chosen)
    return [builtin[name] for name in chosen]


def sharing(seeds: Sequence[Seed], rng: Random) -> Iterator[list[Seed]]:
    """Requests that can stand behind one list of tools: own tools up to `SHARING` together, others alone.

    A request joins another's list where that holds every tool it needs; one that no tool serves only where
    the list holds none that its own did not.
    """
    own = [_OwnTools.of(seed) for seed in rng.sample(seeds, len(seeds)) if seed.tools is not None]
    while own:
        host = own.pop()
        guests = [other for other in own if other.fits(host)][: SHARING - 1]
        own = [other for other in own if not any(other is guest for guest in guests)]
        yield [host.seed, *(guest.seed for guest in guests)]
    yield from ([seed] for seed in seeds if seed.tools is None)


@dataclass(frozen=True)
class _OwnTools:
    """A request with the definitions of the tools it brought, and of those its plan calls."""

    seed: Seed
    brought: frozenset[tuple[str, str]]
    needed: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, seed: Seed) -> _OwnTools:
        brought = frozenset((tool["name"], repr(sorted(tool.items()))) for tool in seed.tools or ())
        return cls(seed, brought, frozenset(tool for tool in brought if tool[0] in seed.called))

    def fits(self, host: _OwnTools) -> bool:
        return self.needed <= host.brought if self.needed else host.brought <= self.brought


def _irrelevant(needed: Sequence[str], builtin: Signatures, rng: Random) -> list[str]:
    others = [name for name in builtin if name not in needed]
    rng.shuffle(others)
    others.sort(key=lambda name: not _is_alike(name, needed) or rng.random() < 0.4)
    return others[: max(3 - len(needed), rng.choice((0, 0, 1, 1, 2, 3)))]


def _is_alike(name: str, needed: Sequence[str]) -> bool:
    return any(name in group and group.intersection(needed) for group in ALIKE)
