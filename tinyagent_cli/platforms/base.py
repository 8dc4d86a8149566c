"""What the built-in tools ask of a platform: one protocol per app, and the bundle of them.

Times are aware `datetime`s in the user's zone. Every method may raise ToolError; lookups raise
NotFoundError, naming near misses, and AmbiguousError, whose choices hold what the call would have given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeAlias


@dataclass(frozen=True)
class Written:
    """A file that was written, and a copy of what it held before (None: it was not there)."""

    path: Path
    before: Path | None = None


@dataclass(frozen=True)
class Found:
    """What a contact lookup gave: an address or number (a list for a group), whose it is, and what is missing."""

    value: str | list[str]
    who: str
    remark: str = ""


class Contacts(Protocol):
    """The address book."""

    def email_address(self, name: str) -> Found: ...

    def phone_number(self, name: str) -> Found: ...

    def name_of(self, email: str) -> str:
        """The name of the person with that address, or nothing."""
        ...

    def names(self) -> list[str]:
        """Names of all people and groups, sorted."""
        ...


@dataclass(frozen=True)
class Event:
    """A calendar event. A `start` that is a date makes it all day, and `end` is then the last day."""

    title: str
    start: date | datetime
    end: date | datetime
    location: str = ""
    invitees: Sequence[str] = ()
    notes: str = ""

    @property
    def all_day(self) -> bool:
        """Whether the event lasts whole days."""
        return not isinstance(self.start, datetime)


class Calendar(Protocol):
    """The calendars. An empty calendar name is the default calendar; one that is not there is made."""

    def add(self, event: Event, calendar: str, now: datetime) -> Written: ...


@dataclass(frozen=True)
class Reminder:
    """A reminder. `due` is None (some day), a date (that day) or a time; `priority` as in iCalendar, 0 to 9."""

    name: str
    due: date | datetime | None = None
    notes: str = ""
    priority: int = 0


class Reminders(Protocol):
    """The lists of reminders. An empty list name is the default list; one that is not there is made."""

    def add(self, reminder: Reminder, list_name: str, now: datetime) -> Written: ...


@dataclass(frozen=True)
class Note:
    """A note as it is kept: its title, its text without the title, and where it is."""

    title: str
    text: str
    path: Path


class Notes(Protocol):
    """Notes in folders. An empty folder name is the top folder when writing, and any folder when looking."""

    def create(self, title: str, text: str, folder: str) -> Written: ...

    def open(self, name: str, folder: str) -> Note: ...

    def append(self, name: str, text: str, folder: str) -> Written: ...


@dataclass(frozen=True)
class Letter:
    """What the user wants to mail. Recipients are addresses, attachments are files."""

    recipients: Sequence[str] = ()
    cc: Sequence[str] = ()
    subject: str = ""
    body: str = ""
    attachments: Sequence[Path] = ()


@dataclass(frozen=True)
class Correspondent:
    """The sender of a mail: the address that answers go to, and the name it carries, if any."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Draft:
    """A saved draft: the `.eml` file, whom it goes to, its subject, and every file written for it."""

    path: Path
    recipients: tuple[str, ...]
    subject: str
    written: tuple[Written, ...]


class Mail(Protocol):
    """The mailbox. Replies and forwards act on the selected mail, or on the newest one."""

    def compose(self, letter: Letter, now: datetime) -> Draft: ...

    def sender(self) -> Correspondent:
        """Whom a reply to the selected mail goes to."""
        ...

    def reply(self, letter: Letter, now: datetime) -> Draft:
        """Answer the selected mail; subject and recipients come from it."""
        ...

    def forward(self, letter: Letter, now: datetime) -> Draft:
        """Pass the selected mail on, with what is attached to it; the subject comes from it."""
        ...


@dataclass(frozen=True)
class Delivery:
    """A text message: the file that keeps it, the numbers it goes to, and whether it was handed on."""

    written: Written
    recipients: tuple[str, ...]
    sent: bool


Stoppable: TypeAlias = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Makes a block stoppable: while it runs, a cancellation of the call calls the function given."""


class Messages(Protocol):
    """Text messages."""

    def send(self, recipients: Sequence[str], text: str, now: datetime, stoppable: Stoppable) -> Delivery: ...


class Maps(Protocol):
    """Links to maps. Transport is `d` driving, `w` walking or `r` public transit; an empty start is here."""

    def place(self, location: str) -> str: ...

    def directions(self, start: str, end: str, transport: str) -> str: ...


class Files(Protocol):
    """The user's files."""

    def find(self, name: str) -> Path: ...


class Meetings(Protocol):
    """Video meetings."""

    def create(self, topic: str, start: datetime, minutes: int, invitees: Sequence[str]) -> str:
        """The link to join the meeting."""
        ...


class Desktop(Protocol):
    """The screen of the user, where there is one."""

    def open(self, target: str) -> bool:
        """Open a path or a URL in the user's program for it; False where nothing can be opened."""
        ...


@dataclass(frozen=True)
class Platform:
    """The apps that the built-in tools act on."""

    name: str
    contacts: Contacts
    calendar: Calendar
    reminders: Reminders
    notes: Notes
    mail: Mail
    messages: Messages
    maps: Maps
    files: Files
    meetings: Meetings
    desktop: Desktop

    def open(self, target: str) -> bool:
        """Open a path or a URL for the user; False where there is no desktop."""
        return self.desktop.open(target)
