"""From tokens to what a phrase says: a day, a time of day, a part of the day, a span, and where a range is split."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone, tzinfo
from typing import NamedTuple, TypeAlias, Union

from tinyagent_cli.dates.clock import Clock, clock_at, relative_at
from tinyagent_cli.dates.days import CalendarDay, Day, Offset, merge
from tinyagent_cli.dates.daywords import day_at
from tinyagent_cli.dates.spans import Span, all_day_at, span_at
from tinyagent_cli.dates.tokens import Token, Tokens, tokenize
from tinyagent_cli.dates.vocabulary import CONNECTORS, FILLERS, NAMED_TIMES, PART_HOURS, UNITS, ZONES

_TODAY, _YESTERDAY = Offset(Span()), Offset(Span(days=-1))

MAX_UNKNOWN = 2
"""Words without a meaning here that may stand around a day: "Friday with Sid"."""


class Said(NamedTuple):
    """What one side of a phrase says.

    `part` is a part of the day. `from_now` is time to pass from now on ("in 45 minutes"), `shift` is
    time to move the rest by ("an hour before noon"), `lasting` a length of time ("for 45 minutes"),
    `zone` the zone of the time if it is not the user's.
    """

    day: Day | None = None
    clock: Clock | None = None
    part: str = ""
    from_now: Span | None = None
    shift: Span | None = None
    lasting: Span | None = None
    whole_day: bool = False
    zone: tzinfo | None = None

    @property
    def empty(self) -> bool:
        return self == Said()

    @property
    def open(self) -> bool:
        """Whether its hour could be before or after noon."""
        return self.clock is not None and self.clock.open and not self.part

    @property
    def number(self) -> int:
        """The number, if a bare one is all that is said; otherwise 0."""
        bare = self.clock and self.clock.bare and not self.clock.figures and self == Said(clock=self.clock)
        return self.clock.hour if self.clock and bare else 0

    def then(self, later: Said) -> Said:
        """Both together; where they say the same kind of thing the later one counts, but for days that join."""
        day = merge(self.day, later.day) if later.day else self.day
        return Said._make(new or old for old, new in zip(self, later, strict=True))._replace(day=day)


Found: TypeAlias = Union["tuple[Said, int]", None]
"""What a recogniser found at a position, and the position after it."""


def read(phrase: str) -> tuple[Said, Said] | None:
    """What a phrase says, and what it says of an end if it is a range (empty otherwise); None if it says no time.

    Raises OverflowError for amounts beyond any calendar, and ValueError for an offset of a day or more.
    """
    tokens = tokenize(phrase)
    sides = [Said(), Said()]
    side = unknown = at = 0
    while at < len(tokens):
        found = _recognise(tokens, at)
        if found:
            said, at = found
            sides[side] = sides[side].then(said)
            continue
        if _splits(tokens, at) and not sides[0].empty:
            side = 1
        elif tokens[at].kind in ("clock", "hours", "date", "offset"):
            return None
        elif not _is_filler(tokens, at):
            unknown += 1
        at += 1
    said, end = _shared(*sides)
    if unknown:
        said, end = _without_bare_numbers(said), _without_bare_numbers(end)
    if said.empty or unknown > MAX_UNKNOWN or (unknown and not (said.day or said.from_now)):
        return None
    return said, end


def _recognise(tokens: Tokens, at: int) -> Found:
    for recognise in _RECOGNISERS:
        found = recognise(tokens, at)
        if found:
            return found
    return None


def _relative_time(tokens: Tokens, at: int) -> Found:
    found = relative_at(tokens, at)
    return (Said(clock=found[0]), found[1]) if found else None


def _hours(tokens: Tokens, at: int) -> Found:
    """ "16h" is a time, unless "in" or "for" stands before it."""
    is_time = tokens[at].kind == "hours" and tokens[at - 1].text not in ("in", "for", "lasting")
    return _clock(tokens, at) if is_time else None


def _clock(tokens: Tokens, at: int) -> Found:
    found = clock_at(tokens, at)
    return (Said(clock=found[0]), found[1]) if found else None


def _day(tokens: Tokens, at: int) -> Found:
    found = day_at(tokens, at)
    return (Said(day=found[0]), found[1]) if found else None


def _part(tokens: Tokens, at: int) -> Found:
    """ "tonight", "this morning", "last night", "in the evening", "first thing", "tomorrow pm"."""
    text, following = tokens[at].text, tokens[at + 1].text
    if (text, following) == ("first", "thing"):
        return Said(part="morning"), at + 2
    if text == "tonight":
        return Said(day=_TODAY, part="night"), at + 1
    if text in ("this", "last") and following in PART_HOURS:
        return Said(day=_YESTERDAY if text == "last" else _TODAY, part=following), at + 2
    if tokens[at].kind == "meridiem":
        return Said(part="morning" if text == "am" else "afternoon"), at + 1
    return (Said(part=text), at + 1) if text in PART_HOURS else None


def _whole_day(tokens: Tokens, at: int) -> Found:
    found = all_day_at(tokens, at)
    return (Said(whole_day=True), found[1]) if found else None


def _zone(tokens: Tokens, at: int) -> Found:
    """The name of a zone or an offset from UTC, right after a time. Raises ValueError for a day or more of offset."""
    before = tokens[at - 1]
    is_time = before.kind in ("clock", "hours", "number", "meridiem") or before.text in (*NAMED_TIMES, "oclock")
    zone = _zone_at(tokens[at]) if is_time else None
    return (Said(zone=zone), at + 1) if zone else None


def _zone_at(token: Token) -> tzinfo | None:
    if token.kind == "offset":
        return timezone(timedelta(minutes=token.value))
    if token.text not in ZONES:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(ZONES[token.text])


def _now(tokens: Tokens, at: int) -> Found:
    return (Said(from_now=Span()), at + 1) if tokens[at].text == "now" else None


def _span(tokens: Tokens, at: int) -> Found:
    """A length of time, and what it is counted from."""
    start = tokens.skip(at, "the next")
    found = span_at(tokens, start) or _one(tokens, start) or _minutes(tokens, at)
    if not found:
        return None
    before = tokens.before(at, "about around approximately roughly just exactly").text
    return _counted(tokens, found[1], found[0], within=before in ("in", "within"))


def _counted(tokens: Tokens, after: int, span: Span, *, within: bool) -> Found:
    """ "in 2 hours", "a week from Friday", "a week on Friday", "a week today", "an hour before noon", "2 days ago"."""
    word = tokens[after].text
    if word in ("from", "after") and tokens[after + 1].text == "now":
        return _from_now(span), after + 2
    if word in _COUNTED:
        return _COUNTED[word](span), after + 1
    if within:
        return _from_now(span), after
    if word == "on":
        return Said(shift=span), after + 1
    weeks = bool(span.days) and span == Span(days=span.days) and not span.days % 7
    if weeks and day_at(tokens, after):
        return Said(shift=span), after
    return Said(lasting=span), after


def _one(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """A unit without its "a": "the day after tomorrow", "week from Friday", "in the next hour"."""
    counted_from = tokens[at + 1].text in ("from", "after", "before") and tokens[at + 2].text != "next"
    next_hour = tokens[at].text == "hour" and tokens.before(at, "the next").text in ("in", "within")
    if tokens[at].text not in UNITS or not (counted_from or next_hour):
        return None
    found = span_at(Tokens((Token("word", "a"), tokens[at])), 0)
    return (found[0], at + 1) if found else None


def _minutes(tokens: Tokens, at: int) -> tuple[Span, int] | None:
    """ "in 20" at the end of a phrase: minutes."""
    number = tokens[at]
    if number.kind != "number" or number.value < 1 or tokens[at - 1].text != "in" or at + 1 < len(tokens):
        return None
    return Span(time=timedelta(minutes=number.value)), at + 1


def _from_now(span: Span) -> Said:
    """Days from now are a day; hours and minutes are a time."""
    return Said(day=Offset(span)) if span.whole_days else Said(from_now=span)


_RECOGNISERS = (_relative_time, _hours, _whole_day, _now, _span, _part, _day, _clock, _zone)

_COUNTED: dict[str, Callable[[Span], Said]] = {
    "hence": _from_now,
    "later": _from_now,
    "ago": lambda span: _from_now(-span),
    "from": lambda span: Said(shift=span),
    "after": lambda span: Said(shift=span),
    "following": lambda span: Said(shift=span),
    "before": lambda span: Said(shift=-span),
    "prior": lambda span: Said(shift=-span),
}
"""What a span is counted from, by the word that follows it."""


def _splits(tokens: Tokens, at: int) -> bool:
    """Whether a range is split here: "2-4", "9 to 5", "between 3 and 5"."""
    if tokens[at].text != "and":
        return tokens[at].text in CONNECTORS
    return any(tokens[index].text == "between" for index in range(at))


def _is_filler(tokens: Tokens, at: int) -> bool:
    text = tokens[at].text
    return text in FILLERS or text in CONNECTORS or text in UNITS


def _without_bare_numbers(said: Said) -> Said:
    return said._replace(clock=None) if said.clock and said.clock.bare else said


def _shared(start: Said, end: Said) -> tuple[Said, Said]:
    """A range with what its sides share given to both: "5-8 May", "2 to 4 on Friday", "2-4 in the afternoon"."""
    if end.empty:
        return start, end
    if start.number and isinstance(end.day, CalendarDay) and not end.clock:
        return Said(day=end.day._replace(day=start.number, weekday=None)), end
    if isinstance(start.day, CalendarDay) and not start.clock and end.number:
        return start, Said(day=start.day._replace(day=end.number, weekday=None))
    if end.day and start.clock and not start.day:
        start, end = start._replace(day=end.day), end._replace(day=None)
    if end.part and start.open:
        start = start._replace(part=end.part)
    return start._replace(zone=start.zone or end.zone), end._replace(zone=end.zone or start.zone)
