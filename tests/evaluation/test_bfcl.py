"""The leaderboard's functions as tools, our calls as it takes them, and its own checker where it is installed."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.bfcl import IRRELEVANCE, Problem, fault, read_problems
from tinyagent_cli.evaluation.bfcl_functions import UnsupportedError, calls_of, signature_of
from tinyagent_cli.evaluation.bfcl_report import BfclRun, accuracy, headings, judge_problem, rows, to_json, to_markdown
from tinyagent_cli.evaluation.contender import Answer, Candidate
from tinyagent_cli.evaluation.metrics import Share
from tinyagent_cli.evaluation.suite import Request

from .conftest import NOW, answer_of, plan_of

CATEGORIES = ("simple_python", "multiple", "parallel", "parallel_multiple", IRRELEVANCE)


def function(**properties: dict[str, Any]) -> dict[str, Any]:
    """A function whose parameters are required unless they have a default."""
    required = [name for name, form in properties.items() if "default" not in form]
    return {
        "name": "lamp.set",
        "description": "Sets a lamp.",
        "parameters": {"type": "dict", "properties": properties, "required": required},
    }


LAMP = function(
    room={"type": "string", "description": "The room."},
    level={"type": "integer"},
    warmth={"type": "float", "default": 0.5},
    steady={"type": "boolean", "default": False},
    colours={"type": "array", "items": {"type": "string"}, "default": []},
    mode={"type": "string", "enum": ["day", "night"], "default": "day"},
    extra={"type": "dict", "default": {}},
)


def problem(category: str = "simple_python", answers: Any = ()) -> Problem:
    request = Request("simple_1", "set the lamp in the hall to 40", NOW, (signature_of(LAMP),))
    return Problem(category, request, [LAMP], answers)


def test_types() -> None:
    signature = signature_of(LAMP)
    assert signature.name == "lamp.set"
    assert [(p.name, p.type, p.required) for p in signature.parameters] == [
        ("room", "str", True),
        ("level", "int", True),
        ("warmth", "float", False),
        ("steady", "bool", False),
        ("colours", "list[str]", False),
        ("mode", "str", False),
    ]
    assert signature.parameter("mode").choices == ("day", "night")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"type": "dict"}, "x is dict"),
        ({"type": "array", "items": {"type": "integer"}}, "x is array of integer"),
        ({"type": "tuple", "items": {"type": "float"}}, "x is tuple of float"),
        ({"type": "array"}, "x is array of anything"),
    ],
)
def test_what_has_no_counterpart(form: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsupportedError, match=words):
        signature_of(function(x=form))


def test_calls_without_what_was_not_said() -> None:
    signature = signature_of(LAMP)
    plan = plan_of('lamp.set("hall", 0, 0, False, ["red"], "")', 'lamp.set("$1", 40, 0.5, True, [], "night")')
    assert calls_of(plan, {"lamp.set": signature}) == [
        {"lamp.set": {"room": "hall", "level": 0, "colours": ["red"]}},
        {"lamp.set": {"room": "$1", "level": 40, "warmth": 0.5, "steady": True, "mode": "night"}},
    ]


def test_where_no_function_serves() -> None:
    none = problem(IRRELEVANCE, None)
    assert fault(none, ()) == ""
    assert fault(none, plan_of('lamp.set("hall", 40, 0, False, [], "")')) == "1 calls where no function serves"


def test_a_plan_that_never_came_and_one_that_is_not_supported_are_wrong() -> None:
    assert judge_problem(problem(IRRELEVANCE, None), Answer(None, "no plan")).fault == "no plan"
    unsupported = Problem("parallel", problem().request, [LAMP], (), "lamp.set.x is dict")
    assert judge_problem(unsupported, Answer(None)).fault == "not supported: lamp.set.x is dict"


def test_tables_and_files() -> None:
    verdicts = [
        judge_problem(problem(IRRELEVANCE, None), answer_of()),
        judge_problem(problem(IRRELEVANCE, None), Answer(None, "no")),
    ]
    run = BfclRun(Candidate("auto", "embedded"), verdicts, 91_726_912)
    assert accuracy(verdicts) == Share(1, 2)
    assert headings([run]) == ["category", "problems", "not supported", "embedded, classifier", "FunctionGemma-270M"]
    shown = rows([run], [IRRELEVANCE])
    assert shown[0] == [IRRELEVANCE, "2", "0", "50.0 (9-91)", "73.7"]
    assert shown[-1] == ["size MB", "", "", "92", "288"]
    assert to_json([run], [IRRELEVANCE], "bfcl")["runs"][0]["accuracy"][IRRELEVANCE]["share"] == 0.5
    page = to_markdown([run], [IRRELEVANCE], "bfcl", failures=True)
    assert "| irrelevance | 2 | 0 | 50.0 (9-91) | 73.7 |" in page
    assert "simple_1  set the lamp in the hall to 40\n  no call\n  no\n" in page


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.delitem(sys.modules, "bfcl_eval", raising=False)
    with pytest.raises(UsageError, match="pip install --no-deps bfcl-eval"):
        read_problems("multiple", NOW)


class TestChecker:
    """With the package."""

    @pytest.fixture(autouse=True)
    def package(self) -> None:
        pytest.importorskip("bfcl_eval", reason="bfcl-eval is not installed")

    def test_right_and_wrong_calls(self) -> None:
        one = problem(answers=[{"lamp.set": {"room": ["hall", "the hall"], "level": [40], "warmth": ["", 0.5]}}])
        assert fault(one, plan_of('lamp.set("the hall", 40, 0, False, [], "")')) == ""
        assert "level" in fault(one, plan_of('lamp.set("hall", 41, 0, False, [], "")'))
        assert fault(one, ()) == "Wrong number of functions."

    def test_no_vendor_is_imported(self) -> None:
        fault(problem(answers=[{"lamp.set": {"room": ["hall"], "level": [40]}}]), ())
        assert "bfcl_eval.constants.model_config" not in sys.modules

    @pytest.mark.parametrize("category", CATEGORIES)
    def test_every_category_can_be_read(self, category: str) -> None:
        problems = read_problems(category, NOW)
        assert len(problems) >= 200
        assert all((found.answers is None) == (category == IRRELEVANCE) for found in problems)
        unsupported = [found.unsupported for found in problems if found.unsupported]
        assert 0 < len(unsupported) < len(problems) / 4

    def test_a_category_that_there_is_not(self) -> None:
        with pytest.raises(UsageError, match="no category dancing"):
            read_problems("dancing", NOW)
