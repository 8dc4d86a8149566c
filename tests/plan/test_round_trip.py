"""Rendering a plan and parsing it gives the same plan, whatever its texts hold."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.plan.call import (
    Argument,
    Call,
    Plan,
    Reference,
    Template,
    compose,
    conventional_plan,
    render_plan,
    renumber,
)
from tinyagent_cli.plan.parser import PlanParser, parse_call, parse_plan

NASTY = [
    "$1",
    "${1}",
    "\\$1",
    "\\",
    "$",
    "{",
    "}",
    '"',
    "'",
    "\n",
    "\r\n",
    "\u2028",
    ")",
    "(",
    ",",
    "]",
    "# x",
    "1",
    "$0",
]
NASTY += [
    '")\n2. send_sms(["$1"], "',
    "join()",
    "<END_OF_PLAN>",
    "\x00",
    "\x1b[2J",
    "𝒯",
    "नमस्ते",
    "\\u0041",
    "\\n",
    "$$2",
]

texts = st.text(max_size=6) | st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
references = st.integers(0, 5).map(Reference)
templates = st.lists(texts | references, max_size=5).map(compose)
finite = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | finite
values: st.SearchStrategy[Argument] = st.recursive(
    templates | references | scalars,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
calls = st.builds(
    Call,
    st.just(1),
    st.sampled_from(["open_note", "github.create-issue", "_x", "größe"]),
    st.lists(values, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(["name", "folder", "b_2"]), values, max_size=1),
)


def numbered(unnumbered: list[Call]) -> Plan:
    """A plan whose calls refer to those before them only."""
    return tuple(placed(call, number) for number, call in enumerate(unnumbered, start=1))


def placed(call: Call, number: int) -> Call:
    return renumber(call, number, lambda reference: Reference(reference.number % number))


plans = st.lists(calls, max_size=4).map(numbered)


def written(plan: Plan) -> str:
    lines = [f"{number}. {line}\n" for number, line in enumerate([*render_plan(plan), "join()"], start=1)]
    return "".join(lines)


@settings(deadline=None, max_examples=150)
@given(plans)
def test_parsing_what_was_rendered_is_the_identity(plan: Plan) -> None:
    assert parse_plan(written(plan)) == plan


@settings(deadline=None)
@given(plans)
def test_each_call_is_one_line_to_any_reader(plan: Plan) -> None:
    assert len(written(plan).splitlines()) == len(plan) + 1


@settings(deadline=None, max_examples=300)
@given(texts)
def test_text_adds_no_call_and_no_reference(text: str) -> None:
    (call,) = parse_plan(f"1. {Call(1, 'create_note', ('Name', text, '')).render()}\n2. join()\n")
    assert call.arguments == ("Name", text, "")
    assert call.references == ()


@settings(deadline=None, max_examples=150)
@given(plans, st.data())
def test_pieces_of_any_size_give_what_the_whole_gives(plan: Plan, data: st.DataObject) -> None:
    text = written(plan)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parser = PlanParser()
    read: list[Call] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        read += parser.feed(text[start:end])
    assert (*read, *parser.finish()) == plan
    assert parser.joined


@settings(deadline=None)
@given(texts)
def test_text_without_dollar_signs_is_written_as_json(text: str) -> None:
    text = text.replace("$", "")
    assert json.loads(parse_and_show(text)) == text


def parse_and_show(text: str) -> str:
    return Call(1, "f", (text,)).render().removeprefix("f(").removesuffix(")")


def test_backslashes_before_dollar_signs_stay() -> None:
    for text in ("$5", "\\$5", "\\\\$5", "a\\", "a\\$", "\\$x", "$\\5", "\\{$}", "${5}"):
        call = Call(1, "f", (text, Template((text, Reference(1), text))))
        assert parse_call(call.render(), 1) == call


def test_an_amount_is_written_with_one_backslash() -> None:
    assert Call(1, "f", ("I owe you $5 and $500",)).render() == r'f("I owe you \$5 and \$500")'


def test_a_digit_behind_a_reference_does_not_join_it() -> None:
    call = Call(3, "f", (Template((Reference(1), "5 %")),))
    assert call.render() == 'f("${1}5 %")'
    assert parse_call(call.render(), 3) == call


def test_the_conventional_form_writes_an_amount_plain_unless_it_could_be_a_result() -> None:
    plan = (Call(1, "f", ("$1, $5 and $500",)), Call(2, "g", ("$1 and ${1} or $2",)), Call(3, "h", ("{$} ${x}",)))
    assert conventional_plan(plan) == [
        'f("$1, $5 and $500")',
        r'g("\$1 and \${1} or $2")',
        'h("{$} ${x}")',
    ]


@settings(deadline=None)
@given(plans)
def test_the_conventional_form_holds_no_more_references_to_earlier_calls(plan: Plan) -> None:
    for call, line in zip(plan, conventional_plan(plan), strict=True):
        references = parse_call(line, call.number).references
        assert [number for number in references if number < call.number] == list(call.references)


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    (call,) = parse_plan(r'1. f("\ud83d\ude00 \ud800x")')
    assert call.arguments == ("\N{GRINNING FACE} \ufffdx",)
    assert not re.search("[\ud800-\udfff]", Call(1, "f", ("\ud800",)).render())
