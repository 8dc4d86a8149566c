"""When something ends: a time as said, a date, or a duration, always counted from its start.

An hour without am or pm is the first such hour after the start. Days are inclusive: three days from
the 4th end on the 6th.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from tinyagent_cli.dates.combine import Frame, combine
from tinyagent_cli.dates.moment import Moment, localize
from tinyagent_cli.dates.phrase import Said, read
from tinyagent_cli.dates.spans import Span, only_span
from tinyagent_cli.dates.tokens import Tokens, tokenize

_FIRST_CLOCK_HOUR = 8
"""From here on `14h30` as an end is a time; below, `1h30` is a duration."""


def read_end(phrase: str) -> Said | None:
    """What a phrase says of an end, where a length of time is always a duration; None if it says no time."""
    tokens = tokenize(phrase)
    span = None if _is_time(tokens) else only_span(tokens)
    sides = read(phrase)
    if span and not (sides and sides[0].whole_day):
        return Said(lasting=span)
    if not sides:
        return None
    said, end = sides
    return said if end.empty else end


def end_of(said: Said, start: Moment, now: datetime) -> Moment | None:
    """The end that was said; None if it says no time, or one before the start."""
    length = said.lasting or said.from_now
    if length and not (said.day or said.clock or said.part):
        return after_span(start, length) if length.length > timedelta() else None
    if said.whole_day and not said.day:
        return _end_of_day(start)
    if said.clock and not said.day and not said.shift:
        return Moment(localize(_first_after(said, start), start.at))
    end = combine(said, Frame(now, start.at))
    if end and end.all_day and end.at.date() == start.at.date():
        return _end_of_day(start)
    return end if end and end.at > start.at else None


def after_span(start: Moment, span: Span) -> Moment:
    """The end of what lasts a span: whole days are inclusive for what starts on a day, the rest is real time.

    Where a clock goes back, the wall-clock time of the end may not lie after that of the start. The
    ISO form knows no zone, so the end is then counted by the wall clock.
    """
    if start.all_day and span.whole_days:
        return Moment(replace(span, days=span.days - 1).after(start.at), all_day=True)
    end = span.after(start.at)
    if end.replace(tzinfo=None) <= start.at.replace(tzinfo=None):
        end = localize(start.at.replace(tzinfo=None) + span.length, start.at)
    return Moment(end)


def _first_after(said: Said, start: Moment) -> datetime:
    """The first time after the start, by the wall clock, that the end's clock can be read as."""
    wall = start.at.replace(tzinfo=None)
    today = datetime.combine(wall.date(), time())
    seconds = said.clock.readings(said.part) if said.clock else ()
    times = (today + timedelta(days=days, seconds=second) for days in (-1, 0, 1) for second in seconds)
    return min(at for at in times if at > wall)


def _end_of_day(start: Moment) -> Moment:
    """The same day for what lasts whole days, the next midnight for what starts at a time."""
    if start.all_day:
        return start
    midnight = datetime.combine(start.at.date() + timedelta(1), time())
    return Moment(localize(midnight, start.at))


def _is_time(tokens: Tokens) -> bool:
    """Whether `14h30` is meant as a time of day."""
    hours = [at for at in range(len(tokens)) if tokens[at].kind == "hours"]
    return any(tokens[at].value >= _FIRST_CLOCK_HOUR or tokens[at - 1].text in ("until", "till", "to") for at in hours)
