"""Turns what people say about times into times: one answer for every planner, engine and tool.

Nothing here raises on any text: what is no time, or a day that the calendar does not have, is None.
`now` is an aware datetime; results are in its zone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tinyagent_cli.dates.clock import MERIDIEMS
from tinyagent_cli.dates.combine import Frame, combine
from tinyagent_cli.dates.ends import end_of, read_end
from tinyagent_cli.dates.moment import Moment, from_iso
from tinyagent_cli.dates.phrase import Said, read

_OUTSIDE_THE_CALENDAR = (ValueError, OverflowError)


def resolve(phrase: str, now: datetime) -> Moment | None:
    """The time that a phrase names; the start if it names a range."""
    found = resolve_range(phrase, now)
    return found[0] if found else None


def resolve_range(phrase: str, now: datetime) -> tuple[Moment, Moment | None] | None:
    """Start and end of a phrase such as "Friday from 2 to 4" or "tomorrow at 3 for an hour"; the end may be unsaid."""
    try:
        moment = from_iso(phrase, now)
        if moment:
            return moment, None
        sides = read(phrase)
        return _pair(*sides, now) if sides else None
    except _OUTSIDE_THE_CALENDAR:
        return None


def resolve_end(phrase: str, start: Moment, now: datetime) -> Moment | None:
    """The end of what begins at `start`: a time ("5:30pm", "four"), a date or a duration ("45 minutes").

    None if the phrase names no time, or one before the start.
    """
    try:
        exact = from_iso(phrase, now)
        if exact:
            return exact if exact.at >= start.at else None
        said = read_end(phrase)
        return _end(said, start, now) if said else None
    except _OUTSIDE_THE_CALENDAR:
        return None


def resolve_start(phrase: str, end_phrase: str, now: datetime) -> Moment | None:
    """The start that a phrase names, its hour read so that it fits an end such as "9pm": "at 7" is then 19:00."""
    try:
        sides, end = read(phrase), read_end(end_phrase)
        if from_iso(phrase, now) or not sides or not end or not sides[1].empty:
            return resolve(phrase, now)
        found = _pair(sides[0], end, now)
        return found[0] if found else None
    except _OUTSIDE_THE_CALENDAR:
        return None


def _pair(said: Said, end: Said, now: datetime) -> tuple[Moment, Moment | None] | None:
    """Start and end of what was said, in the user's zone whatever zone it was said in."""
    if not said.zone or not said.clock:
        return _local_pair(said, end, now)
    found = _local_pair(said, end, now.astimezone(said.zone))
    if not found:
        return None
    start, last = found
    return _moved(start, now), _moved(last, now) if last else None


def _end(said: Said, start: Moment, now: datetime) -> Moment | None:
    """The end that was said, in the user's zone whatever zone it was said in."""
    if not said.zone or not said.clock:
        return end_of(said, start, now)
    end = end_of(said, Moment(start.at.astimezone(said.zone)), now.astimezone(said.zone))
    return _moved(end, now) if end else None


def _moved(moment: Moment, now: datetime) -> Moment:
    return Moment(moment.at.astimezone(now.tzinfo))


def _local_pair(said: Said, end: Said, now: datetime) -> tuple[Moment, Moment | None] | None:
    """Start and end; where the start's hour is open and the end's is not, the shortest such pair."""
    start = combine(said, Frame(now))
    if start is None:
        return None
    if end.empty and said != Said(lasting=said.lasting):
        end = Said(lasting=said.lasting)
    if end.empty:
        return start, None
    starts = [start]
    if said.open and said.clock and end.clock and not end.open:
        halves = (replace(said.clock, meridiem=meridiem) for meridiem in MERIDIEMS)
        starts += [moment for clock in halves if (moment := combine(said._replace(clock=clock), Frame(now)))]
    pairs = [(first, last) for first in starts if (last := end_of(end, first, now))]
    return min(pairs, key=lambda pair: pair[1].at - pair[0].at, default=(start, None))
