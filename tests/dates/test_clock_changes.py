"""Days on which clocks change: in Berlin 29 March 2026 (02:00 to 03:00) and 25 October 2026 (03:00 to 02:00)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from tinyagent_cli.dates import Moment, iso, resolve, resolve_end

BERLIN = ZoneInfo("Europe/Berlin")
BEFORE_SPRING = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
BEFORE_AUTUMN = datetime(2026, 10, 24, 23, 0, tzinfo=BERLIN)


def at(phrase: str, now: datetime) -> datetime:
    moment = resolve(phrase, now)
    assert moment is not None
    return moment.at


def passed(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(timezone.utc) - start.astimezone(timezone.utc)


def test_hours_are_counted_in_real_time() -> None:
    for now in (BEFORE_SPRING, BEFORE_AUTUMN):
        assert passed(now, at("in 5 hours", now)) == timedelta(hours=5)
    assert iso(Moment(at("in 5 hours", BEFORE_SPRING))) == "2026-03-29 05:00:00"
    assert iso(Moment(at("in 5 hours", BEFORE_AUTUMN))) == "2026-10-25 03:00:00"


def test_days_are_counted_by_the_wall_clock() -> None:
    assert iso(Moment(at("tomorrow at 9", BEFORE_SPRING))) == "2026-03-29 09:00:00"
    assert passed(BEFORE_SPRING, at("tomorrow at 9", BEFORE_SPRING)) == timedelta(hours=9)
    assert passed(BEFORE_AUTUMN, at("tomorrow at 9", BEFORE_AUTUMN)) == timedelta(hours=11)


def test_a_time_that_does_not_exist_is_moved_past_the_gap() -> None:
    moment = resolve("tomorrow at 2:30am", BEFORE_SPRING)
    assert moment is not None
    assert iso(moment) == "2026-03-29 03:30:00"
    assert iso(Moment(at("2026-03-29 02:30:00", BEFORE_SPRING))) == "2026-03-29 03:30:00"


def test_of_a_time_that_exists_twice_the_first_is_meant() -> None:
    found = at("tomorrow at 2:30am", BEFORE_AUTUMN)
    assert found.utcoffset() == timedelta(hours=2)
    assert passed(BEFORE_AUTUMN, found) == timedelta(hours=3, minutes=30)


def test_an_event_lasts_its_real_length() -> None:
    start = Moment(datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN))
    end = resolve_end("an hour", start, BEFORE_SPRING)
    assert end is not None
    assert iso(end) == "2026-03-29 03:30:00"


def test_an_end_is_never_before_its_start_on_the_wall() -> None:
    start = Moment(datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN))
    end = resolve_end("an hour", start, BEFORE_AUTUMN)
    assert end is not None
    assert iso(end) == "2026-10-25 03:30:00"


def test_a_midnight_that_does_not_exist() -> None:
    now = datetime(2024, 9, 6, 12, 0, tzinfo=ZoneInfo("America/Santiago"))  # clocks go from 24:00 to 01:00
    moment = resolve("tomorrow at midnight", now)
    assert moment is not None
    assert iso(moment) == "2024-09-08 01:00:00"
