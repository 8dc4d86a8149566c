"""The tokens at which a plan's graph is decided count more in the loss than what it copies and words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.plan.call import Call, Reference, Template
from tinyagent_cli.training.decisions import DECISIVE, weights_of
from tinyagent_cli.training.examples import plan_text


def heavy(plan: str) -> list[str]:
    """The runs of characters that count more."""
    weights = weights_of(plan, [(place, place + 1) for place in range(len(plan))])
    marked = "".join(character if weight == DECISIVE else "\0" for character, weight in zip(plan, weights, strict=True))
    return re.findall(r"[^\0]+", marked)


def test_names_of_tools_and_what_arguments_begin_with() -> None:
    plan = plan_text(['find_room("2. floor (east)", 3)', 'crm.mail-all(["$1"], "say \\"$2\\" \\$5", "")'])
    assert heavy(plan) == [' find_room("2', " crm.mail-all(", '"$1', '"s', "2", '""', " join("]


def test_a_text_weighs_what_a_result_weighs() -> None:
    """Otherwise the planner would take results where a text is as likely."""
    assert heavy('1. call(["$1"])') == [" call(", '"$1']
    assert heavy('1. call(["Sid"])') == [" call(", '"S']


def test_a_token_that_holds_a_part_of_one_counts_more() -> None:
    offsets = [(0, 2), (2, 5), (5, 8), (8, 9), (9, 11), (11, 13)]
    assert weights_of('1. call("$1")', offsets) == (1.0, DECISIVE, DECISIVE, DECISIVE, DECISIVE, 1.0)


def test_no_plan() -> None:
    assert weights_of("", []) == ()


NAMES = st.from_regex(r"[a-zé]([a-z.-]{0,8}[a-z])?", fullmatch=True)
VALUES = st.text() | st.builds(Reference, st.integers(1, 99)) | st.integers()
RESULTS = st.builds(lambda text, number: Template((f"{text} ", Reference(number), " ok")), NAMES, st.integers(1, 99))


@given(st.lists(st.builds(lambda name, values: Call(1, name, tuple(values)), NAMES, st.lists(VALUES | RESULTS))))
def test_whatever_the_texts_hold_names_and_results_are_found(calls: list[Call]) -> None:
    found = "".join(heavy(plan_text(call.render() for call in calls)))
    wanted = [part for call in calls for part in (f" {call.tool}(", *map(str, call.references))]
    assert all(part in found for part in (*wanted, " join("))
    texts = sum(not isinstance(value, int) for call in calls for value in call.arguments)
    assert found.count("(") == len(calls) + 1 + found.count('"(')
    assert found.count('"') >= texts
