"""ISO 8601 passes through, and comes out in the user's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.dates import iso, resolve

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-06-05 14:00:00", "2027-06-05 14:00:00"),
        ("2027-06-05 14:00", "2027-06-05 14:00:00"),
        ("2027-06-05T14:00", "2027-06-05 14:00:00"),
        ("2027-06-05T14:00:30", "2027-06-05 14:00:30"),
        ("2027-06-05T14:00Z", "2027-06-05 16:00:00"),
        ("2027-06-05T14:00:00.000Z", "2027-06-05 16:00:00"),
        ("2027-06-05 14:00:00+05:30", "2027-06-05 10:30:00"),
        ("2027-06-05T14:00-0800", "2027-06-06 00:00:00"),
        ("2027-06-05T14:00+02", "2027-06-05 14:00:00"),
        ("2027-06-05T14:00:00+05:30[Asia/Kolkata]", "2027-06-05 10:30:00"),
        ("2019-01-01 08:00", "2019-01-01 08:00:00"),
        (" 2027-06-05 ", "2027-06-05 00:00:00"),
    ],
)
def test_iso_time(text: str, expected: str) -> None:
    moment = resolve(text, NOW)
    assert moment is not None
    assert iso(moment) == expected


@pytest.mark.parametrize(
    ("text", "all_day"),
    [
        ("2027-06-05", True),
        ("2027-06-05 00:00:00", True),
        ("2027-06-05 00:00", False),
        ("2027-06-05T00:00:00Z", False),
        ("2027-06-05 14:00:00", False),
    ],
)
def test_midnight_with_seconds_is_how_a_day_is_written(text: str, all_day: bool) -> None:
    moment = resolve(text, NOW)
    assert moment is not None
    assert moment.all_day == all_day


@pytest.mark.parametrize(
    "text", ["2027-02-30", "2027-13-01", "2027-06-05T25:00", "2027-06-05T14:61", "0000-01-01", "2027-06-05T14:00+25:00"]
)
def test_no_such_day_or_time(text: str) -> None:
    assert resolve(text, NOW) is None
