"""What models write, the shipped planner and published ones, becomes calls."""

from __future__ import annotations

import pytest

from tinyagent_cli.errors import ParseError
from tinyagent_cli.plan.call import Argument, Call, Reference, Template
from tinyagent_cli.plan.parser import PlanParser, parse_call, parse_plan


def test_a_plan_of_the_shipped_planner() -> None:
    plan = parse_plan(
        '1. get_email_address("Sid")\n'
        '2. open_note("Notes", "")\n'
        '3. compose_new_email(["$1"], [], "Notes", "$2", [])\n'
        "4. join()\n"
    )
    assert plan == (
        Call(1, "get_email_address", ("Sid",)),
        Call(2, "open_note", ("Notes", "")),
        Call(3, "compose_new_email", ((Reference(1),), (), "Notes", Reference(2), ())),
    )


def test_a_plan_of_a_published_model() -> None:
    plan = parse_plan(
        "### Plan\n"
        "Thought: I don't know (yet) Sid's address.\n"
        '1. get_email_address("Sid")\n'
        "\n"
        "Thought: then mail it\n"
        "2. compose_new_email(recipients=[$1], cc=[], subject='Hi', context=\"${1}\", attachments=[],) # don't forget\n"
        "3. join()<END_OF_PLAN> and more\n"
        "4. delete_everything()\n"
    )
    assert plan[1].named == {
        "recipients": (Reference(1),),
        "cc": (),
        "subject": "Hi",
        "context": Reference(1),
        "attachments": (),
    }
    assert len(plan) == 2


@pytest.mark.parametrize("end", ["join()", "join()<END_OF_PLAN>", "2. join()", "<END_OF_PLAN>", "2. join()\nrubbish"])
def test_what_ends_a_plan(end: str) -> None:
    parser = PlanParser()
    calls = parser.feed(f'1. open_note("A", "")\n{end}')
    calls += parser.finish()
    assert [call.tool for call in calls] == ["open_note"]
    assert parser.joined
    assert parser.feed('3. open_note("B", "")\n') == []


def test_a_plan_in_a_markdown_fence() -> None:
    assert len(parse_plan('Plan:\n```python\n1. open_note("A", "")\n2. join()\n```\n')) == 1


@pytest.mark.parametrize("line", ['1. f("x")', '1) f("x")', '  1: f("x")', 'f("x")', '1.f("x")', '1. f("x")\r'])
def test_ways_to_number_a_line(line: str) -> None:
    assert parse_plan(f"{line}\n") == (Call(1, "f", ("x",)),)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"Sid"', "Sid"),
        ("'Sid'", "Sid"),
        ("'it\\'s'", "it's"),
        ('"a, b) (c] \\"d\\""', 'a, b) (c] "d"'),
        ("$1", Reference(1)),
        ("${1}", Reference(1)),
        ('"$1"', Reference(1)),
        ('"${1}"', Reference(1)),
        ('" $1"', Template((" ", Reference(1)))),
        ('"$1, $12"', Template((Reference(1), ", ", Reference(12)))),
        ('"$500 and $100"', "$500 and $100"),
        ('"\\$5"', "$5"),
        ('"\\\\$1"', Template(("\\", Reference(1)))),
        ('"a\nb"', "a\nb"),
        ('"a\\nb\\u00e9\\x41"', "a\nbéA"),
        ('"\\U0001F600"', "\N{GRINNING FACE}"),
        ('"C:\\Data\\q"', "C:\\Data\\q"),
        ('"Лена 小明 نور"', "Лена 小明 نور"),
        ("True", True),
        ("false", False),
        ("null", None),
        ("-12", -12),
        ("3.50", 3.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("[]", ()),
        ('["$1", "x", [2],]', (Reference(1), "x", (2,))),
        ('{"a": $1, "b": {"c": [True]}}', {"a": Reference(1), "b": {"c": (True,)}}),
    ],
)
def test_values(written: str, value: Argument) -> None:
    (parsed,) = parse_call(f"f({written})", 13).arguments
    assert parsed == value
    assert type(parsed) is type(value)


def test_a_call_goes_on_over_line_breaks_inside_brackets() -> None:
    assert parse_plan('1. f(\n  "a",\n  ["b"]\n)\n2. g()') == (Call(1, "f", ("a", ("b",))), Call(2, "g"))


def test_a_call_is_handed_out_at_the_end_of_its_line() -> None:
    parser = PlanParser()
    assert parser.feed('1. open_note("Not') == []
    assert parser.feed('es", "")') == []
    assert parser.feed("\n2. jo") == [Call(1, "open_note", ("Notes", ""))]
    assert not parser.joined
    assert parser.feed("in()\n") == []
    assert parser.joined


def test_references_follow_calls_whose_numbers_skip_or_repeat() -> None:
    plan = parse_plan('3. f("a")\n7. f("$3")\n7. g("$7 $3 $0")\n9. h("$7")\n')
    assert [call.number for call in plan] == [1, 2, 3, 4]
    assert [call.references for call in plan] == [(), (1,), (0, 1, 2), (3,)]


def test_a_reference_to_a_later_call_is_kept_for_the_check() -> None:
    assert parse_plan('1. f("$2")\n2. g("$2")\n')[0].references == (2,)


def test_a_reference_to_a_number_that_was_skipped_does_not_become_another_call() -> None:
    with pytest.raises(ParseError, match="line 3: there is no call 2 before it"):
        parse_plan('1. f()\n3. g()\n5. h("$2")\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("I cannot do that.", "line 1: not a call: I cannot do that."),
        ("\n\n2. ", "line 3: not a call: 2."),
        ("1. f(", "line 1: the call is not closed"),
        ('1. f("x"', "line 1: the call is not closed"),
        ('1. f("x', "line 1: a text is not closed"),
        ("1. f(x)", "line 1: x is no value"),
        ('1. f("a" "b")', r"line 1: ',' or '\)' is missing"),
        ("1. f(1,,2)", "line 1: a value is missing"),
        ("1. f(2026-03-05)", "line 1: ',' or"),
        ("1. f(007)", "line 1: a value is missing"),
        ("1. f(1e999)", "line 1: a number is too large"),
        ('1. f({1: "a"})', "line 1: a key must be plain text"),
        ('1. f({"$1": "a"})', "line 1: a key must be plain text"),
        ('1. f({"a" "b"})', "line 1: ':' is missing"),
        ("1. f(a=1, a=2)", "line 1: a is given twice"),
        ("1. f(a=1, 2)", "line 1: an argument without a name"),
        ('1. f("x") 2. g("y")', "line 1: more than one call"),
        ('f("x"); g("y")', "line 1: more than one call"),
    ],
)
def test_errors_name_the_line(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_plan(text)


def test_errors_show_a_long_line_shortened_and_without_control_characters() -> None:
    with pytest.raises(ParseError) as caught:
        parse_plan("\x1b[2Jhello " + "x" * 500)
    assert len(str(caught.value)) < 100
    assert "\x1b" not in str(caught.value)


def test_calls_before_an_error_are_handed_out_first() -> None:
    parser = PlanParser()
    assert len(parser.feed("1. f()\n2. g()\nnonsense\n4. h()\n")) == 2
    with pytest.raises(ParseError, match="line 3"):
        parser.feed("5. i()\n")
    with pytest.raises(ParseError, match="line 3"):
        parser.finish()


def test_a_name_that_only_looks_like_join_is_a_call() -> None:
    assert parse_plan("1. join_meeting()\n")[0].tool == "join_meeting"
