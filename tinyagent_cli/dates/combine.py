"""From what a phrase says to a moment.

- A day without a time is all day, from 00:00.
- A time without a day is the next such time from now.
- A weekday is the next one after today; "this Friday" with a time still to come is today.
- A date without a year, or a day of the month, is the next one from now.
- Of today's two readings of an hour without am or pm, one that is past gives way to one that is not.
- "morning", "afternoon", "evening" and "night" without a time are 09:00, 15:00, 19:00 and 20:00; one of
  today that has already begun is the next full hour.
- "in 3 hours" is counted in real time, "in 3 days" by the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tinyagent_cli.dates.days import Offset, Weekday
from tinyagent_cli.dates.moment import Moment, day, localize
from tinyagent_cli.dates.phrase import Said
from tinyagent_cli.dates.spans import Span
from tinyagent_cli.dates.vocabulary import PART_HOURS


@dataclass(frozen=True)
class Frame:
    """What a phrase is read against: now (aware), and for the end of something the start that it comes after."""

    now: datetime
    start: datetime | None = None

    @property
    def after(self) -> datetime:
        """The time that a recurring day or an hour comes after."""
        return self.start or self.now

    @property
    def wall(self) -> datetime:
        """`after` by the wall clock (naive)."""
        return self.after.replace(tzinfo=None)


def combine(said: Said, frame: Frame) -> Moment | None:
    """The moment meant, or None if too little is said. Raises ValueError or OverflowError if there is no such day."""
    moment = _unshifted(said, frame)
    if moment is None or said.shift is None:
        return moment
    return Moment(said.shift.after(moment.at), all_day=moment.all_day and said.shift.whole_days)


def _unshifted(said: Said, frame: Frame) -> Moment | None:
    if said.from_now is not None and not (said.from_now == Span() and (said.day or said.clock)):
        return Moment(_from(frame.now, said.from_now))
    timed = bool(said.clock or said.part)
    if said.day:
        found = said.day.on(frame.now.date(), _earliest(said, frame, timed))
        return _on_day(said, found, frame) if timed else day(found, frame.now)
    if timed:
        return Moment(localize(_next_time(said, frame), frame.now))
    if said.lasting and not said.shift:
        end = _from(frame.after, said.lasting)
        return day(end.date(), frame.now) if said.lasting.whole_days else Moment(end)
    return None


def _from(start: datetime, span: Span) -> datetime:
    """`start` and a span, to the minute unless the span itself counts seconds."""
    whole_minutes = not span.time % timedelta(minutes=1)
    return span.after(start.replace(second=0, microsecond=0) if whole_minutes else start.replace(microsecond=0))


def _earliest(said: Said, frame: Frame, timed: bool) -> date:
    first = frame.after.date()
    if not isinstance(said.day, Weekday):
        return first
    today_counts = timed and (said.day.this or frame.start is not None)
    return first if today_counts else first + timedelta(1)


def _on_day(said: Said, found: date, frame: Frame) -> Moment:
    wall = _wall(said, found, frame)
    if said.day and said.day.recurs and wall <= frame.wall:
        later = said.day.on(frame.now.date(), found + timedelta(1))
        wall = _wall(said, later, frame)
    return Moment(localize(wall, frame.now))


def _wall(said: Said, found: date, frame: Frame) -> datetime:
    """The time on that date, by the wall clock."""
    start_of_day = datetime.combine(found, time())
    if not said.clock:
        return start_of_day + timedelta(hours=_part_hour(said, found, frame))
    times = [start_of_day + timedelta(seconds=seconds) for seconds in said.clock.readings(said.part)]
    if found != frame.after.date():
        return times[0]
    return next((wall for wall in times if wall > frame.wall), times[0])


def _part_hour(said: Said, found: date, frame: Frame) -> int:
    usual, over = PART_HOURS[said.part]
    begun = isinstance(said.day, Offset) and found == frame.after.date() and usual <= frame.wall.hour < over - 1
    return frame.wall.hour + 1 if begun else usual


def _next_time(said: Said, frame: Frame) -> datetime:
    """The first such time: in its usual reading unless another one is still to come today."""
    today = frame.after.date()
    wall = _wall(said, today, frame)
    return wall if wall > frame.wall else _wall(said, today + timedelta(1), frame)
