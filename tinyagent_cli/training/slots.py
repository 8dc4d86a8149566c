"""A seed with other fillings: what its plan copies from the request is exchanged in both.

The plan stays right because nothing but names changes: people, titles, files, places, weekdays and hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.training.names import HONORIFICS, file_name, person, place, title
from tinyagent_cli.training.seeds import Seed

Filling = Callable[[Random, str], str]

SLOTS: Mapping[tuple[str, int], Filling] = {
    ("get_phone_number", 0): person,
    ("get_email_address", 0): person,
    ("open_and_get_file_path", 0): file_name,
    ("open_note", 0): title,
    ("open_note", 1): title,
    ("append_note_content", 0): title,
    ("append_note_content", 2): title,
    ("create_note", 0): title,
    ("create_note", 2): title,
    ("create_reminder", 3): title,
    ("create_calendar_event", 0): title,
    ("create_calendar_event", 3): place,
    ("get_zoom_meeting_link", 0): title,
    ("maps_open_location", 0): place,
    ("maps_show_directions", 0): place,
    ("maps_show_directions", 1): place,
}
"""What stands in a parameter of a built-in tool, by position."""

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PERSON = re.compile(rf"(?:(?:{'|'.join(map(re.escape, HONORIFICS))}) )?[A-Z]\w+|[A-Z]\w+ [A-Z]\w+")
_FILE = re.compile(r"[\w-]+(?: [\w-]+)*\.[a-z0-9]{2,4}")
_PLACE = re.compile(r"(?:\d+ )?[A-Z][\w' ]+")
_TITLE = re.compile(r"[\w'][\w' ]*")
_FORMS: Mapping[Filling, re.Pattern[str]] = {person: _PERSON, file_name: _FILE, place: _PLACE, title: _TITLE}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(rf"\b({'|'.join(_DAYS)})\b|(?<![\w:.])(\d{{1,2}})(?=(?:[:.]\d\d)? ?[ap]m\b)", re.IGNORECASE)


def refill(seed: Seed, rng: Random, share: float = 0.7) -> Seed | None:
    """The seed with that share of its names exchanged, and its times moved; None where none can be."""
    if seed.tools is not None:
        return None
    mapping = {text: filling(rng, text) for text, filling in slots(seed) if rng.random() < share}
    return move_times(substitute(seed, mapping) or seed, rng) if mapping else None


def slots(seed: Seed) -> Iterator[tuple[str, Filling]]:
    """Texts of the plan that stand in the request and can be exchanged, each once, with what fills them."""
    found: dict[str, Filling] = {}
    for number, written in enumerate(seed.plan, 1):
        call = parse_call(written, number)
        for position, text in enumerate(call.arguments):
            filling = SLOTS.get((call.tool, position))
            if filling and isinstance(text, str) and _can_change(text, filling, seed.query):
                found.setdefault(text, filling)
    # A text inside another would be torn out of it.
    yield from (
        item for item in found.items() if not any(item[0] != text and _whole(item[0]).search(text) for text in found)
    )


def substitute(seed: Seed, mapping: Mapping[str, str]) -> Seed | None:
    """The seed with texts exchanged in request and plan; None where a copied text would not stand there any more."""
    if not mapping:
        return None
    pattern = _whole("|".join(map(re.escape, sorted(mapping, key=len, reverse=True))), escaped=True)

    def changed(text: str) -> str:
        return pattern.sub(lambda match: mapping[match[0]], text)

    query = changed(seed.query)
    stood = {text for call in seed.plan for text in LITERAL.findall(call) if text and text in seed.query}
    if any(changed(text) not in query for text in stood):
        return None
    return replace(seed, query=query, plan=tuple(map(changed, seed.plan)))


def move_times(seed: Seed, rng: Random) -> Seed:
    """The seed on other weekdays and at other hours, the same ones in request and plan."""
    days, hours = rng.randrange(7), rng.randrange(12)

    def moved(match: re.Match[str]) -> str:
        if match[2]:
            return str((int(match[2]) - 1 + hours) % 12 + 1) if 1 <= int(match[2]) <= 12 else match[2]
        day = _DAYS[(_DAYS.index(match[1].capitalize()) + days) % 7]
        return day if match[1][0].isupper() else day.lower()

    return replace(seed, query=_TIME.sub(moved, seed.query), plan=tuple(_TIME.sub(moved, call) for call in seed.plan))


def _can_change(text: str, filling: Filling, query: str) -> bool:
    return bool(_FORMS[filling].fullmatch(text) and _whole(text).search(query))


def _whole(text: str, *, escaped: bool = False) -> re.Pattern[str]:
    """The text where it is no part of a longer word."""
    return re.compile(rf"(?<![\w-])(?:{text if escaped else re.escape(text)})(?![\w-])")
