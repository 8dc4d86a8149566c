"""Calendars as iCalendar files: `calendars/<name>.ics`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Correspondent, Event, Written
from tinyagent_cli.platforms.local.addresses import email_address
from tinyagent_cli.platforms.local.icalendars import ICalendarFolder, describe, portable
from tinyagent_cli.platforms.local.store import FileStore, storable

if TYPE_CHECKING:
    from icalendar import vCalAddress
    from icalendar.cal import Component


class ICalendarCalendar:
    """Events are VEVENTs. `organizer` is the user, whom invitations come from."""

    def __init__(self, folder: Path, store: FileStore, organizer: Correspondent) -> None:
        self._files = ICalendarFolder(folder, store, "Calendar", frozenset({"calendar", "calendars"}))
        self._organizer = organizer

    def add(self, event: Event, calendar: str, now: datetime) -> Written:
        """Put an event on a calendar. Raises ToolError if it ends before it starts."""
        if _before(event.end, event.start):
            raise ToolError(f'the event "{event.title}" ends before it starts', hint="say when it starts and ends")
        return self._files.add(self._vevent(event, now), calendar)

    def _vevent(self, event: Event, now: datetime) -> Component:
        from icalendar import Event as VEvent

        component = VEvent()
        describe(component, now, summary=event.title, location=event.location, description=event.notes)
        component.add("dtstart", portable(event.start))
        # DTEND is the first moment after the event, so the day after the last one of an all-day event
        component.add("dtend", event.end + timedelta(days=1) if event.all_day else portable(event.end))
        component.add("transp", "TRANSPARENT" if event.all_day else "OPAQUE")
        self._invite(component, event)
        return component

    def _invite(self, component: Component, event: Event) -> None:
        organizer = self._organizer
        if event.invitees and organizer.address:
            component.add("organizer", _person(organizer.address, storable(organizer.name)))
        for invitee in dict.fromkeys(email_address(text) for text in event.invitees):
            attendee = _person(invitee)
            attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
            component.add("attendee", attendee)


def _person(address: str, name: str = "") -> vCalAddress:
    from icalendar import vCalAddress

    person: vCalAddress = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = name
    return person


def _before(one: date | datetime, other: date | datetime) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return _day(one) < _day(other)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
