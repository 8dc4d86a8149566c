"""Lengths of time: "45 minutes", "an hour and a half", "1h30", "two and a quarter hours", "three weeks"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tinyagent_cli.dates.moment import elapsed, localize
from tinyagent_cli.dates.tokens import Token, Tokens, tokenize
from tinyagent_cli.dates.vocabulary import MONTH_NUMBERS, UNITS

HALF_A_DAY = timedelta(hours=4)
"""What "half a day" lasts on a calendar: half a working day."""

_DAYS_A_MONTH = 30
_FRACTIONS = {"half": 0.5, "quarter": 0.25}
_AROUND = "about approximately around at exactly for full good in just lasting lasts long next of only roughly the"
_WHOLE = "all whole entire full"


@dataclass(frozen=True)
class Span:
    """A length of time: calendar months and days by the wall clock, `time` in real time."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    @property
    def whole_days(self) -> bool:
        """Whether it is made of days, weeks, months or years alone."""
        return not self.time

    @property
    def length(self) -> timedelta:
        """Its usual length; a month counts 30 days."""
        return timedelta(days=self.months * _DAYS_A_MONTH + self.days) + self.time

    def __add__(self, other: Span) -> Span:
        return Span(self.months + other.months, self.days + other.days, self.time + other.time)

    def __neg__(self) -> Span:
        return Span(-self.months, -self.days, -self.time)

    def after(self, start: datetime) -> datetime:
        """`start` moved by the span; raises OverflowError or ValueError beyond the calendar."""
        from dateutil.relativedelta import relativedelta

        at = start
        if self.months or self.days:
            wall = start.replace(tzinfo=None) + relativedelta(months=self.months, days=self.days)
            at = localize(wall, start)
        return elapsed(at, self.time) if self.time else at


def duration(phrase: str) -> timedelta | None:
    """The length of time that a phrase names and nothing else; None if it is no length of time."""
    try:
        span = only_span(tokenize(phrase))
        return span.length if span else None
    except OverflowError:
        return None


def only_span(tokens: Tokens) -> Span | None:
    """The span that all these tokens spell, but for words such as "for about"; the last of several."""
    span: Span | None = None
    at = tokens.skip(0, _AROUND)
    while at < len(tokens):
        found = _half_a_day(tokens, at) or all_day_at(tokens, at) or span_at(tokens, at)
        if not found:
            return None
        span, at = found
        at = tokens.skip(at, f"{_AROUND} no sorry actually")
    return span


def span_at(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """The span that starts at this token, and the position after it."""
    found = _part_at(tokens, at)
    if not found:
        return None
    span, at = found
    while more := _further_part(tokens, at, span):
        part, at = more
        span += part
    return span, at


def _further_part(tokens: Tokens, at: int, span: Span) -> tuple[Span, int] | None:
    """ "... and ten minutes", "2 hrs 20": a smaller unit, or minutes without one."""
    joined = tokens.skip(at, "and")
    found = _part_at(tokens, joined)
    if found and found[0].length < span.length and not _past_or_to(tokens, found[1]):
        return found
    number, following = tokens[joined], tokens[joined + 1]
    hours = span.time and not span.time % timedelta(hours=1)
    if not (hours and number.kind == "number" and 0 < number.value < 60 and number.text.isdigit()):
        return None
    if following.kind in ("meridiem", "number", "ordinal") or following.text in MONTH_NUMBERS:
        return None
    if _past_or_to(tokens, joined + 1) or (joined == at and number.value < 5):
        return None
    return Span(time=timedelta(minutes=number.value)), joined + 1


def _past_or_to(tokens: Tokens, at: int) -> bool:
    return tokens[at].text in ("past", "to", "till")


def _part_at(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """One amount of one unit: "2 hours", "an hour and a half", "1h30"."""
    if tokens[at].kind == "hours":
        hours, minutes = (*tokens[at].values, 0)[:2]
        return Span(time=timedelta(hours=hours, minutes=minutes)), at + 1
    found = _amount_at(tokens, at)
    if not found:
        return None
    amount, at = found
    unit = _unit(tokens[at])
    if not unit or (unit == "hour" and len(tokens[at - 1].text) == 4 and tokens[at - 1].kind == "number"):
        return None
    fraction = _fraction_at(tokens, tokens.skip(at + 1, "and")) if tokens[at + 1].text == "and" else None
    if fraction and not _unit(tokens[fraction[1]]):
        return _span(amount + fraction[0], unit), fraction[1]
    return _span(amount, unit), at + 1


def _unit(token: Token) -> str:
    return token.text if token.text in UNITS and token.kind in ("word", "ordinal") else ""


def _amount_at(tokens: Tokens, at: int) -> tuple[float, int] | None:
    """The amount in front of a unit: "a", "half an", "three quarters of an", "two and a half", "2.5"."""
    fraction = _fraction_at(tokens, at)
    if fraction:
        amount, at = fraction
        return amount, tokens.skip(tokens.skip(at, "of"), "a an")
    few = {"couple": 2, "few": 3, "several": 3}
    named = tokens.skip(at, "a")
    if tokens[named].text in few:
        return few[tokens[named].text], tokens.skip(named + 1, "of")
    token = tokens[at]
    if token.kind == "number" or (token.kind == "clock" and "." in token.text):
        amount = float(token.text) if len(token.text) < 7 else float("inf")
        more = _fraction_at(tokens, at + 2) if tokens[at + 1].text == "and" else None
        return (amount + more[0], more[1]) if more else (amount, at + 1)
    return (1.0, at + 1) if token.text in ("a", "an", "another") else None


def _fraction_at(tokens: Tokens, at: int) -> tuple[float, int] | None:
    """ "half", "a quarter", "three quarters"."""
    token = tokens[at]
    if token.kind == "number" and token.value == 3 and tokens[at + 1].text == "quarter":
        return 0.75, at + 2
    at = tokens.skip(at, "a")
    name = tokens[at].text
    return (_FRACTIONS[name], at + 1) if name in _FRACTIONS else None


def _span(amount: float, unit: str) -> Span:
    """Raises OverflowError for amounts beyond any calendar."""
    if unit in ("month", "year"):
        return Span(months=round(amount * (12 if unit == "year" else 1)))
    seconds = {"second": 1, "minute": 60, "hour": 3600}.get(unit)
    if seconds:
        return Span(time=timedelta(seconds=round(amount * seconds)))
    days = amount * {"day": 1, "week": 7, "fortnight": 14}[unit]
    return Span(days=round(days)) if days == round(days) else Span(time=timedelta(days=days))


def _half_a_day(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    at = tokens.skip(at, "a")
    if tokens[at].text != "half" or tokens[tokens.skip(at + 1, "a")].text != "day":
        return None
    return Span(time=HALF_A_DAY), tokens.skip(at + 1, "a") + 1


def all_day_at(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """ "all day", "the whole day"."""
    after = tokens.skip(at, _WHOLE)
    return (Span(days=1), after + 1) if after > at and tokens[after].text == "day" else None
