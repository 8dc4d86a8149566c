"""Reminders as to-dos that other programs read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Reminder
from tinyagent_cli.platforms.local.reminders import ICalendarReminders
from tinyagent_cli.platforms.local.store import FileStore


def add(folder: Path, reminder: Reminder, list_name: str, now: datetime) -> Any:
    path = ICalendarReminders(folder / "reminders", FileStore(folder)).add(reminder, list_name, now).path
    return vobject.readOne(path.read_text(encoding="utf-8")).vtodo_list[-1]


def test_one_for_a_time_rings_at_that_time(tmp_path: Path, now: datetime) -> None:
    due = now + timedelta(days=2)
    todo = add(tmp_path, Reminder("Call Zoë", due, "about\nthe hall", 1), "", now)
    assert todo.summary.value == "Call Zoë"
    assert todo.due.value == due
    assert todo.description.value == "about\nthe hall"
    assert todo.priority.value == "1"
    assert todo.status.value == "NEEDS-ACTION"
    assert todo.valarm.trigger.value == timedelta(0)
    assert todo.valarm.trigger.params == {"RELATED": ["END"]}


def test_one_for_a_day_does_not_ring(tmp_path: Path, now: datetime) -> None:
    todo = add(tmp_path, Reminder("Water the plants", date(2026, 3, 6)), "", now)
    assert todo.due.params == {"VALUE": ["DATE"]}
    assert todo.due.value == date(2026, 3, 6)
    assert "valarm" not in todo.contents


def test_one_for_some_day_has_no_date(tmp_path: Path, now: datetime) -> None:
    todo = add(tmp_path, Reminder("Learn to juggle"), "", now)
    assert "due" not in todo.contents
    assert "priority" not in todo.contents


@pytest.mark.parametrize(
    ("list_name", "file"), [("", "Reminders"), ("Shopping list", "Shopping"), ("reminders", "Reminders")]
)
def test_lists_go_by_name(tmp_path: Path, now: datetime, list_name: str, file: str) -> None:
    add(tmp_path, Reminder("Milk"), list_name, now)
    assert [path.name for path in (tmp_path / "reminders").iterdir()] == [f"{file}.ics"]


@pytest.mark.parametrize("priority", [-1, 10])
def test_a_priority_that_there_is_not_is_refused(tmp_path: Path, now: datetime, priority: int) -> None:
    with pytest.raises(ToolError, match=f"priority {priority}"):
        add(tmp_path, Reminder("Milk", priority=priority), "", now)
