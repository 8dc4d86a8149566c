"""Turning what a platform did into an outcome: changes for undo, and a line for the user."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tinyagent_cli.dates.moment import from_iso
from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Written
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Change, Outcome

_LONGEST_QUOTE = 60


def done(summary: str, *written: Written) -> Outcome:
    """The outcome of a call that wrote something: its value is the summary itself."""
    return Outcome(summary, summary, changes=tuple(Change(file.path, file.before) for file in written))


def moment(text: str, context: ToolContext) -> datetime | None:
    """An ISO time as an aware one in the user's zone; None for an empty one."""
    if not text:
        return None
    try:
        found = from_iso(text, context.now)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ToolError(f'"{text}" is not a time', hint="write it as 2026-03-05 14:00:00")
    return found.at


def said(when: date | datetime) -> str:
    """A day or a time as people write it: "Thursday 5 March 2026, 14:00"."""
    day = f"{when:%A} {when.day} {when:%B} {when.year}"
    return f"{day}, {when:%H:%M}" if isinstance(when, datetime) else day


def quoted(text: str) -> str:
    """Text in quotes on one line, shortened."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _LONGEST_QUOTE else f'"{line[: _LONGEST_QUOTE - 3].rstrip()}..."'


def listed(items: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
