"""A point in time as the user means it, its ISO form, and its form for reading.

Wall clocks have gaps and repeats where zones change their offset. A time that does not exist is
moved forward by the gap (02:30 becomes 03:30); of a time that exists twice the first is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[tT ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?\s?(?:([zZ])|([+-]\d\d):?(\d\d)?(?:\[[^\]]*\])?)?)?",
    re.ASCII,
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@dataclass(frozen=True)
class Moment:
    """A time in the user's zone (aware). `all_day`: the day is meant, and `at` is its 00:00."""

    at: datetime
    all_day: bool = False


def iso(moment: Moment) -> str:
    """Local time as `YYYY-MM-DD HH:MM:SS`, the form of the planning conventions."""
    return moment.at.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def from_iso(text: str, now: datetime) -> Moment | None:
    """The moment of an ISO 8601 date or time, in the zone of `now`; None for any other text.

    A time with `Z` or an offset is converted; one without is local. 00:00:00 is how the conventions
    write a day without a time, so it is read as one. Raises ValueError or OverflowError where the
    calendar has no such day.
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        return None
    day, time, seconds, utc, hours, minutes = match.groups()
    wall = datetime.fromisoformat(f"{day} {time or '00:00'}{seconds or ''}")
    if utc or hours:
        offset = "+00:00" if utc else f"{hours}:{minutes or '00'}"
        return Moment(datetime.fromisoformat(f"{wall.isoformat()}{offset}").astimezone(now.tzinfo))
    is_day = not time or f"{time}{seconds}" == "00:00:00"
    return Moment(localize(wall, now), all_day=is_day)


def localize(wall: datetime, now: datetime) -> datetime:
    """A wall-clock time in the zone of `now`: past the gap if it does not exist, the first if it exists twice."""
    local = wall.replace(tzinfo=now.tzinfo, fold=0)
    return local.astimezone(timezone.utc).astimezone(now.tzinfo).replace(fold=0)


def day(value: date, now: datetime) -> Moment:
    """A whole day in the zone of `now`."""
    return Moment(datetime(value.year, value.month, value.day, tzinfo=now.tzinfo), all_day=True)


def elapsed(start: datetime, passed: timedelta) -> datetime:
    """The time when `passed` has gone by, counted in real time across clock changes."""
    return (start.astimezone(timezone.utc) + passed).astimezone(start.tzinfo)


def describe(moment: Moment | str, now: datetime) -> str:
    """For reading: `tomorrow, Fri 6 Mar 2026, 15:00 CET`; a day has no time.

    A string is an argument as `resolve_call` left it; one that is no ISO time is returned as it is.
    """
    if isinstance(moment, str):
        try:
            parsed = from_iso(moment, now)
        except (ValueError, OverflowError):
            parsed = None
        if parsed is None:
            return moment
        moment = parsed
    at = moment.at
    date_words = f"{_WEEKDAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"
    near = _NEAR.get((at.date() - now.date()).days)
    words = f"{near}, {date_words}" if near else date_words
    return words if moment.all_day else f"{words}, {_clock(at)} {zone(at)}".rstrip()


def zone(at: datetime) -> str:
    """The zone's short name at that time (`CET`), or its offset where it has none (`UTC+05:45`)."""
    name = at.tzname() or ""
    if not name.startswith(("+", "-")):
        return name
    return f"UTC{at.isoformat(timespec='seconds')[19:]}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
