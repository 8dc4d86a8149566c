"""Recall, and the calibration that trades it against the number of tools offered."""

import math

from tinyagent_cli.training.retriever_data import Labelled
from tinyagent_cli.training.retriever_metrics import Recall, bias_shift, measure

TOOLS = "abcdef"


def items(*needed: str) -> list[Labelled]:
    return [Labelled(f"request {number}", frozenset(tools)) for number, tools in enumerate(needed)]


def scores(*values: float) -> dict[str, float]:
    return dict(zip(TOOLS, values, strict=True))


def test_recall_counts_tools_and_complete_counts_requests() -> None:
    assert measure(["ab", "abc", "d"], items("a", "abd", "")) == Recall(3, 0.75, 0.6667, 2.0)


def test_no_shift_where_the_rule_already_finds_all() -> None:
    assert bias_shift([scores(0.9, 0.8, 0.7, 0.6, 0.1, 0.1)], items("abcd")) == 0


def test_a_needed_tool_below_one_half_is_lifted_above_it() -> None:
    shift = bias_shift([scores(0.9, 0.8, 0.7, 0.3, 0.1, 0.1)], items("abcd"))
    assert math.log(0.3 / 0.7) + shift > 0
    assert math.log(0.1 / 0.9) + shift < 0


def test_the_best_three_need_no_lift() -> None:
    assert bias_shift([scores(0.3, 0.2, 0.1, 0.05, 0.01, 0.01)], items("abc")) == 0


def test_recall_is_not_bought_with_too_many_tools() -> None:
    hopeless = scores(0.9, 0.8, 0.7, 0.4, 0.3, 0.001)
    shift = bias_shift([hopeless] * 2, items("abf", "abf"))
    offered = {name for name, value in hopeless.items() if math.log(value / (1 - value)) + shift > 1e-9}
    assert offered == {"a", "b", "c"}
