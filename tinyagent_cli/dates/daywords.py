"""Recognises the words for a day: "the 5th of May", "next Friday", "the day after tomorrow", "Christmas Eve".

A recogniser gets the tokens and a position; it returns what it found there and the position after it,
or None.
"""

from __future__ import annotations

from tinyagent_cli.dates.days import (
    CalendarDay,
    Day,
    Easter,
    Edge,
    Month,
    NthWeekday,
    Offset,
    Period,
    PeriodUnit,
    Weekday,
    WeekdayAfter,
)
from tinyagent_cli.dates.spans import Span
from tinyagent_cli.dates.tokens import Token, Tokens
from tinyagent_cli.dates.vocabulary import (
    EASTER_HOLIDAYS,
    FIXED_HOLIDAYS,
    MONTH_NUMBERS,
    MOVING_HOLIDAYS,
    UNITS,
    WEEKDAY_NUMBERS,
)

Found = tuple[Day, int]

_OFFSETS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKS_LATER = {"week": 1, "fortnight": 2}
_THIS_OR_NEXT = {"this": 0, "next": 1, "last": -1, "coming": 0, "following": 1, "past": -1, "previous": -1}
_PERIODS: dict[str, PeriodUnit] = {"week": "week", "weekend": "weekend", "month": "month", "year": "year"}
_EDGES: dict[str, Edge] = {
    "end": "end",
    "start": "start",
    "beginning": "start",
    "first": "start",
    "middle": "middle",
    "mid": "middle",
    "last": "end",
}
_WEEKS = {"week": 0, "weekend": 5}
"""The weekday that stands for a week or a weekend."""

_YEARS = range(1900, 2200)
_SHORT_YEARS = range(25, 60)
"""Years written with two figures, where they cannot be hours."""


def day_at(tokens: Tokens, at: int) -> Found | None:
    """The day named at this position."""
    for recognise in (_offset, _edge, _nth_weekday, _holiday, _dated, _weekday, _period, _month, _day_of_month):
        found = recognise(tokens, at)
        if found:
            return found
    return None


def _offset(tokens: Tokens, at: int) -> Found | None:
    """ "today", "tomorrow week"."""
    text = tokens[at].text
    if text not in _OFFSETS:
        return None
    weeks = _WEEKS_LATER.get(tokens[at + 1].text, 0)
    return Offset(Span(days=_OFFSETS[text] + 7 * weeks)), at + 1 + bool(weeks)


def _edge(tokens: Tokens, at: int) -> Found | None:
    """ "end of the month", "the last day of March", "mid May", "beginning of next week"."""
    start = tokens.skip(at, "the")
    edge = _EDGES.get(tokens[start].text)
    if not edge:
        return None
    after = tokens.skip(start + 1, "day")
    inner = tokens.skip(after, "of in the")
    if tokens[start].text in ("first", "last") and (after == start + 1 or inner == after):
        return None
    month = _month(tokens, inner)
    if month and isinstance(month[0], Month):
        return Month(month[0].number, month[0].year, edge), month[1]
    period = _period(tokens, inner)
    if period and isinstance(period[0], Period):
        return Period(period[0].unit, period[0].offset, edge), period[1]
    unit = _PERIODS.get(tokens[inner].text)
    return (Period(unit, 0, edge), inner + 1) if unit and inner > start + 1 else None


def _nth_weekday(tokens: Tokens, at: int) -> Found | None:
    """ "the last Friday of May", "third week of June" (its Monday); without a month of the present one."""
    start = tokens.skip(at, "the")
    token, named = tokens[start], tokens[start + 1]
    weekday = _WEEKS.get(named.text, _weekday_index(named))
    n = token.value if token.kind == "ordinal" else -1
    if weekday is None or not (1 <= n <= 5 or token.text == "last"):
        return None
    inner = tokens.skip(start + 2, "of in the")
    within = _month(tokens, inner) or _period(tokens, inner)
    if within and inner > start + 2 and isinstance(within[0], (Month, Period)):
        return NthWeekday(n, weekday, within[0]), within[1]
    return (NthWeekday(n, weekday), start + 2) if token.kind == "ordinal" else None


def _holiday(tokens: Tokens, at: int) -> Found | None:
    for count in (3, 2, 1):
        words = tokens.words(at, count)
        if words in FIXED_HOLIDAYS:
            day, month = FIXED_HOLIDAYS[words]
            year, after = _year(tokens, at + count)
            return CalendarDay(day, month, year), after
        if words in EASTER_HOLIDAYS:
            return Easter(EASTER_HOLIDAYS[words]), at + count
        if words in MOVING_HOLIDAYS:
            n, weekday, month = MOVING_HOLIDAYS[words]
            return NthWeekday(n, weekday, Month(month)), at + count
    return None


def _dated(tokens: Tokens, at: int) -> Found | None:
    """ "05.06.2027", "the 5th of May", "5 May 2027", "May 5th"."""
    if tokens[at].kind == "date":
        day, month, year = tokens[at].values
        either = "/" in tokens[at].text and max(day, month) <= 12
        return CalendarDay(day, month, year, either_order=either), at + 1
    start = tokens.skip(at, "the")
    if _is_day(tokens[start]):
        month_at = tokens.skip(start + 1, "of day")
        if tokens[month_at].text in MONTH_NUMBERS:
            year, after = _year(tokens, month_at + 1)
            return CalendarDay(tokens[start].value, MONTH_NUMBERS[tokens[month_at].text], year), after
    if tokens[at].text in MONTH_NUMBERS:
        day_at_ = tokens.skip(at + 1, "the")
        if _is_day(tokens[day_at_]) and not _is_time(tokens, day_at_):
            year, after = _year(tokens, day_at_ + 1)
            return CalendarDay(tokens[day_at_].value, MONTH_NUMBERS[tokens[at].text], year), after
    return None


def _weekday(tokens: Tokens, at: int) -> Found | None:
    """ "Friday", "this coming Friday", "next Friday", "Friday week", "the Friday after next"."""
    which, start = _which(tokens, at)
    index = _weekday_index(tokens[start])
    if index is None:
        return _counted_weekday(tokens, at)
    after = start + 1
    if which is None and tokens.words(after, 2) == "after next":
        return Weekday(index, week=2), after + 2
    base = day_at(tokens, after + 1) if tokens[after].text == "after" else None
    if base:
        return WeekdayAfter(index, base[0]), base[1]
    if tokens[after].text in _WEEKS_LATER and which in (None, 0):
        return Weekday(index, weeks_later=_WEEKS_LATER[tokens[after].text]), after + 1
    day = Weekday(index, week=1 if which == 1 else None, this=which == 0, last=which == -1)
    return day, after


def _counted_weekday(tokens: Tokens, at: int) -> Found | None:
    """ "two Fridays from now"."""
    count, index = tokens[at].value, _weekday_index(tokens[at + 1])
    if tokens[at].kind != "number" or index is None or tokens.words(at + 2, 2) != "from now":
        return None
    return Weekday(index, weeks_later=count - 1), at + 4


def _period(tokens: Tokens, at: int) -> Found | None:
    """ "this weekend", "next week", "the month after next"."""
    which, start = _which(tokens, tokens.skip(at, "the"))
    unit = _PERIODS.get(tokens[start].text)
    if not unit:
        return None
    if which is None and tokens.words(start + 1, 2) == "after next":
        return Period(unit, 2), start + 3
    if which is None and unit != "weekend":
        return None
    return Period(unit, which or 0), start + 1


def _month(tokens: Tokens, at: int) -> Found | None:
    """ "June", "next June", "June 2027"."""
    _, start = _which(tokens, at)
    number = MONTH_NUMBERS.get(tokens[start].text)
    if not number:
        return None
    year, after = _year(tokens, start + 1)
    return Month(number, year), after


def _day_of_month(tokens: Tokens, at: int) -> Found | None:
    """ "the 5th", "on the twelfth", "the 5"; also a number too large for an hour."""
    start = tokens.skip(at, "the")
    token = tokens[start]
    if not _is_day(token) or _is_time(tokens, start):
        return None
    if token.kind == "ordinal" or start > at or token.value > 24:
        return CalendarDay(token.value), tokens.skip(start + 1, "day")
    return None


def _which(tokens: Tokens, at: int) -> tuple[int | None, int]:
    """This (0), next (1), last (-1) or nothing of the kind (None), and the position after the word."""
    which = None
    while tokens[at].text in _THIS_OR_NEXT and tokens[at].kind == "word":
        which = _THIS_OR_NEXT[tokens[at].text]
        at += 1
    return which, at


def _year(tokens: Tokens, at: int) -> tuple[int, int]:
    """A year of four digits, or read aloud ("twenty twenty seven"), else 0; and the position after it."""
    token, following = tokens[at], tokens[at + 1]
    if token.kind != "number" or _is_time(tokens, at):
        return 0, at
    if len(token.text) == 4 and token.value in _YEARS:
        return token.value, at + 1
    if not token.spoken and len(token.text) == 2 and token.value in _SHORT_YEARS:
        return 2000 + token.value, at + 1
    if token.spoken and token.value == 20 and following.spoken and 20 < following.value < 100:
        return 2000 + following.value, at + 2
    return 0, at


def _weekday_index(token: Token) -> int | None:
    return WEEKDAY_NUMBERS.get(token.text) if token.kind == "word" else None


def _is_day(token: Token) -> bool:
    return token.kind in ("number", "ordinal") and 1 <= token.value <= 31 and "." not in token.text


def _is_time(tokens: Tokens, at: int) -> bool:
    """Whether the number at this position is a time or an amount: "5pm", "5 o'clock", "5 minutes"."""
    following = tokens[at + 1]
    if tokens[at].kind == "ordinal":
        return False
    return following.kind == "meridiem" or following.text in ("oclock", "o", *UNITS)
