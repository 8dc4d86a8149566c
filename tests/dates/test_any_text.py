"""Properties that hold for any text: no exception, stable answers, quick answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.dates import Moment, describe, duration, iso, resolve, resolve_end, resolve_range

ZONES = ["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "UTC"]
_WORDS = (
    "next this last friday mon tomorrow tonight the 5th 31st 12 7 9:30 17h 2h 0730 may february 2027 at in on to from "
    "half quarter past a an hour hours minutes day week and before after ago week now noon midnight am pm evening "
    "second twenty five hundred first end of month - until between all christmas eve est 5/6/2027 2026-05-04 99999"
)
WORDS = _WORDS.split()

nows = st.builds(
    lambda wall, zone: wall.replace(tzinfo=ZoneInfo(zone)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(ZONES),
)
phrases = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=80)


@settings(deadline=None)
@given(phrases, phrases, nows)
def test_never_raises(phrase: str, end: str, now: datetime) -> None:
    duration(phrase)
    describe(phrase, now)
    found = resolve_range(phrase, now)
    if found:
        assert found[0].at.tzinfo is now.tzinfo
        resolve_end(end, found[0], now)


@settings(deadline=None)
@given(phrases, nows)
def test_resolving_an_iso_form_gives_the_same_iso_form(phrase: str, now: datetime) -> None:
    moment = resolve(phrase, now)
    if moment:
        again = resolve(iso(moment), now)
        assert again is not None
        assert iso(again) == iso(moment)


@settings(deadline=None)
@given(nows, st.integers(0, 10**8))
def test_iso_round_trip(now: datetime, seconds: int) -> None:
    wall = now.replace(tzinfo=None, microsecond=0) + timedelta(seconds=seconds)
    first = resolve(wall.isoformat(), now)
    assert first is not None
    again = resolve(iso(first), now)
    assert again is not None
    assert (iso(again), again.at.utcoffset()) == (iso(first), first.at.utcoffset())


@settings(deadline=None)
@given(phrases, nows, st.sampled_from(["2h", "45 minutes", "9pm", "noon", "half past ten", "5"]))
def test_an_end_comes_after_its_start(phrase: str, now: datetime, end: str) -> None:
    start = resolve(phrase, now)
    found = resolve_end(end, start, now) if start else None
    if start and found:
        assert iso(found) > iso(start)


@given(st.sampled_from([*WORDS, "x", "\0", "½", "\u0663", "-", "."]), st.sampled_from(["", " "]))
def test_long_text_is_no_time(word: str, space: str) -> None:
    now = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("UTC"))
    text = (word + space) * 10_000
    assert resolve(text, now) is None
    assert duration(text) is None
    assert resolve_end(text, Moment(now), now) is None
