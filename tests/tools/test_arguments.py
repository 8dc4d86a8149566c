"""Arguments become the declared types, or one clear error that names the tool and the parameter."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.errors import ToolError
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.tools.arguments import as_text, typed_arguments


def typed(kind: Any, value: Any, **options: Any) -> Any:
    return typed_arguments(Signature("tool", (Parameter("p", kind, **options),)), [value])["p"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("str", "a", "a"),
        ("str", 5, "5"),
        ("str", None, ""),
        ("str", ["a", "b"], "a, b"),
        ("str", ["a\nb", "c"], "a\nb\nc"),
        ("int", "60", 60),
        ("int", 60.0, 60),
        ("int", None, 0),
        ("float", "1.5", 1.5),
        ("float", 2, 2.0),
        ("bool", "true", True),
        ("bool", 0, False),
        ("bool", None, False),
        ("list[str]", ["a", "b"], ["a", "b"]),
        ("list[str]", ("a", 5), ["a", "5"]),
        ("list[str]", "a@acme.com", ["a@acme.com"]),
        ("list[str]", "", []),
        ("list[str]", ["", "a"], ["a"]),
        ("date", "", ""),
        ("date", "2026-03-05 14:00:00", "2026-03-05 14:00:00"),
        ("date", "2026-03-05", "2026-03-05"),
        ("date", "2026-03-05T12:00:00Z", "2026-03-05T12:00:00Z"),
        ("date", datetime(2026, 3, 5, 14), "2026-03-05 14:00:00"),
        ("date", date(2026, 3, 5), "2026-03-05"),
    ],
)
def test_values_of_a_near_type_are_taken(kind: str, value: object, expected: object) -> None:
    found = typed(kind, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("int", "many", "a whole number, not 'many'"),
        ("int", 1.5, "a whole number, not 1.5"),
        ("int", ["1"], "a whole number, not ['1']"),
        ("float", "nan", "a number, not 'nan'"),
        ("bool", "maybe", "true or false, not 'maybe'"),
        ("date", "next Friday", "a time like 2026-03-05 14:00:00, not 'next Friday'"),
        ("date", "9999-12-31T23:00-05:00", "a time like 2026-03-05 14:00:00, not '9999-12-31T23:00-05:00'"),
        ("date", 5, "a time like 2026-03-05 14:00:00, not 5"),
        ("int", "x" * 100, "a whole number, not 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."),
    ],
)
def test_other_values_are_one_clear_error(kind: str, value: object, wanted: str) -> None:
    with pytest.raises(ToolError) as raised:
        typed(kind, value)
    assert str(raised.value) == f"tool: p must be {wanted}"


def test_choices() -> None:
    assert typed("str", "d", choices=("d", "w")) == "d"
    assert typed("str", "", choices=("d", "w"), required=False) == ""
    assert typed("list[str]", ["d", "w"], choices=("d", "w")) == ["d", "w"]
    for kind, value in [("str", "x"), ("str", ""), ("list[str]", ["d", "x"])]:
        with pytest.raises(ToolError, match="tool: p must be one of d, w, not"):
            typed(kind, value, choices=("d", "w"))


SIGNATURE = Signature("tool", (Parameter("a"), Parameter("b", "list[str]", required=False), Parameter("c", "int")))


def test_what_is_not_required_may_be_missing() -> None:
    assert typed_arguments(SIGNATURE, ["x"], {"c": 3}) == {"a": "x", "b": [], "c": 3}
    first, second = (typed_arguments(SIGNATURE, ["x"], {"c": 3})["b"] for _ in range(2))
    assert first is not second


@pytest.mark.parametrize(
    ("values", "named", "problem"),
    [
        (["x"], {}, "tool: c is missing"),
        (["x", [], 1, 2], {}, "tool takes 3 arguments, not 4"),
        (["x"], {"a": "y", "c": 1}, "tool: a is given twice"),
        (["x"], {"d": 1}, "tool: d is not one of its parameters"),
    ],
)
def test_arguments_that_do_not_fit(values: list[Any], named: dict[str, Any], problem: str) -> None:
    with pytest.raises(ToolError) as raised:
        typed_arguments(SIGNATURE, values, named)
    assert str(raised.value) == problem


def test_a_list_is_the_tool_s_own() -> None:
    result = ["a"]
    typed("list[str]", result).append("b")
    assert result == ["a"]


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@settings(max_examples=50, deadline=None)
@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6))
def test_every_result_can_be_read(value: Any) -> None:
    assert isinstance(as_text(value), str)
