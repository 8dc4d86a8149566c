"""Lengths of time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinyagent_cli.dates import duration

MINUTES = [
    ("45 minutes", 45),
    ("forty-five minutes", 45),
    ("Forty five mins", 45),
    ("30-minute", 30),
    ("thirty minute", 30),
    ("20m", 20),
    ("90 min", 90),
    ("ninety min", 90),
    ("110 minutes", 110),
    ("one hundred twenty minutes", 120),
    ("an hour", 60),
    ("one hour", 60),
    ("for about an hour", 60),
    ("2 hrs", 120),
    ("2h", 120),
    ("1h30", 90),
    ("1h 30m", 90),
    ("2 hrs 20", 140),
    ("1 hour 15 minutes", 75),
    ("1.25 hours", 75),
    ("1.5 hours", 90),
    ("1½ hours", 90),
    ("half an hour", 30),
    ("a half hour", 30),
    ("Half an hour", 30),
    ("quarter of an hour", 15),
    ("three quarters of an hour", 45),
    ("an hour and a half", 90),
    ("one hour and half", 90),
    ("one and a half hours", 90),
    ("two and a quarter hours", 135),
    ("an hour and twenty", 80),
    ("an hour and ten minutes", 70),
    ("a couple of hours", 120),
    ("half a day", 240),
    ("30 minutes, no, 45 minutes", 45),
]
DAYS = [("a day", 1), ("all day", 1), ("the whole day", 1), ("3 days", 3), ("two weeks", 14), ("a fortnight", 14)]


@pytest.mark.parametrize(("phrase", "minutes"), MINUTES)
def test_minutes(phrase: str, minutes: int) -> None:
    assert duration(phrase) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("phrase", "days"), DAYS)
def test_days(phrase: str, days: int) -> None:
    assert duration(phrase) == timedelta(days=days)


def test_seconds_and_months() -> None:
    assert duration("a minute and a half") == timedelta(seconds=90)
    assert duration("30 seconds") == timedelta(seconds=30)
    assert duration("two months") == timedelta(days=60)


@pytest.mark.parametrize(
    "phrase", ["", "Friday", "5pm", "at 4", "half", "an", "until noon", "99999999999 days", "9" * 400]
)
def test_no_duration(phrase: str) -> None:
    assert duration(phrase) is None
