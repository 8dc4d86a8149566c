"""The same words at other times and in other places."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.dates import iso, resolve

BERLIN = "Europe/Berlin"

CASES = [
    # On a Friday: the name alone is the next one, "this" with a time to come is today.
    ("2026-03-06 10:00", "Friday", "2026-03-13 00:00:00"),
    ("2026-03-06 10:00", "Friday at 8pm", "2026-03-13 20:00:00"),
    ("2026-03-06 10:00", "this Friday at 8pm", "2026-03-06 20:00:00"),
    ("2026-03-06 10:00", "this Friday at 9am", "2026-03-13 09:00:00"),
    ("2026-03-06 10:00", "next Friday", "2026-03-13 00:00:00"),
    ("2026-03-06 10:00", "last Friday", "2026-02-27 00:00:00"),
    # "next" is of next week, and weeks start on Monday.
    ("2026-03-02 08:00", "next Monday", "2026-03-09 00:00:00"),
    ("2026-03-02 08:00", "next Sunday", "2026-03-15 00:00:00"),
    ("2026-03-08 08:00", "next Monday", "2026-03-09 00:00:00"),
    ("2026-03-08 08:00", "next Sunday", "2026-03-15 00:00:00"),
    ("2026-03-08 08:00", "this weekend", "2026-03-08 00:00:00"),
    ("2026-03-07 08:00", "end of the week", "2026-03-08 00:00:00"),
    # Hours that are past.
    ("2026-03-04 17:00", "at 4", "2026-03-05 16:00:00"),
    ("2026-03-04 17:00", "at 8", "2026-03-04 20:00:00"),
    ("2026-03-04 21:00", "at 8", "2026-03-05 08:00:00"),
    ("2026-03-04 13:00", "noon", "2026-03-05 12:00:00"),
    ("2026-03-04 18:30", "EOD", "2026-03-05 17:00:00"),
    ("2026-03-04 17:00", "today at 3", "2026-03-04 15:00:00"),
    ("2026-03-04 14:00", "in the morning", "2026-03-05 09:00:00"),
    # Parts of today that have begun, and those that are over.
    ("2026-03-04 21:15", "tonight", "2026-03-04 22:00:00"),
    ("2026-03-04 15:40", "this afternoon", "2026-03-04 16:00:00"),
    ("2026-03-04 19:00", "this morning", "2026-03-04 09:00:00"),
    # The small hours.
    ("2026-03-05 00:30", "tonight at 8", "2026-03-05 20:00:00"),
    ("2026-03-05 00:30", "tomorrow at 8", "2026-03-06 08:00:00"),
    ("2026-03-05 00:30", "at 4", "2026-03-05 16:00:00"),
    ("2026-03-05 00:30", "3am", "2026-03-05 03:00:00"),
    # The turn of months and years.
    ("2026-12-31 22:00", "tomorrow", "2027-01-01 00:00:00"),
    ("2026-12-31 22:00", "in 3 hours", "2027-01-01 01:00:00"),
    ("2026-12-31 22:00", "the 31st", "2026-12-31 00:00:00"),
    ("2026-12-31 22:00", "the 31st at noon", "2027-01-31 12:00:00"),
    ("2026-12-31 22:00", "new year's eve", "2026-12-31 00:00:00"),
    ("2026-12-31 22:00", "5 January", "2027-01-05 00:00:00"),
    ("2026-04-05 09:00", "the 31st", "2026-05-31 00:00:00"),
    ("2026-01-31 09:00", "next month", "2026-02-01 00:00:00"),
    ("2026-01-31 09:00", "in a month", "2026-02-28 00:00:00"),
    ("2026-12-15 09:00", "next month on the 3rd", "2027-01-03 00:00:00"),
    ("2028-02-29 09:00", "in a year", "2029-02-28 00:00:00"),
    ("2028-02-28 09:00", "29 Feb", "2028-02-29 00:00:00"),
    ("2028-03-01 09:00", "29 Feb", "2032-02-29 00:00:00"),
    ("2026-11-27 09:00", "Thanksgiving", "2027-11-25 00:00:00"),
    ("2026-04-07 09:00", "Easter Monday", "2027-03-29 00:00:00"),
    # Seconds of now do not spill into what is said in minutes.
    ("2026-03-04 09:30:41", "in 45 minutes", "2026-03-04 10:15:00"),
    ("2026-03-04 09:30:41", "in 10 seconds", "2026-03-04 09:30:51"),
]


@pytest.mark.parametrize(("now", "phrase", "expected"), CASES)
def test_phrase_at_another_time(now: str, phrase: str, expected: str) -> None:
    moment = resolve(phrase, datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(BERLIN)))
    assert moment is not None
    assert iso(moment) == expected


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]
)
def test_local_time_is_that_of_now(zone: str) -> None:
    now = datetime(2026, 3, 4, 23, 50, tzinfo=ZoneInfo(zone))
    expected = {
        "tomorrow at 9": "2026-03-05 09:00:00",
        "in 20 minutes": "2026-03-05 00:10:00",
        "next Friday at 3pm": "2026-03-13 15:00:00",
    }
    for phrase, local in expected.items():
        moment = resolve(phrase, now)
        assert moment is not None
        assert iso(moment) == local
        assert moment.at.tzinfo == now.tzinfo


def test_a_time_in_a_named_zone_is_converted() -> None:
    now = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Asia/Kathmandu"))
    moment = resolve("tomorrow at 10am EST", now)
    assert moment is not None
    assert iso(moment) == "2026-03-04 20:45:00"  # in New York it is still the 3rd
    day = resolve("Friday 5 est with Sid", now)
    assert day is not None
    assert day.at.tzinfo == now.tzinfo
