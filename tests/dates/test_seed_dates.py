"""Every date in the hand-written seed requests is understood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tinyagent_cli.dates import resolve, resolve_end
from tinyagent_cli.plan.parser import parse_call

SEEDS = Path(__file__).parents[2] / "data" / "seeds"
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
DATES: dict[str, tuple[int, ...]] = {
    "create_calendar_event": (1,),
    "create_reminder": (1,),
    "get_zoom_meeting_link": (1,),
}


def calls() -> Iterator[tuple[str, list[object], dict[str, object]]]:
    """Tool, arguments and the seed, for every call."""
    for path in sorted(SEEDS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            seed = json.loads(line)
            for number, text in enumerate(seed["plan"], 1):
                call = parse_call(text, number)
                yield call.tool, list(call.arguments), seed


def dates() -> Iterator[str]:
    for tool, arguments, seed in calls():
        own = {spec["name"]: spec["parameters"] for spec in seed.get("tools", [])}  # type: ignore[attr-defined]
        parameters = own.get(tool, [])
        places = [at for at, spec in enumerate(parameters) if spec["type"] == "date"] or DATES.get(tool, ())
        for place in places:
            value = arguments[place] if place < len(arguments) else ""
            if isinstance(value, str) and value:
                yield value


def test_every_date_is_understood() -> None:
    said = set(dates())
    assert len(said) > 1000
    assert [phrase for phrase in sorted(said) if resolve(phrase, NOW) is None] == []


def test_every_end_is_understood() -> None:
    events = {
        (str(arguments[1]), str(arguments[2])) for tool, arguments, _ in calls() if tool == "create_calendar_event"
    }
    unclear = []
    for start, end in sorted(events):
        moment = resolve(start, NOW)
        if moment and end and not end.startswith("$") and resolve_end(end, moment, NOW) is None:
            unclear.append((start, end))
    assert len(events) > 300
    assert unclear == []
