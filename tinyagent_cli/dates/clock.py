"""Times of day: "half past eight", "17:15", "quarter to nine", "nine hundred hours", "5ish", "9 in the morning".

An hour without am or pm is read as people would: 1 to 6 in the afternoon, 7 to 11 in the morning, 12 at
noon. With minutes in figures that are no quarters ("6:40"), 5 and 6 are a timetable's morning. Figures
with a leading zero and hours above twelve are the 24-hour clock, and a named part of the day decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from tinyagent_cli.dates.tokens import Tokens
from tinyagent_cli.dates.vocabulary import END_OF_DAY, MONTH_NUMBERS, NAMED_TIMES, UNITS

Meridiem: TypeAlias = Literal["", "am", "pm"]
MERIDIEMS: tuple[Meridiem, Meridiem] = ("am", "pm")

NOON, DAY = 12 * 60, 24 * 60
_ROUND_MINUTES = (5, 10, 20, 25)
_MINUTE_WORDS = {"quarter": 15, "half": 30}
_BEFORE = ("to", "till", "til", "before")
_AFTER = ("past", "after")


@dataclass(frozen=True)
class Clock:
    """A time of day as said. `hour` may be 24 (midnight at the end of a day).

    `exact`: on the 24-hour clock. `figures`: hour and minute were written in figures. `bare`: a
    number with nothing that marks it as a time.
    """

    hour: int
    minute: int = 0
    second: int = 0
    meridiem: Meridiem = ""
    exact: bool = False
    figures: bool = False
    bare: bool = False

    @property
    def open(self) -> bool:
        """Whether it could be before or after noon, were it not for what people usually mean."""
        return not self.exact and not self.meridiem and 1 <= self.hour <= 12

    def readings(self, part: str = "") -> tuple[int, ...]:
        """Seconds from the start of the day, the usual reading first; a day or more is the next day."""
        return tuple(minutes * 60 + self.second for minutes in self._minutes(part))

    def _minutes(self, part: str) -> tuple[int, ...]:
        minutes = self.hour * 60 + self.minute
        if self.meridiem and self.hour <= 12:
            return (minutes % NOON + (NOON if self.meridiem == "pm" else 0),)
        noon = self.exact and minutes == NOON
        if part and self.hour <= 12 and not noon:
            return (_in_part(minutes % NOON, part),)
        if not self.open:
            return (minutes,)
        before, after = minutes % NOON, minutes % NOON + NOON
        if self.hour == 12:
            return after, before + DAY
        timetable = self.figures and self.hour in (5, 6) and self.minute % 15
        return (before, after) if self.hour >= 7 or timetable else (after, before)


def _in_part(minutes: int, part: str) -> int:
    """Minutes past noon or midnight, as a time in that part of the day; the small hours belong to the night before."""
    if part in ("morning", "breakfast") or (part == "lunch" and minutes >= 10 * 60):
        return minutes
    if part in ("afternoon", "lunch"):
        return minutes + NOON
    small_hours = 5 * 60 if part == "night" else 60
    return minutes + (DAY if minutes < small_hours else NOON)


def clock_at(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """The time of day that starts at this token, with its am or pm, and the position after it."""
    found = _relative(tokens, at) or _named(tokens, at) or _figures(tokens, at) or _number(tokens, at)
    if not found:
        return None
    clock, at = found
    at = tokens.skip(at, "oclock o clock")
    meridiem = tokens[at]
    if meridiem.kind != "meridiem":
        return (replace(clock, bare=False), at) if at > found[1] else (clock, at)
    half: Meridiem = "am" if meridiem.text == "am" else "pm"
    return replace(clock, meridiem=half, exact=clock.exact and clock.hour > 12, bare=False), at + 1


def relative_at(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """Only a time told from the hour: "ten past four", "half seven"."""
    return clock_at(tokens, at) if _relative(tokens, at) else None


def _relative(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """ "quarter to nine", "twelve minutes past four", and the British "half seven" for 7:30."""
    start = tokens.skip(at, "a")
    token = tokens[start]
    minutes = _MINUTE_WORDS.get(token.text, token.value if token.kind == "number" else -1)
    if not 0 < minutes < 60:
        return None
    after = tokens.skip(start + 1, "minute")
    direction = tokens[after].text
    if direction == "of" and token.text == "quarter":
        direction = "to"
    counted = after > start + 1 or token.text in _MINUTE_WORDS
    if direction in _BEFORE and not counted and not _ten_to(tokens, at, direction):
        return None
    if direction in (*_BEFORE, *_AFTER):
        return _told(_hour(tokens, after + 1), -minutes if direction in _BEFORE else minutes)
    if token.text == "half" and tokens[start + 2].text not in UNITS:
        return _told(_hour(tokens, start + 1), 30)
    return None


def _ten_to(tokens: Tokens, at: int, direction: str) -> bool:
    """Whether "ten to four" tells the time; "from ten to four", "eight to ten" and "ten till four" are ranges."""
    return direction == "to" and tokens[at].value in _ROUND_MINUTES and tokens[at - 1].text not in ("from", "between")


def _told(hour: tuple[Clock, int] | None, minutes: int) -> tuple[Clock, int] | None:
    """The hour moved by some minutes; one before one is still on the half-day dial: twelve."""
    if not hour:
        return None
    clock, at = hour
    total = clock.hour * 60 + minutes
    if clock.hour == 1 and minutes < 0:
        total += NOON
    return replace(clock, hour=total // 60, minute=total % 60, bare=False, figures=False), at


def _hour(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    named = _named(tokens, at)
    if named:
        return named
    token = tokens[at]
    if token.kind == "number" and 1 <= token.value <= 24 and token.text.isdigit():
        return Clock(token.value, exact=token.value > 12), at + 1
    return None


def _named(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """ "noon", "lunch time", "end of the day", "close of business"."""
    text = tokens[at].text
    if text in NAMED_TIMES:
        return Clock(NAMED_TIMES[text], exact=True), tokens.skip(at + 1, "time")
    if text in ("end", "close"):
        after = tokens.skip(at + 1, "of the business play work working")
        if tokens[after].text == "day":
            after += 1
        elif tokens[after - 1].text not in ("business", "play", "work"):
            return None
        return Clock(END_OF_DAY, exact=True), after
    return None


def _figures(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """ "17:15", "8.30", "14h30", "16h", "0730", "2100 hours"."""
    token = tokens[at]
    if token.kind in ("clock", "hours"):
        hour, minute, second = (*token.values, 0, 0)[:3]
        exact = token.kind == "hours" or token.text.startswith("0")
        return _valid(Clock(hour, minute, second, exact=exact or hour > 12 or hour == 0, figures=True), at + 1)
    if token.kind != "number" or not token.text.isdigit() or len(token.text) not in (3, 4):
        return None
    exact = len(token.text) == 4
    clock = Clock(token.value // 100, token.value % 100, exact=exact, figures=True, bare=not exact)
    return _valid(clock, tokens.skip(at + 1, "hour"))


def _number(tokens: Tokens, at: int) -> tuple[Clock, int] | None:
    """ "4", "four fifteen", "nine oh five": an hour, and minutes of two digits if they follow."""
    token, following = tokens[at], tokens[at + 1]
    if token.kind != "number" or not 0 <= token.value <= 24 or not token.text.isdigit() or _counts(tokens, at + 1):
        return None
    exact = token.value > 12 or token.text.startswith("0")
    if following.kind == "number" and len(following.text) == 2 and following.value < 60 and not _counts(tokens, at + 2):
        clock = Clock(token.value, following.value, exact=exact, figures=not token.spoken)
        return _valid(clock, at + 2)
    bare = tokens[at - 1].text not in ("at", "by", "before", "until", "till", "around", "about")
    return _valid(Clock(token.value, exact=exact, bare=bare), at + 1)


def _counts(tokens: Tokens, at: int) -> bool:
    """Whether the number before this token counts something, or is a date, and so is no hour."""
    return tokens[at].text in MONTH_NUMBERS or tokens[at].text in UNITS


def _valid(clock: Clock, at: int) -> tuple[Clock, int] | None:
    in_range = clock.hour < 24 or (clock.hour == 24 and not clock.minute)
    return (clock, at) if in_range and clock.minute < 60 and clock.second < 60 else None
