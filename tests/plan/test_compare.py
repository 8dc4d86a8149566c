"""Plan success and argument accuracy, as the planning conventions define them."""

from __future__ import annotations

from datetime import date

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms.isomorphism import DiGraphMatcher

from tinyagent_cli.plan.call import Call, Plan, Reference, renumber
from tinyagent_cli.plan.compare import ArgumentScore, argument_accuracy, same_graph, score_arguments
from tinyagent_cli.plan.graph import dag
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Parameter, Signature, Signatures


def plan_of(*lines: str) -> Plan:
    return tuple(parse_call(line, number) for number, line in enumerate(lines, start=1))


EMAIL = plan_of(
    'get_email_address("Sid")',
    'open_note("Notes", "")',
    'compose_new_email(["$1"], [], "Notes", "$2", [])',
)


def test_order_and_arguments_do_not_count_for_success() -> None:
    other = plan_of(
        'open_note("Whatever", "")',
        'get_email_address("Lutfi")',
        'compose_new_email(["$2"], [], "", "Here: $1", [])',
    )
    assert same_graph(EMAIL, other)


@pytest.mark.parametrize(
    "other",
    [
        (),
        EMAIL[:2],
        (*EMAIL, Call(4, "open_note", ("Notes", ""))),
        plan_of(*[call.render() for call in EMAIL[:2]], 'compose_new_email(["$1"], [], "", "", [])'),
        plan_of(*[call.render() for call in EMAIL[:2]], 'forward_email(["$1"], [], "$2", [])'),
        plan_of('get_email_address("Sid")', 'open_note("$1", "")', 'compose_new_email(["$1"], [], "", "$2", [])'),
    ],
    ids=["nothing", "a call less", "a call more", "result not carried", "another tool", "false order"],
)
def test_what_is_no_success(other: Plan) -> None:
    assert not same_graph(other, EMAIL)
    assert argument_accuracy(other, EMAIL, {}) is None


def test_a_shared_lookup_is_not_two_lookups() -> None:
    shared = plan_of('get_phone_number("Sid")', 'send_sms(["$1"], "a")', 'send_sms(["$1"], "b")')
    twice = plan_of(
        'get_phone_number("Sid")', 'get_phone_number("Sid")', 'send_sms(["$1"], "a")', 'send_sms(["$2"], "b")'
    )
    crossed = plan_of(
        'get_phone_number("Sid")', 'get_phone_number("Sid")', 'send_sms(["$1", "$2"], "a")', 'send_sms([], "b")'
    )
    assert not same_graph(shared, twice)
    assert not same_graph(crossed, twice)


def test_two_refusals_are_the_same() -> None:
    assert same_graph((), ())
    assert argument_accuracy((), (), {}) is None


def test_the_document_is_no_call() -> None:
    assert same_graph(plan_of('create_note("A", "$0", "")'), plan_of('create_note("A", "", "")'))


def accuracy(ours: list[str], wanted: list[str], signatures: Signatures) -> float | None:
    return argument_accuracy(plan_of(*ours), plan_of(*wanted), signatures)


@pytest.mark.parametrize(
    ("ours", "wanted", "share"),
    [
        ('get_email_address(" the Marketing Team")', 'get_email_address("marketing team")', 1.0),
        ('get_email_address("Sid")', 'get_email_address("Sid Sharma")', 0.0),
        ('get_email_address(name="Sid")', 'get_email_address("Sid")', 1.0),
        ('open_note("Notes")', 'open_note("Notes", "")', 1.0),
        ('maps_show_directions("", "Rome", "w")', 'maps_show_directions("", "Rome", "d")', 2 / 3),
        ('send_sms(["2", "the 1"], "x")', 'send_sms(["1", "2"], "x")', 1.0),
        ('send_sms(["1", "1"], "x")', 'send_sms(["1"], "x")', 0.5),
        ('create_note("Plan", "Buy 2 litres of milk", "")', 'create_note("plan", "buy milk", "")', 1.0),
        ('create_note("Plan", "Sell the house", "")', 'create_note("plan", "buy milk", "")', 2 / 3),
        ('create_note("Plan", "", "")', 'create_note("plan", "buy milk", "")', 2 / 3),
        ('create_note("Plan", "buy $0", "")', 'create_note("plan", "buy milk", "")', 2 / 3),
        ('create_reminder("Tea", "", "", "", 1, True)', 'create_reminder("Tea", "", "", "", 0, False)', 4 / 6),
    ],
)
def test_arguments(ours: str, wanted: str, share: float, builtin: Signatures) -> None:
    assert accuracy([ours], [wanted], builtin) == pytest.approx(share)


def test_calls_are_paired_as_suits_the_arguments_best(builtin: Signatures) -> None:
    wanted = [
        'get_phone_number("Sid")',
        'get_phone_number("Lutfi")',
        'send_sms(["$1"], "buy bread")',
        'send_sms(["$2"], "wash car")',
    ]
    ours = [
        'get_phone_number("Lutfi")',
        'send_sms(["$1"], "wash the car")',
        'get_phone_number("Sid")',
        'send_sms(["$3"], "bread buy")',
    ]
    crossed = [*ours[:3], 'send_sms(["$3"], "feed cat")']
    assert accuracy(ours, wanted, builtin) == 1.0
    assert accuracy(crossed, wanted, builtin) == pytest.approx(5 / 6)


def test_a_bare_result_is_not_a_list_of_it(builtin: Signatures) -> None:
    ours = ['get_phone_number("team")', 'send_sms("$1", "hi there")']
    wanted = ['get_phone_number("team")', 'send_sms(["$1"], "hi there")']
    assert accuracy(ours, wanted, builtin) == pytest.approx(2 / 3)


def test_dates_match_when_they_mean_the_same(builtin: Signatures) -> None:
    days = {"friday": date(2026, 3, 6), "the 6th": date(2026, 3, 6), "monday": date(2026, 3, 9)}
    ours, wanted, other, unknown = (
        plan_of(f'create_reminder("Tea", "{when}", "", "", 0, True)')
        for when in ("the 6th", "friday", "monday", "soon")
    )
    assert argument_accuracy(ours, wanted, builtin, days.get) == 1.0
    assert argument_accuracy(other, wanted, builtin, days.get) == pytest.approx(5 / 6)
    assert argument_accuracy(unknown, wanted, builtin, days.get) == pytest.approx(5 / 6)
    assert argument_accuracy(unknown, unknown, builtin, days.get) == 1.0
    assert argument_accuracy(ours, wanted, builtin) == pytest.approx(5 / 6)


def test_arguments_of_an_unknown_tool_are_compared_exactly() -> None:
    assert accuracy(['f("a b", True)'], ['f("a c", 1)'], {}) == 0.0
    assert accuracy(['f("A", {"k": [1]})'], ['f("a", {"k": [1]})'], {}) == 1.0


def test_many_calls_that_are_alike_are_paired_by_their_arguments() -> None:
    ours = tuple(Call(number, "f", (f"name {number}",)) for number in range(1, 60))
    theirs = tuple(Call(number, "f", (f"name {60 - number}",)) for number in range(1, 60))
    assert score_arguments(ours, theirs, {}) == ArgumentScore(59, 59)


LETTERS: Signatures = {
    tool: Signature(tool, (Parameter("p", source="copy"), Parameter("q", "list[str]"))) for tool in "fg"
}


@st.composite
def small_plans(draw: st.DrawFn) -> Plan:
    calls = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        needs = draw(st.sets(st.integers(1, number - 1), max_size=2)) if number > 1 else set()
        letter = draw(st.sampled_from("ab"))
        calls.append(Call(number, draw(st.sampled_from("fg")), (letter, tuple(map(Reference, sorted(needs))))))
    return tuple(calls)


@settings(deadline=None, max_examples=200)
@given(small_plans(), st.data())
def test_the_pairing_is_the_best_of_all_isomorphisms(plan: Plan, data: st.DataObject) -> None:
    letters = data.draw(st.lists(st.sampled_from("ab"), min_size=len(plan), max_size=len(plan)))
    other = shuffled(plan, data, letters)
    by_number = {call.number: call for call in other}
    best = -1
    for pairs in matcher(plan, other).isomorphisms_iter():
        right = sum(call.arguments[0] == by_number[pairs[call.number]].arguments[0] for call in plan)
        best = max(best, right + len(plan))
    assert score_arguments(plan, other, LETTERS) == ArgumentScore(best, 2 * len(plan))


@settings(deadline=None, max_examples=200)
@given(small_plans(), small_plans())
def test_success_is_isomorphism(plan: Plan, other: Plan) -> None:
    assert same_graph(plan, other) == matcher(plan, other).is_isomorphic()


def shuffled(plan: Plan, data: st.DataObject, letters: list[str]) -> Plan:
    """The same graph in another order of lines, with other letters."""
    graph = dag(plan)
    weights = data.draw(st.permutations([call.number for call in plan]))
    order = list(networkx.lexicographical_topological_sort(graph, key=weights.index))
    places = {number: place for place, number in enumerate(order, start=1)}
    calls = []
    for number, letter in zip(order, letters, strict=True):
        call = renumber(plan[number - 1], places[number], lambda reference: Reference(places[reference.number]))
        calls.append(Call(call.number, call.tool, (letter, call.arguments[1])))
    return tuple(calls)


def matcher(plan: Plan, other: Plan) -> DiGraphMatcher:
    return DiGraphMatcher(
        dag(plan), dag(other), node_match=lambda ours, theirs: ours["call"].tool == theirs["call"].tool
    )
