"""Folders of iCalendar files (RFC 5545), one per calendar or list, to which components are added.

A component is put in before the file's end; the bytes that are there stay as they are.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Written
from tinyagent_cli.platforms.local.names import bare, fold
from tinyagent_cli.platforms.local.store import FileStore, os_errors, safe_name, storable

if TYPE_CHECKING:
    from icalendar.cal import Component

PRODUCT = "-//tinyagent//tinyagent//EN"

_END = b"END:VCALENDAR"


class ICalendarFolder:
    """The `.ics` files of a folder. `kind_words` may follow a name: "work calendar" is the calendar "work"."""

    def __init__(self, folder: Path, store: FileStore, default: str, kind_words: frozenset[str]) -> None:
        self._folder = folder
        self._store = store
        self._default = default
        self._kind_words = kind_words

    def add(self, component: Component, name: str) -> Written:
        """Add a component to the file of that name, which is made if it is not there."""
        path = self._path(name)
        content = component.to_ical()
        return self._store.update(path, lambda before: _with(before, content, path))

    def _path(self, name: str) -> Path:
        wanted = self._without_kind(name) or self._default
        with os_errors("read", self._folder):
            for path in sorted(self._folder.glob("*.ics")):
                if fold(wanted) in (fold(self._without_kind(path.stem)), fold(path.stem)):
                    return path
        return self._folder / f"{safe_name(wanted)}.ics"

    def _without_kind(self, name: str) -> str:
        parts = bare(name).split()
        while parts and fold(parts[-1]) in self._kind_words:
            parts = parts[:-1]
        return " ".join(parts)


def describe(component: Component, now: datetime, **texts: str) -> None:
    """Give a new component what RFC 5545 asks of every one, an identifier and when it was made, and its texts."""
    made = now.astimezone(timezone.utc).replace(microsecond=0)
    component.add("uid", str(uuid.uuid4()))
    component.add("dtstamp", made)
    component.add("created", made)
    component.add("sequence", 0)
    for name, text in texts.items():
        if text:
            component.add(name, storable(text))


def portable(moment: date | datetime) -> date | datetime:
    """A time as an instant in UTC, which every program reads alike without a table of zones; dates stay dates."""
    return moment.astimezone(timezone.utc) if isinstance(moment, datetime) else moment


def _with(before: bytes | None, component: bytes, path: Path) -> bytes:
    if before is None or not before.strip():
        before = _empty(path.stem)
    end = before.upper().rfind(_END)
    if end < 0 or before[end + len(_END) :].strip() or (end and before[end - 1 : end] != b"\n"):
        raise ToolError(f"{path} is not a whole iCalendar file", hint="mend it or move it away")
    if b"\r\n" not in before:
        component = component.replace(b"\r\n", b"\n")
    return before[:end] + component + before[end:]


def _empty(name: str) -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    return bytes(calendar.to_ical())
