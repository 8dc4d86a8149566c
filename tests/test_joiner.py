"""The answer is made from the results: what was found and done, and what was not and why."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tinyagent_cli import joiner
from tinyagent_cli.errors import AmbiguousError, Choice, ExitStatus, NotFoundError
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.spec import Outcome, Tool
from tinyagent_cli.tools.toolfile import read_tool_file

PLAN = parse_plan('1. get_email_address("Sid")\n2. compose_new_email(["$1"], [], "", "hi", [])\n3. join()\n')


@pytest.fixture(scope="module")
def tools() -> Mapping[str, Tool]:
    return read_tool_file(builtin_tool_file(), builtin=True)


def done(number: int, value: str, summary: str = "", show: str = "") -> StepResult:
    return StepResult(number, "", StepState.DONE, Outcome(value, summary, show))


def test_a_lookup_that_was_used_is_no_answer(tools: Mapping[str, Tool]) -> None:
    results = {1: done(1, "sid@acme.com", "Sid: sid@acme.com"), 2: done(2, "x", "Draft saved as /tmp/x.eml")}
    assert joiner.answer(PLAN, results, tools) == "Draft saved as /tmp/x.eml"
    assert joiner.outcome_status(results) is ExitStatus.DONE


def test_a_lookup_alone_is_the_answer(tools: Mapping[str, Tool]) -> None:
    results = {1: done(1, "sid@acme.com", "Sid: sid@acme.com")}
    assert joiner.answer(PLAN[:1], results, tools) == "Sid: sid@acme.com"


def test_a_long_find_is_told_whole(tools: Mapping[str, Tool]) -> None:
    plan = parse_plan('1. open_note("Notes", "")\n2. join()\n')
    assert joiner.answer(plan, {1: done(1, "a\nb\nc", 'Note "Notes": "a b..."')}, tools) == "a\nb\nc"


def test_a_failure_says_what_was_skipped(tools: Mapping[str, Tool]) -> None:
    error = NotFoundError("no contact Sid", hint="near: Syd")
    results = {
        1: StepResult(1, "", StepState.FAILED, error=error),
        2: StepResult(2, "", StepState.SKIPPED, reason="call 1 failed: no contact Sid"),
    }
    failed, skipped = joiner.answer(PLAN, results, tools).splitlines()
    assert failed == "Failed: 1 get_email_address: no contact Sid (near: Syd)"
    assert skipped == "Skipped: 2 compose_new_email: call 1 failed: no contact Sid"
    assert joiner.outcome_status(results) is ExitStatus.STEP_FAILED


def test_an_open_question_is_asked_back(tools: Mapping[str, Tool]) -> None:
    error = AmbiguousError("two contacts are called Sid", [Choice("Sid A", 1), Choice("Sid B", 2)])
    answer = joiner.answer(PLAN[:1], {1: StepResult(1, "", StepState.FAILED, error=error)}, tools)
    assert answer == "Which one is meant in 1 get_email_address? two contacts are called Sid: Sid A; Sid B"


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([StepState.DONE, StepState.REFUSED], ExitStatus.REFUSED),
        ([StepState.REFUSED, StepState.FAILED], ExitStatus.STEP_FAILED),
        ([StepState.FAILED, StepState.CANCELLED], ExitStatus.INTERRUPTED),
        ([], ExitStatus.DONE),
    ],
)
def test_the_worst_state_is_the_status(states: list[StepState], status: ExitStatus) -> None:
    results = {number: StepResult(number, "", state) for number, state in enumerate(states, 1)}
    assert joiner.outcome_status(results) is status


def test_only_what_no_step_used_is_opened() -> None:
    plan = parse_plan('1. maps_open_location("a")\n2. maps_open_location("b")\n3. send_sms(["1"], "$1")\n4. join()\n')
    results = {1: done(1, "u", show="https://u"), 2: done(2, "v", show="https://v"), 3: done(3, "")}
    assert joiner.targets(plan, results) == ["https://v"]
