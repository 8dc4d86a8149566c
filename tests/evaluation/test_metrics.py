"""Shares, times and groups."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tinyagent_cli.evaluation.metrics import Share, grouped, latency, percentile, summarise, total
from tinyagent_cli.evaluation.score import Result

counts = st.integers(0, 10_000)
times = st.lists(st.floats(0, 1000), min_size=1, max_size=50)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    whole = draw(counts)
    return Share(draw(st.integers(0, whole)), whole)


@given(shares())
def test_an_interval_holds_its_share(share: Share) -> None:
    interval = share.interval()
    if not share.whole:
        assert interval is None and share.value is None
        return
    assert interval is not None and share.value is not None
    assert 0 <= interval[0] <= share.value + 1e-12
    assert share.value - 1e-12 <= interval[1] <= 1


@given(shares())
def test_more_of_the_same_is_surer(share: Share) -> None:
    assume(share.whole)
    few, many = share.interval(), Share(share.part * 10, share.whole * 10).interval()
    assert few is not None and many is not None
    assert many[1] - many[0] < few[1] - few[0]


def test_an_interval_of_the_textbook() -> None:
    """Wilson's interval for 81 of 263, as in Newcombe (1998), table I."""
    interval = Share(81, 263).interval()
    assert interval is not None
    assert interval == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.lists(shares(), max_size=9))
def test_shares_add_up(parts: list[Share]) -> None:
    whole = total(parts)
    assert whole == Share(sum(part.part for part in parts), sum(part.whole for part in parts))


@given(times, st.floats(0, 1))
def test_a_percentile_lies_among_the_values(values: list[float], share: float) -> None:
    assert min(values) <= percentile(values, share) * (1 + 1e-12)
    assert percentile(values, share) <= max(values) * (1 + 1e-12)


@given(times)
def test_the_percentiles_of_the_standard_library(values: list[float]) -> None:
    assert math.isclose(percentile(values, 0.5), statistics.median(values), rel_tol=1e-9, abs_tol=1e-9)
    if len(values) > 1:
        expected = statistics.quantiles(values, n=20, method="inclusive")[18]
        assert math.isclose(percentile(values, 0.95), expected, rel_tol=1e-9, abs_tol=1e-9)


def test_of_nothing() -> None:
    assert latency([]) is None
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)
    summary = summarise([])
    assert (summary.success.value, summary.offered, summary.total) == (None, None, None)


def test_a_summary(results: list[Result]) -> None:
    summary = summarise(results)
    assert summary.requests == 4
    assert (summary.success, summary.valid) == (Share(2, 4), Share(3, 4))
    assert summary.arguments == Share(2, 2)
    assert (summary.recall, summary.precision) == (Share(2, 4), Share(2, 2))
    assert summary.needed == Share(2, 4)
    assert summary.offered == 0.5
    assert (summary.prompt_tokens, summary.plan_tokens) == (60, 20)
    assert summary.total is not None
    assert summary.total.median == 0.25


def test_groups(results: list[Result]) -> None:
    groups = {kind: {name: len(found) for name, found in members.items()} for kind, members in grouped(results).items()}
    assert groups == {
        "everything": {"all requests": 4},
        "plan length": {"0": 1, "1": 2, "2": 1},
        "tool": {"get_phone_number": 1, "no tool": 1, "open_note": 2, "send_sms": 1},
        "style": {"chat": 2, "short": 2},
    }
