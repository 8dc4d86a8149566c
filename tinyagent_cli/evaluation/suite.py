"""What is evaluated on: requests with their right plans, from JSONL files in the form of the seeds.

A line is `{"query", "plan", "tools"?, "document"?, "now"?, "id"?, "style"?}`: calls without numbers and without
`join()`, dates as phrases or as ISO times.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from tinyagent_cli.dates.moment import from_iso
from tinyagent_cli.errors import ParseError, PlanError, UsageError
from tinyagent_cli.jsonl import numbered_lines
from tinyagent_cli.plan.call import JOIN, Plan
from tinyagent_cli.plan.graph import needs
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signature, signatures_from_json

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """What goes in: the words, the time at which they are said, and what comes with them.

    `tools` are the request's own (None: the built-in ones and the user's), `document` is text piped in beside it.
    """

    id: str
    query: str
    now: datetime
    tools: tuple[Signature, ...] | None = None
    document: str | None = None


@dataclass(frozen=True)
class Item:
    """A request and the plan it should get. `style` is what it is grouped by: its own, or the name of its file."""

    request: Request
    reference: Plan
    style: str


def read_suite(files: Sequence[Path], now: datetime, known: Container[str]) -> list[Item]:
    """All items of the files, in order.

    `now` is the time of lines without their own, and gives the zone; `known` holds the tools that references may
    call beside a line's own. Raises UsageError naming the file, the line and what is wrong with it.
    """
    return [item for path in files for item in _read_file(path, now, known)]


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, evenly spread over all of them; all where there are no more, or for a count of 0."""
    if not 0 < count < len(items):
        return list(items)
    return [items[position * len(items) // count] for position in range(count)]


def _read_file(path: Path, now: datetime, known: Container[str]) -> Iterator[Item]:
    for number, line in numbered_lines(path):
        try:
            yield _item(json.loads(line), now, known, f"{path.stem}:{number}", path.stem)
        except (ValueError, RecursionError, PlanError) as error:
            raise UsageError(f"{path}:{number}: {error}", hint='a line is {"query", "plan", ...}') from error


def _item(record: Any, now: datetime, known: Container[str], place: str, style: str) -> Item:
    """Raises ValueError and PlanError, which say what is wrong."""
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    listed = _value(record, "tools", list)
    tools = None if listed is None else tuple(signatures_from_json(listed))
    request = Request(
        str(record.get("id", place)),
        _value(record, "query", str, needed=True),
        _moment(_value(record, "now", str), now),
        tools,
        _value(record, "document", str),
    )
    offered = known if tools is None else {tool.name for tool in tools}
    reference = _plan(_value(record, "plan", list, needed=True), offered)
    return Item(request, reference, _value(record, "style", str) or style)


def _value(record: Mapping[str, Any], key: str, kind: type, *, needed: bool = False) -> Any:
    value = record.get(key)
    if isinstance(value, kind) or (value is None and not needed):
        return value
    raise ValueError(f"{key} must be a {'text' if kind is str else 'list'}")


def _moment(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        moment = from_iso(text, now)
    except OverflowError:
        moment = None
    if moment is None:
        raise ValueError(f"{text!r} is not a time such as 2026-03-04 09:30")
    return moment.at


def _plan(lines: Sequence[Any], offered: Container[str]) -> Plan:
    """The reference: calls of tools that are there, each after those whose results it needs."""
    if not all(isinstance(line, str) for line in lines):
        raise ValueError("plan must be a list of texts")
    calls = tuple(parse_call(line, number) for number, line in enumerate(lines, 1))
    calls = calls[:-1] if calls and calls[-1].tool == JOIN else calls
    needs(calls)
    for call in calls:
        if call.tool not in offered:
            raise ParseError(f"call {call.number}: there is no tool {call.tool}")
    return calls
