"""What makes a plan's graph counts more in the loss than what it copies and words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.training.decisions import DECISIVE, weights_of
from tinyagent_cli.training.examples import plan_text


def heavy(plan: str) -> list[str]:
    """The runs of characters that count more."""
    weights = weights_of(plan, [(place, place + 1) for place in range(len(plan))])
    marked = "".join(character if weight == DECISIVE else "\0" for character, weight in zip(plan, weights, strict=True))
    return re.findall(r"[^\0]+", marked)


def test_names_of_tools_and_results_count_more() -> None:
    plan = plan_text(['find_room("2. floor (east)")', r'crm.mail-all(["$1"], "\$2 is $1", 3)'])
    assert heavy(plan) == ["find_room", "crm.mail-all", "$1", "$1", "join"]


def test_a_token_that_holds_a_part_of_one_counts_more() -> None:
    assert weights_of('1. call("$1")', [(0, 2), (2, 5), (5, 8), (8, 9), (9, 11), (11, 13)]) == (
        1.0, DECISIVE, DECISIVE, 1.0, DECISIVE, 1.0,
    )  # fmt: skip


@pytest.mark.parametrize("plan", ["", "1. join()"])
def test_short_plans(plan: str) -> None:
    assert heavy(plan) == ["join"] * bool(plan)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))), st.text())
def test_every_token_counts(offsets: list[tuple[int, int]], plan: str) -> None:
    weights = weights_of(plan, offsets)
    assert len(weights) == len(offsets)
    assert set(weights) <= {1.0, DECISIVE}
