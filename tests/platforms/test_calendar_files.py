"""Events in iCalendar files that other programs read: what one library writes, another reads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Correspondent, Event
from tinyagent_cli.platforms.local.calendar import ICalendarCalendar
from tinyagent_cli.platforms.local.store import FileStore, storable

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 6, 12, 0, tzinfo=BERLIN)
ONE = NOON + timedelta(hours=1)

ADD = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from tinyagent_cli.platforms.base import Correspondent, Event
from tinyagent_cli.platforms.local.calendar import ICalendarCalendar
from tinyagent_cli.platforms.local.store import FileStore
folder, mark, now = Path(sys.argv[1]), sys.argv[2], datetime.now(timezone.utc)
calendar = ICalendarCalendar(folder, FileStore(folder), Correspondent(""))
for number in range(8):
    calendar.add(Event(f"{mark}{number}", now, now), "", now)
"""


def calendar_in(folder: Path, store: FileStore) -> ICalendarCalendar:
    return ICalendarCalendar(folder / "calendars", store, Correspondent("robin@acme.com", "Robin Ellis"))


def events(path: Path) -> list[Any]:
    return list(vobject.readOne(path.read_text(encoding="utf-8")).vevent_list)


def test_another_library_reads_what_was_written(tmp_path: Path, store: FileStore, now: datetime) -> None:
    event = Event("Lunch; with, Zoë", NOON, ONE, "Café Süd\nroom 2", ["sid@acme.com", "sid@acme.com"], "Bring\nforks")
    (read,) = events(calendar_in(tmp_path, store).add(event, "", now).path)
    assert read.summary.value == "Lunch; with, Zoë"
    assert read.dtstart.value == NOON
    assert read.dtend.value == ONE
    assert read.location.value == "Café Süd\nroom 2"
    assert read.description.value == "Bring\nforks"
    assert [attendee.value for attendee in read.attendee_list] == ["mailto:sid@acme.com"]
    assert read.organizer.value == "mailto:robin@acme.com"
    assert read.dtstamp.value == now
    assert read.uid.value


def test_days_are_written_as_days_and_the_last_one_counts(tmp_path: Path, store: FileStore, now: datetime) -> None:
    event = Event("Fair", date(2026, 3, 28), date(2026, 3, 30))
    (read,) = events(calendar_in(tmp_path, store).add(event, "", now).path)
    assert (read.dtstart.value, read.dtend.value) == (date(2026, 3, 28), date(2026, 3, 31))


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_not_confused(tmp_path: Path, store: FileStore, now: datetime, fold: int) -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold)
    (read,) = events(calendar_in(tmp_path, store).add(Event("Night", start, start), "", now).path)
    assert read.dtstart.value == datetime(2026, 10, 25, fold, 30, tzinfo=timezone.utc)


def test_what_is_there_stays_byte_for_byte(tmp_path: Path, store: FileStore, now: datetime) -> None:
    path = tmp_path / "calendars" / "Work.ics"
    path.parent.mkdir()
    head = b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\nX-ODD;P=1:kept \xc3\xa9\nBEGIN:VEVENT\nUID:1\n"
    head += b"DTSTAMP:20260101T000000Z\nDTSTART:20260101T000000Z\nX-MINE:a\nEND:VEVENT\n"
    path.write_bytes(head + b"END:VCALENDAR\n")
    written = calendar_in(tmp_path, store).add(Event("Lunch", NOON, ONE), "my work calendar", now)
    assert written.path == path
    assert path.read_bytes().startswith(head)
    assert b"\r\n" not in path.read_bytes()
    assert Calendar.from_ical(path.read_bytes()).walk("VEVENT")[0]["uid"] == "1"
    assert len(events(path)) == 2
    assert written.before is not None
    assert written.before.read_bytes() == head + b"END:VCALENDAR\n"


@pytest.mark.parametrize("content", [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", b"shopping list", b"END:VCALENDAR\nmore"])
def test_a_damaged_file_is_left_alone(tmp_path: Path, store: FileStore, now: datetime, content: bytes) -> None:
    path = tmp_path / "calendars" / "Calendar.ics"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ToolError, match=r"Calendar\.ics is not a whole iCalendar file"):
        calendar_in(tmp_path, store).add(Event("Lunch", NOON, ONE), "", now)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "file"),
    [("", "Calendar"), ("calendar", "Calendar"), ("Work calendar", "Work"), ("../evil", "evil"), ("Équipe", "Équipe")],
)
def test_calendars_go_by_name(tmp_path: Path, store: FileStore, now: datetime, name: str, file: str) -> None:
    written = calendar_in(tmp_path, store).add(Event("Lunch", NOON, ONE), name, now)
    assert written.path == tmp_path / "calendars" / f"{file}.ics"


def test_an_existing_calendar_is_found_whatever_its_case(tmp_path: Path, store: FileStore, now: datetime) -> None:
    calendar = calendar_in(tmp_path, store)
    first = calendar.add(Event("One", NOON, ONE), "Équipe", now).path
    assert calendar.add(Event("Two", NOON, ONE), "the equipe calendar", now).path == first
    assert len(events(first)) == 2


def test_an_event_that_ends_before_it_starts_is_refused(tmp_path: Path, store: FileStore, now: datetime) -> None:
    with pytest.raises(ToolError, match="ends before it starts"):
        calendar_in(tmp_path, store).add(Event("Lunch", ONE, NOON), "", now)
    assert not (tmp_path / "calendars").exists()


def test_only_addresses_are_invited(tmp_path: Path, store: FileStore, now: datetime) -> None:
    with pytest.raises(ToolError, match='"Sid" is not an email address'):
        calendar_in(tmp_path, store).add(Event("Lunch", NOON, ONE, invitees=["Sid"]), "", now)


def test_two_at_a_time_lose_no_event(tmp_path: Path, store: FileStore, now: datetime) -> None:
    calendar = calendar_in(tmp_path, store)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: calendar.add(Event(str(number), NOON, ONE), "", now), range(12)))
    assert {event.summary.value for event in events(tmp_path / "calendars" / "Calendar.ics")} == set(
        map(str, range(12))
    )


def test_two_processes_lose_no_event(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", ADD, tmp_path, mark]) for mark in "ab"]
    assert [process.wait() for process in running] == [0, 0]
    names = {event.summary.value for event in events(tmp_path / "Calendar.ics")}
    assert names == {f"{mark}{number}" for mark in "ab" for number in range(8)}


@given(title=st.text(st.characters(), min_size=1))
@example("a\r\nEND:VCALENDAR\r\n")
@example("a\0\x1b\ud800")
def test_no_title_can_add_a_line(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    folder = tmp_path_factory.mktemp("calendar")
    calendar = ICalendarCalendar(folder, FileStore(folder), Correspondent(""))
    path = calendar.add(Event(title, NOON, ONE), "", NOON).path
    (read,) = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert str(read["summary"]) == storable(title)
