"""What a chat model writes is read generously and checked strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.plan.signature import Signatures, by_name, signature_from_json, signature_to_json
from tinyagent_cli.training.briefs import Brief
from tinyagent_cli.training.candidates import candidates

BREW = Brief(("brew",), 1, "")
TOOLS = by_name(
    signature_from_json(
        {"name": name, "parameters": [{"name": "what"}, {"name": "at", "type": "date", "required": False}]}
    )
    for name in ("brew", "pour", *(f"spare_{number}" for number in range(10)))
)
GOOD = {"brief": 1, "query": "brew Assam at 4", "plan": ['brew("Assam", "at 4")']}


def written(answer: str, *briefs: Brief, own: bool = True, tools: Signatures = TOOLS) -> list[Any]:
    return candidates(answer, briefs or (BREW,), tools, own=own)


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps(GOOD),
        f"Here you are:\n```json\n{json.dumps(GOOD)}\n```\n",
        json.dumps([GOOD], indent=2),
        f"<think>Perhaps {{this}}?</think>{json.dumps(GOOD)}",
        json.dumps(GOOD | {"plan": ['1. brew("Assam", "at 4")', "2. join()"]}),
        json.dumps(GOOD | {"plan": '1. brew("Assam", at="at 4")\n2. join()'}),
        json.dumps(GOOD | {"brief": "first"}),
    ],
)
def test_a_seed_in_many_forms(answer: str) -> None:
    (candidate,) = written(answer)
    assert candidate.reason == ""
    assert candidate.brief is BREW
    assert candidate.seed.query == "brew Assam at 4"
    assert candidate.seed.plan == ('brew("Assam", "at 4")',)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"plan": []}, "query must be a text"),
        ({"query": "brew", "plan": 3}, "plan must be a list of texts"),
        ({"query": "brew \ud800", "plan": []}, "it holds half a character: a lone surrogate"),
        ({"query": "brew", "plan": [], "document": []}, "document must be a text"),
        ({"query": "brew", "plan": []}, "the plan is empty, and should call brew"),
        ({"query": "brew Assam", "plan": ["brew Assam"]}, "line 1: not a call"),
        ({"query": "brew Assam", "plan": ['boil("Assam")']}, "call 1: there is no tool boil"),
        ({"query": "brew Assam", "plan": ['brew("Oolong", "")']}, "call 1: brew.what: 'Oolong' does not stand"),
    ],
)
def test_why_it_is_no_seed(record: dict[str, Any], reason: str) -> None:
    (candidate,) = written(json.dumps(record))
    assert candidate.seed is None
    assert candidate.reason.startswith(reason)
    assert candidate.to_json() == {"reason": candidate.reason, "written": record, "brief": str(BREW)}


def test_a_line_that_breaks_off_spoils_no_other() -> None:
    broken, good = written(f'{{"brief": 1, "query": "bre\n{json.dumps(GOOD)}', BREW, BREW)
    assert (broken.reason, broken.written) == ("not JSON", '{"brief": 1, "query": "bre')
    assert good.seed is not None


def test_every_brief_is_answered_once() -> None:
    again = GOOD | {"query": "brew Darjeeling at 4", "plan": ['brew("Darjeeling", "at 4")']}
    first, second = written(f"{json.dumps(GOOD)}\n{json.dumps(again)}")
    assert first.seed is not None
    assert second.reason == "nobody asked for it"


def test_an_order_where_a_refusal_was_wanted() -> None:
    (candidate,) = written(json.dumps(GOOD), Brief((), 0, "", "small talk"))
    assert candidate.reason == "it should be out of reach, and the plan calls brew"


def test_own_tools_come_with_the_seed_among_others_as_many_as_run_time_offers() -> None:
    (candidate,) = written(json.dumps(GOOD))
    names = [tool["name"] for tool in candidate.seed.tools]
    assert "brew" in names
    assert len(set(names)) == len(names) == 8
    assert all(tool == signature_to_json(TOOLS[tool["name"]]) for tool in candidate.seed.tools)


def test_seeds_about_the_built_in_tools_bring_none(builtin: Signatures) -> None:
    record = {"query": "where is the mill", "plan": ['maps_open_location("mill")']}
    (candidate,) = written(json.dumps(record), own=False, tools=builtin)
    assert candidate.seed.tools is None


def test_an_amount_is_no_result(builtin: Signatures) -> None:
    record = {"query": "note down: Ola owes $20", "plan": ['create_note("Ola owes $20", "", "")']}
    (candidate,) = written(json.dumps(record), Brief(("create_note",), 1, ""), own=False, tools=builtin)
    assert candidate.seed.plan == (r'create_note("Ola owes \$20", "", "")',)


@given(st.text(alphabet='{}[]"\\:, \nbrewq0$<think>'))
def test_any_text_is_read(answer: str) -> None:
    for candidate in written(answer):
        assert candidate.seed is not None or candidate.reason
