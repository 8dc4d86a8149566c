"""Ends: as a time, as a date, as a duration, always after the start."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.dates import Moment, iso, resolve, resolve_end, resolve_range

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def start_of(phrase: str) -> Moment:
    moment = resolve(phrase, NOW)
    assert moment is not None
    return moment


TIMES = [
    ("tomorrow at 11", "1", "2026-03-05 13:00:00"),
    ("tomorrow at 11", "12", "2026-03-05 12:00:00"),
    ("tomorrow at 8", "nine am", "2026-03-05 09:00:00"),
    ("tomorrow at 8", "until nine am", "2026-03-05 09:00:00"),
    ("tomorrow at 9", "five", "2026-03-05 17:00:00"),
    ("tomorrow at 1pm", "1:45", "2026-03-05 13:45:00"),
    ("tomorrow at 9:30", "10:15", "2026-03-05 10:15:00"),
    ("tomorrow at 9", "half past ten", "2026-03-05 10:30:00"),
    ("tomorrow 19:20", "quarter to nine", "2026-03-05 20:45:00"),
    ("tomorrow 06:00", "half ten", "2026-03-05 10:30:00"),
    ("tonight 7", "9", "2026-03-04 21:00:00"),
    ("tomorrow at 5pm", "5:30pm", "2026-03-05 17:30:00"),
    ("tomorrow 13:00", "14h30", "2026-03-05 14:30:00"),
    ("tomorrow 7pm", "midnight", "2026-03-06 00:00:00"),
    ("tomorrow 22:30", "3 in the morning", "2026-03-06 03:00:00"),
    ("tomorrow 22:30", "00:30", "2026-03-06 00:30:00"),
    ("tomorrow 11pm", "1", "2026-03-06 01:00:00"),
    ("Friday 2pm", "Friday 5", "2026-03-06 17:00:00"),
    ("tomorrow 10pm", "Friday 2am", "2026-03-06 02:00:00"),
    ("tomorrow", "5pm", "2026-03-05 17:00:00"),
    ("tomorrow 9am", "end of day", "2026-03-05 17:00:00"),
    ("tomorrow 9am", "2026-03-05T10:00", "2026-03-05 10:00:00"),
    ("tomorrow 9am", "10am to 11am", "2026-03-05 11:00:00"),
    ("tomorrow 2pm EST", "4pm EST", "2026-03-05 22:00:00"),
    ("tomorrow 14:00+02:00", "16:00+02:00", "2026-03-05 15:00:00"),
]

DATES = [
    ("4 May", "6 May", "2026-05-06 00:00:00"),
    ("20 December", "4 January", "2027-01-04 00:00:00"),
    ("Thursday", "Monday", "2026-03-09 00:00:00"),
    ("the 9th", "the 13th", "2026-03-13 00:00:00"),
    ("Wednesday 3 June", "Friday 12 June", "2026-06-12 00:00:00"),
    ("tomorrow", "tomorrow", "2026-03-05 00:00:00"),
]

DURATIONS = [
    ("tomorrow at 9", "45 minutes", "2026-03-05 09:45:00"),
    ("tomorrow at 9", "for an hour and a half", "2026-03-05 10:30:00"),
    ("tomorrow at 9", "in an hour", "2026-03-05 10:00:00"),
    ("tomorrow 12:40", "1h15", "2026-03-05 13:55:00"),
    ("tomorrow 21:00", "2h", "2026-03-05 23:00:00"),
    ("tomorrow 22:00", "four hours", "2026-03-06 02:00:00"),
    ("tomorrow at 9", "half a day", "2026-03-05 13:00:00"),
    ("tomorrow at 9", "a day", "2026-03-06 09:00:00"),
    ("tomorrow at 9", "all day", "2026-03-06 00:00:00"),
    ("4 May", "three days", "2026-05-06 00:00:00"),
    ("4 May", "a week", "2026-05-10 00:00:00"),
    ("4 May", "the whole day", "2026-05-04 00:00:00"),
]


@pytest.mark.parametrize(("start", "phrase", "expected"), [*TIMES, *DATES, *DURATIONS])
def test_end(start: str, phrase: str, expected: str) -> None:
    end = resolve_end(phrase, start_of(start), NOW)
    assert end is not None
    assert iso(end) == expected


@pytest.mark.parametrize(
    "phrase", ["", "blursday", "yesterday", "now", "an hour ago", "3 March 2026", "99999999 days", "31 February"]
)
def test_what_does_not_come_after_the_start_is_no_end(phrase: str) -> None:
    assert resolve_end(phrase, start_of("tomorrow at 9"), NOW) is None


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("from 2 to 4", "2026-03-04 14:00:00", "2026-03-04 16:00:00"),
        ("2-4pm", "2026-03-04 14:00:00", "2026-03-04 16:00:00"),
        ("10-2pm", "2026-03-04 10:00:00", "2026-03-04 14:00:00"),
        ("tomorrow 6-8am", "2026-03-05 06:00:00", "2026-03-05 08:00:00"),
        ("tomorrow 7 to 9pm", "2026-03-05 19:00:00", "2026-03-05 21:00:00"),
        ("11-1", "2026-03-04 11:00:00", "2026-03-04 13:00:00"),
        ("from ten to four on Friday", "2026-03-06 10:00:00", "2026-03-06 16:00:00"),
        ("between 3 and 5", "2026-03-04 15:00:00", "2026-03-04 17:00:00"),
        ("Friday 9 to 5", "2026-03-06 09:00:00", "2026-03-06 17:00:00"),
        ("2 to 4 on Friday afternoon", "2026-03-06 14:00:00", "2026-03-06 16:00:00"),
        ("tomorrow 14:00 - 15:30", "2026-03-05 14:00:00", "2026-03-05 15:30:00"),
        ("2-3pm EST tomorrow", "2026-03-05 20:00:00", "2026-03-05 21:00:00"),
        ("5-8 May", "2026-05-05 00:00:00", "2026-05-08 00:00:00"),
        ("May 30 to June 2", "2026-05-30 00:00:00", "2026-06-02 00:00:00"),
        ("Mon-Fri", "2026-03-09 00:00:00", "2026-03-13 00:00:00"),
        ("tomorrow at 3 for 45 minutes", "2026-03-05 15:00:00", "2026-03-05 15:45:00"),
    ],
)
def test_range(phrase: str, start: str, end: str) -> None:
    found = resolve_range(phrase, NOW)
    assert found is not None
    assert found[1] is not None
    assert (iso(found[0]), iso(found[1])) == (start, end)


@pytest.mark.parametrize("phrase", ["tomorrow at 3", "Friday", "until noon", "ten to four", "45 minutes"])
def test_one_time_is_no_range(phrase: str) -> None:
    found = resolve_range(phrase, NOW)
    assert found is not None
    assert found[1] is None
