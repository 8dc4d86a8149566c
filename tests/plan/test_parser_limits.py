"""Whatever is fed to the parser ends in a plan or one clear error, however the text comes in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.errors import ParseError
from tinyagent_cli.plan.call import MAX_CALLS, Call
from tinyagent_cli.plan.literal import MAX_DEPTH
from tinyagent_cli.plan.parser import MAX_LENGTH, MAX_LINES, PlanParser, parse_call, parse_plan

MEGABYTE = 1_000_000

PIECES = [
    "1. ",
    "f(",
    "join()",
    ")",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "\n",
    "$1",
    "${",
    ",",
    "x",
    "7",
    "Thought: ",
    "=",
]


@pytest.mark.parametrize("nested", ["[", "{", '{"a":', "(", "[{"])
def test_deep_nesting_is_an_error(nested: str) -> None:
    with pytest.raises(ParseError):
        parse_plan(f"1. f({nested * 20_000}")


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert parse_call(f"f({'[' * MAX_DEPTH}{']' * MAX_DEPTH})", 1).tool == "f"
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_call(f"f({'[' * (MAX_DEPTH + 1)}{']' * (MAX_DEPTH + 1)})", 1)


@pytest.mark.parametrize(
    "text",
    [
        "x" * MEGABYTE,
        'f("' + "x" * MEGABYTE + '")',
        "f(" + "1," * MEGABYTE + ")",
        "\n" * MEGABYTE,
        "Thought: " * MEGABYTE,
    ],
    ids=["word", "text", "numbers", "blank lines", "thought"],
)
def test_megabytes_are_an_error(text: str) -> None:
    with pytest.raises(ParseError, match=f"{MAX_LENGTH} characters|{MAX_LINES} lines"):
        parse_plan(text)


def test_a_long_number_is_an_error() -> None:
    with pytest.raises(ParseError, match="a number is too long"):
        parse_plan("1. f(" + "9" * 5_000 + ")")


def test_a_plan_holds_no_more_calls_than_references_can_name() -> None:
    lines = [f"{number}. f()\n" for number in range(1, MAX_CALLS + 2)]
    assert len(parse_plan("".join(lines[:-1]))) == MAX_CALLS
    with pytest.raises(ParseError, match=f"at most {MAX_CALLS} calls"):
        parse_plan("".join(lines))


def test_a_call_of_the_greatest_length_may_come_in_single_characters() -> None:
    text = 'f("' + "x" * (MAX_LENGTH - 5) + '")'
    parser = PlanParser()
    calls = [call for character in f"{text}\n" for call in parser.feed(character)]
    assert calls == [Call(1, "f", ("x" * (MAX_LENGTH - 5),))]


def outcome(pieces: list[str]) -> tuple[list[Call], str, bool]:
    parser = PlanParser()
    calls: list[Call] = []
    try:
        for piece in pieces:
            calls += parser.feed(piece)
        calls += parser.finish()
    except ParseError as error:
        return calls, str(error), False
    return calls, "", parser.joined


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25))
def test_anything_gives_the_same_calls_or_the_same_error_at_once_and_in_pieces(pieces: list[str]) -> None:
    text = "".join(pieces)
    whole = outcome([text, ""])
    assert outcome(pieces) == whole
    assert outcome(list(text)) == whole
