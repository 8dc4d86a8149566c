"""Events and reminders from ISO times in the user's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from tinyagent_cli.builtin.calendar import create_calendar_event
from tinyagent_cli.builtin.reminders import create_reminder
from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome

BERLIN = ZoneInfo("Europe/Berlin")


def event(context: ToolContext, start: str, end: str, **more: Any) -> Outcome:
    arguments = {"title": "Review", "location": "", "invitees": [], "notes": "", "calendar": "Work"}
    return create_calendar_event(context, start_date=start, end_date=end, **{**arguments, **more})


def last(path: Path, kind: str) -> Any:
    return vobject.readOne(path.read_text(encoding="utf-8")).contents[kind][-1]


def test_a_time_is_one_in_the_users_zone(context: ToolContext) -> None:
    outcome = event(context, "2026-07-06 14:00:00", "2026-07-06 15:30:00", invitees=["sid@acme.com"])
    read = last(outcome.changes[0].path, "vevent")
    assert read.dtstart.value == datetime(2026, 7, 6, 14, 0, tzinfo=BERLIN)
    assert read.dtend.value - read.dtstart.value == timedelta(minutes=90)
    assert outcome.summary.startswith('Event "Review" on Monday 6 July 2026, 14:00 to 15:30 added to ')
    assert "with sid@acme.com (no invitation was sent)" in outcome.summary


@pytest.mark.parametrize("start", ["2026-07-06T14:00:00+04:00", "2026-07-06T10:00Z", "2026-07-06 12:00"])
def test_a_time_with_an_offset_is_moved_to_the_users_zone(context: ToolContext, start: str) -> None:
    outcome = event(context, start, "")
    assert last(outcome.changes[0].path, "vevent").dtstart.value == datetime(2026, 7, 6, 12, 0, tzinfo=BERLIN)
    assert outcome.summary.startswith('Event "Review" on Monday 6 July 2026, 12:00 to 13:00 added to ')


def test_a_day_without_a_time_is_the_whole_day(context: ToolContext) -> None:
    outcome = event(context, "2026-03-06 00:00:00", "")
    read = last(outcome.changes[0].path, "vevent")
    assert (read.dtstart.value, read.dtend.value) == (date(2026, 3, 6), date(2026, 3, 7))
    assert "on Friday 6 March 2026 added" in outcome.summary


def test_from_day_to_day_the_last_one_counts(context: ToolContext) -> None:
    outcome = event(context, "2026-03-06 00:00:00", "2026-03-08 00:00:00")
    assert last(outcome.changes[0].path, "vevent").dtend.value == date(2026, 3, 9)
    assert "Friday 6 March 2026 to Sunday 8 March 2026" in outcome.summary


@pytest.mark.parametrize("start", ["2026-03-06 14:00:00", "2026-03-29 01:30:00", "2026-10-25 02:30:00"])
def test_without_an_end_it_lasts_an_hour_also_when_clocks_change(context: ToolContext, start: str) -> None:
    read = last(event(context, start, "").changes[0].path, "vevent")
    assert read.dtend.value - read.dtstart.value == timedelta(hours=1)


def test_no_start_is_an_error(context: ToolContext) -> None:
    with pytest.raises(ToolError, match='the event "Review" has no start'):
        event(context, "", "")


def test_an_event_can_be_undone(context: ToolContext) -> None:
    path = context.config.data_dir / "calendars" / "Calendar.ics"
    before = path.read_bytes()
    (change,) = event(context, "2026-03-06 14:00:00", "", calendar="").changes
    assert change.path == path
    assert change.before is not None
    assert change.before.read_bytes() == before


def reminder(context: ToolContext, due: str, *, all_day: bool) -> Outcome:
    return create_reminder(context, name="Call Mom", due_date=due, notes="", list_name="", priority=5, all_day=all_day)


def test_a_reminder_for_a_time(context: ToolContext) -> None:
    outcome = reminder(context, "2026-03-06 18:00:00", all_day=False)
    todo = last(outcome.changes[0].path, "vtodo")
    assert todo.due.value == datetime(2026, 3, 6, 18, 0, tzinfo=BERLIN)
    assert "valarm" in todo.contents
    assert outcome.summary.startswith('Reminder "Call Mom" for Friday 6 March 2026, 18:00 added to ')


def test_a_reminder_for_a_day(context: ToolContext) -> None:
    outcome = reminder(context, "2026-03-06 00:00:00", all_day=True)
    assert last(outcome.changes[0].path, "vtodo").due.value == date(2026, 3, 6)


def test_a_reminder_for_some_day(context: ToolContext) -> None:
    outcome = reminder(context, "", all_day=False)
    assert "due" not in last(outcome.changes[0].path, "vtodo").contents
    assert outcome.summary.startswith('Reminder "Call Mom" added to ')
