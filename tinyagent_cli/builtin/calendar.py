"""Putting events on the calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from tinyagent_cli.builtin.outcomes import done, listed, moment, quoted, said
from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Event
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome

USUAL_LENGTH = timedelta(minutes=60)
"""How long an event lasts that has a time but no end."""


def create_calendar_event(
    context: ToolContext,
    *,
    title: str,
    start_date: str,
    end_date: str,
    location: str,
    invitees: list[str],
    notes: str,
    calendar: str,
) -> Outcome:
    """Add an event. One that starts at midnight, and has no end or ends at midnight, lasts whole days."""
    start = moment(start_date, context)
    if start is None:
        raise ToolError(f"the event {quoted(title)} has no start", hint="say when it is")
    first, last = _extent(start, moment(end_date, context))
    event = Event(title or "Event", first, last, location, invitees, notes)
    written = context.platform.calendar.add(event, calendar, context.now)
    summary = f"Event {quoted(event.title)} on {_span(event)} added to {written.path}"
    if invitees:
        summary += f", with {listed(invitees)} (no invitation was sent)"
    return done(summary, written)


def _extent(start: datetime, end: datetime | None) -> tuple[date, date]:
    """First and last day of an event of whole days, else its start and end."""
    midnight = time()
    if start.time() == midnight and (end is None or end.time() == midnight):
        return start.date(), (end or start).date()
    # counted in UTC, so that an hour is an hour on the night when the clocks change
    return start, end or (start.astimezone(timezone.utc) + USUAL_LENGTH).astimezone(start.tzinfo)


def _span(event: Event) -> str:
    if event.start == event.end:
        return said(event.start)
    if isinstance(event.start, datetime) and isinstance(event.end, datetime) and event.start.date() == event.end.date():
        return f"{said(event.start)} to {event.end:%H:%M}"
    return f"{said(event.start)} to {said(event.end)}"
