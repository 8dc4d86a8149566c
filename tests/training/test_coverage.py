"""Tools are combined so that every one, every pair and most triples occur."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.training.coverage import Coverage

NAMES = ("brew", "pour", "stir", "heat", "cool")


def test_groups_are_counted_once_a_plan() -> None:
    coverage = Coverage(NAMES)
    coverage.add(("brew", "pour", "brew", "unknown"))
    assert (coverage.count("brew"), coverage.count("pour", "brew"), coverage.count("stir")) == (1, 1, 0)
    assert len(coverage.groups(2)) == 10
    assert ("brew", "pour") not in coverage.missing(2)
    assert len(coverage.missing(2)) == 9


def test_pairs_come_round_in_as_few_plans_as_there_are_pairs() -> None:
    coverage, rng = Coverage(NAMES), Random(1)
    for _ in coverage.groups(2):
        coverage.add(coverage.combination(2, rng))
    assert coverage.missing(2) == []


def test_triples_come_round_in_as_few_plans_as_there_are_triples() -> None:
    coverage, rng = Coverage(NAMES), Random(2)
    for _ in coverage.groups(3):
        coverage.add(coverage.combination(3, rng))
    assert coverage.missing(3) == []


@given(st.integers(1, 12), st.integers(1, 20), st.integers(0, 99))
def test_a_combination_holds_different_tools_as_many_as_there_are(size: int, tools: int, seed: int) -> None:
    chosen = Coverage(f"t{number}" for number in range(tools)).combination(size, Random(seed))
    assert len(set(chosen)) == len(chosen) == min(size, tools)
