"""Setting reminders."""

from __future__ import annotations

from tinyagent_cli.builtin.outcomes import done, moment, quoted, said
from tinyagent_cli.platforms.base import Reminder
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def create_reminder(
    context: ToolContext, *, name: str, due_date: str, notes: str, list_name: str, priority: int, all_day: bool
) -> Outcome:
    """Add a reminder, for a time, for a day (`all_day`) or for some day (no due date)."""
    time = moment(due_date, context)
    due = time.date() if time is not None and all_day else time
    reminder = Reminder(name or "Reminder", due, notes, priority)
    written = context.platform.reminders.add(reminder, list_name, context.now)
    when = f" for {said(due)}" if due is not None else ""
    return done(f"Reminder {quoted(reminder.name)}{when} added to {written.path}", written)
