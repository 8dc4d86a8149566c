"""What runs side by side, what hangs on what, and how long it takes at least."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Call, Plan, Reference
from tinyagent_cli.plan.graph import critical_path, dag, dependents, levels, without
from tinyagent_cli.plan.parser import parse_plan

NOTES = parse_plan(
    '1. get_email_address("Sid")\n'
    '2. open_note("Notes", "")\n'
    '3. compose_new_email(["$1"], [], "Notes", "$2 $0", [])\n'
    '4. create_reminder("Tea", "", "", "", 0, False)\n'
    '5. create_note("Copy", "$2", "")\n'
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    needs = [draw(st.sets(st.integers(0, number - 1))) for number in range(1, draw(st.integers(1, 9)) + 1)]
    return tuple(
        Call(number, "f", tuple(map(Reference, sorted(numbers)))) for number, numbers in enumerate(needs, start=1)
    )


def test_levels() -> None:
    assert [[call.number for call in level] for level in levels(NOTES)] == [[1, 2, 4], [3, 5]]
    assert levels(()) == []


def test_the_graph_holds_calls_and_needs() -> None:
    graph = dag(NOTES)
    assert set(graph.edges) == {(1, 3), (2, 3), (2, 5)}
    assert graph.nodes[4]["call"] is NOTES[3]


def test_dependents() -> None:
    assert dependents(NOTES, 2) == {3, 5}
    assert dependents(NOTES, 4) == set()


def test_dropping_a_step_drops_what_hangs_on_it_and_renumbers_the_rest() -> None:
    assert [call.render() for call in without(NOTES, 1)] == [
        'open_note("Notes", "")',
        'create_reminder("Tea", "", "", "", 0, False)',
        'create_note("Copy", "$1", "")',
    ]
    assert [call.number for call in without(NOTES, 1)] == [1, 2, 3]
    assert len(without(NOTES, 9)) == len(NOTES)


def test_the_critical_path_is_the_longest_chain() -> None:
    seconds = {1: 1.0, 2: 3.0, 3: 2.0, 4: 4.5, 5: 0.5}
    assert critical_path(NOTES, lambda call: seconds[call.number]) == 5.0
    assert critical_path((), lambda call: 1.0) == 0.0


@pytest.mark.parametrize("text", ['1. f("$1")', '1. f("$2")\n2. g("$1")', '1. f("$7")'])
def test_a_call_may_not_wait_for_itself_a_later_one_or_none(text: str) -> None:
    with pytest.raises(CheckError, match=r"call 1: there is no call \d before it"):
        levels(parse_plan(text))


def test_numbers_are_used_once() -> None:
    with pytest.raises(CheckError, match="two calls"):
        dag((Call(1, "f"), Call(1, "g")))


@settings(deadline=None)
@given(plans(), st.integers(1, 9))
def test_the_answers_are_those_of_networkx(plan: Plan, number: int) -> None:
    graph = dag(plan)
    generations = [sorted(generation) for generation in networkx.topological_generations(graph)]
    assert [[call.number for call in level] for level in levels(plan)] == generations
    if number in graph:
        assert dependents(plan, number) == networkx.descendants(graph, number)
        assert len(without(plan, number)) == len(plan) - 1 - len(dependents(plan, number))
        dag(without(plan, number))
    assert critical_path(plan, lambda _: 1.0) == networkx.dag_longest_path_length(graph) + 1
