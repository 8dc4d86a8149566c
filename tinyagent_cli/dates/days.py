"""What a phrase can say of the day, and how two such things make one ("Friday" and "next week").

Every kind has a method `on(today, earliest)`: the date meant, where `earliest` is the first that a day
which comes round again may take. It raises ValueError or OverflowError if the calendar has no such day.
`recurs` says whether the day comes round again, so that a time that is past means the next one. Weeks
start on Monday. These are named tuples because making one takes an eighth of a dataclass's import time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from tinyagent_cli.dates.spans import Span

Edge = Literal["", "start", "middle", "end"]
PeriodUnit = Literal["week", "weekend", "month", "year"]

_LEAP_CYCLE = 9
"""Years after which 29 February has come round in any case."""

_LIKELY_MONTHS = 3
"""How far ahead "Friday the 13th" is looked for before the weekday is taken for a slip."""


class Weekday(NamedTuple):
    """ "Friday" (the next one), "next Friday" (`week` 1: of next week), "last Friday", "Friday week".

    `week` counts weeks from this one; None is the next day of that name from `earliest`.
    """

    number: int
    week: int | None = None
    this: bool = False
    last: bool = False
    weeks_later: int = 0

    @property
    def recurs(self) -> bool:
        return self.week is None and not self.last

    def on(self, today: date, earliest: date) -> date:
        if self.last:
            return today - timedelta((today.weekday() - self.number - 1) % 7 + 1)
        if self.week is not None:
            return monday(today) + timedelta(weeks=self.week, days=self.number)
        ahead = (self.number - earliest.weekday()) % 7
        return earliest + timedelta(days=ahead, weeks=self.weeks_later)


class WeekdayAfter(NamedTuple):
    """ "the Monday after Easter": the first day of that name after another day."""

    number: int
    base: Day

    @property
    def recurs(self) -> bool:
        return self.base.recurs

    def on(self, today: date, earliest: date) -> date:
        found = self.base.on(today, earliest)
        return found + timedelta((self.number - found.weekday() - 1) % 7 + 1)


class Period(NamedTuple):
    """ "this weekend", "next week", "the end of the month": a stretch counted from the present one."""

    unit: PeriodUnit
    offset: int = 0
    edge: Edge = ""

    @property
    def recurs(self) -> bool:
        return False

    def on(self, today: date, earliest: date) -> date:
        if self.offset == 0 and not self.edge and self.unit != "weekend":
            return today
        if self.unit == "week":
            return self._of_week(monday(today) + timedelta(weeks=self.offset), today)
        if self.unit == "weekend":
            saturday = monday(today) + timedelta(weeks=self.offset, days=5)
            return max(saturday + timedelta(self.edge == "end"), today) if self.offset == 0 else saturday
        if self.unit == "month":
            return edge_of_month(*self.month(today), self.edge)
        year = today.year + self.offset
        return {"middle": date(year, 7, 1), "end": date(year, 12, 31)}.get(self.edge, date(year, 1, 1))

    def _of_week(self, first: date, today: date) -> date:
        """A week ends on Friday, or on Sunday once Friday is over."""
        if self.edge == "end":
            friday = first + timedelta(4)
            return friday if friday >= today else first + timedelta(6)
        return first + timedelta(2 if self.edge == "middle" else 0)

    def month(self, today: date) -> tuple[int, int]:
        """Year and month that the period starts in."""
        if self.unit == "year":
            return today.year + self.offset, 1
        if self.unit == "month":
            return add_months(today.year, today.month, self.offset)
        return today.year, today.month


class Month(NamedTuple):
    """ "in June", "the end of May": a month by name; its first day, unless an edge is named."""

    number: int
    year: int = 0
    edge: Edge = ""

    @property
    def recurs(self) -> bool:
        return not self.year

    def on(self, today: date, earliest: date) -> date:
        if self.year:
            return edge_of_month(self.year, self.number, self.edge)
        this_year = edge_of_month(earliest.year, self.number, self.edge)
        return this_year if this_year >= earliest else edge_of_month(earliest.year + 1, self.number, self.edge)


class CalendarDay(NamedTuple):
    """ "the 5th", "5 May", "May 5th 2027", "Friday the 13th", "next month on the 3rd".

    `either_order`: written like 10/3, where a weekday tells which of the two is the month.
    """

    day: int
    month: int = 0
    year: int = 0
    weekday: int | None = None
    period: Period | None = None
    either_order: bool = False

    @property
    def recurs(self) -> bool:
        return not self.year and self.period is None

    def on(self, today: date, earliest: date) -> date:
        found = self._as_written(today, earliest)
        if not self.either_order or self.weekday in (None, found.weekday()):
            return found
        turned = self._replace(day=self.month, month=self.day, either_order=False).on(today, earliest)
        return turned if turned.weekday() == self.weekday else found

    def _as_written(self, today: date, earliest: date) -> date:
        if self.year:
            return date(self.year, self.month or today.month, self.day)
        if self.period:
            year, month = self.period.month(today)
            return date(year, self.month or month, self.day)
        coming = list(self._coming(earliest))
        on_weekday = [day for day in coming[:_LIKELY_MONTHS] if day.weekday() == self.weekday]
        if not coming:
            raise ValueError("no such day")
        return coming[0] if self.month or not on_weekday else on_weekday[0]

    def _coming(self, earliest: date) -> Iterator[date]:
        """The dates of that name from `earliest` on: of some years for a month and day, of a year for a day alone."""
        if self.month:
            months = [(earliest.year + ahead, self.month) for ahead in range(_LEAP_CYCLE)]
        else:
            months = [add_months(earliest.year, earliest.month, ahead) for ahead in range(12)]
        for year, month in months:
            if self.day <= monthrange(year, month)[1] and date(year, month, self.day) >= earliest:
                yield date(year, month, self.day)


class NthWeekday(NamedTuple):
    """ "the last Friday of May", "the second Saturday of next month"; `n` is -1 for the last."""

    n: int
    weekday: int
    within: Month | Period | None = None

    @property
    def recurs(self) -> bool:
        return not isinstance(self.within, Period)

    def on(self, today: date, earliest: date) -> date:
        if isinstance(self.within, Period):
            return self._in(*self.within.month(today))
        if isinstance(self.within, Month) and self.within.year:
            return self._in(self.within.year, self.within.number)
        step, month = (12, self.within.number) if self.within else (1, earliest.month)
        coming = (self._in(*add_months(earliest.year, month, step * ahead)) for ahead in range(_LEAP_CYCLE))
        return next(found for found in coming if found >= earliest)

    def _in(self, year: int, month: int) -> date:
        if self.n < 0:
            last = date(year, month, monthrange(year, month)[1])
            return last - timedelta((last.weekday() - self.weekday) % 7)
        first = date(year, month, 1)
        return first + timedelta(days=(self.weekday - first.weekday()) % 7, weeks=self.n - 1)


class Offset(NamedTuple):
    """ "today", "tomorrow", "yesterday", "in 3 days", "two weeks ago"."""

    span: Span

    @property
    def recurs(self) -> bool:
        return False

    def on(self, today: date, earliest: date) -> date:
        return self.span.after(datetime(today.year, today.month, today.day)).date()


class Easter(NamedTuple):
    """A day counted from Easter Sunday."""

    days: int = 0

    @property
    def recurs(self) -> bool:
        return True

    def on(self, today: date, earliest: date) -> date:
        from dateutil.easter import easter

        this_year, next_year = (easter(earliest.year + ahead) + timedelta(self.days) for ahead in (0, 1))
        return this_year if this_year >= earliest else next_year


Day: TypeAlias = Weekday | WeekdayAfter | Period | Month | CalendarDay | NthWeekday | Offset | Easter


def merge(known: Day | None, said: Day) -> Day:
    """One day from two that were said: together where they fit, otherwise the last one counts."""
    if known is None:
        return said
    return _joined(known, said) or _joined(said, known) or said


def _joined(one: Day, other: Day) -> Day | None:
    if isinstance(one, Weekday):
        return _joined_weekday(one, other)
    if isinstance(one, CalendarDay):
        return _joined_calendar_day(one, other)
    if isinstance(one, NthWeekday) and not one.within and isinstance(other, (Month, Period)):
        return one._replace(within=other)
    return None


def _joined_weekday(one: Weekday, other: Day) -> Day | None:
    """ "Friday the 13th", "Friday next week", "Friday in two weeks"."""
    if isinstance(other, CalendarDay):
        return other._replace(weekday=one.number)
    if isinstance(other, Period) and other.unit in ("week", "weekend"):
        return one._replace(week=other.offset)
    if isinstance(other, Offset) and other.span.days and not other.span.days % 7:
        return one._replace(week=other.span.days // 7)
    return None


def _joined_calendar_day(one: CalendarDay, other: Day) -> Day | None:
    """ "the 3rd of next month", "5 May next year", "the 5th in May"."""
    if isinstance(other, Period) and not one.year and other.unit in ("month", "year"):
        return one._replace(period=other)
    if isinstance(other, Month) and not one.month:
        return one._replace(month=other.number, year=other.year)
    return None


def monday(of: date) -> date:
    """The Monday of that week."""
    return of - timedelta(of.weekday())


def add_months(year: int, month: int, months: int) -> tuple[int, int]:
    """Year and month some months later."""
    total = year * 12 + month - 1 + months
    return total // 12, total % 12 + 1


def edge_of_month(year: int, month: int, edge: Edge) -> date:
    """The first day of a month, its middle (the 15th) or its last day."""
    last = monthrange(year, month)[1]
    return date(year, month, {"end": last, "middle": 15}.get(edge, 1))
