"""Reminders as iCalendar to-dos: `reminders/<list>.ics`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Reminder, Written
from tinyagent_cli.platforms.local.icalendars import ICalendarFolder, describe, portable
from tinyagent_cli.platforms.local.store import FileStore, storable

if TYPE_CHECKING:
    from icalendar.cal import Component

LOWEST_PRIORITY = 9


class ICalendarReminders:
    """Reminders are VTODOs; one that is due at a time carries an alarm for that time."""

    def __init__(self, folder: Path, store: FileStore) -> None:
        kind_words = frozenset({"list", "lists", "reminder", "reminders"})
        self._files = ICalendarFolder(folder, store, "Reminders", kind_words)

    def add(self, reminder: Reminder, list_name: str, now: datetime) -> Written:
        """Add a reminder to a list. Raises ToolError on a priority outside 0 to 9."""
        if not 0 <= reminder.priority <= LOWEST_PRIORITY:
            hint = "1 is high, 5 medium, 9 low, 0 none"
            raise ToolError(f"a reminder cannot have priority {reminder.priority}", hint=hint)
        return self._files.add(_vtodo(reminder, now), list_name)


def _vtodo(reminder: Reminder, now: datetime) -> Component:
    from icalendar import Todo

    component = Todo()
    describe(component, now, summary=reminder.name, description=reminder.notes)
    component.add("status", "NEEDS-ACTION")
    if reminder.priority:
        component.add("priority", reminder.priority)
    if reminder.due is not None:
        component.add("due", portable(reminder.due))
    if isinstance(reminder.due, datetime):
        component.add_component(_alarm(storable(reminder.name)))
    return component


def _alarm(text: str) -> Component:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    # a to-do without a start has only its due time to count from
    alarm.add("trigger", timedelta(0), parameters={"RELATED": "END"})
    return alarm
