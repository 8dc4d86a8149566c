"""An executor on a thread of its own: events and questions come to the caller, and nothing outlives the block."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, cast

import pytest

from tinyagent_cli.config import Config
from tinyagent_cli.errors import AmbiguousError, Choice, PlanError
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.background import BackgroundExecutor, Happened, Message, Question
from tinyagent_cli.execution.events import StepFinished
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Effect, Outcome, Tool


class Tools:
    """Tools that note in which order they ran; `stuck` runs until `release` is set."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.begun, self.release = threading.Event(), threading.Event()
        runners = {"look": Effect.READ, "which": Effect.READ, "write": Effect.WRITE, "stuck": Effect.WRITE}
        self.all = {name: Tool(Signature(name), effect, getattr(self, f"_{name}")) for name, effect in runners.items()}

    def _look(self, context: ToolContext, **arguments: Any) -> Outcome:
        self.ran.append("look")
        return Outcome("found")

    def _which(self, context: ToolContext, **arguments: Any) -> Outcome:
        raise AmbiguousError("which?", [Choice("one", 1), Choice("two", 2)])

    def _write(self, context: ToolContext, **arguments: Any) -> Outcome:
        self.ran.append("write")
        return Outcome("written")

    def _stuck(self, context: ToolContext, **arguments: Any) -> Outcome:
        self.begun.set()
        self.release.wait(60)
        return Outcome("late")


@pytest.fixture
def tools() -> Iterator[Tools]:
    made = Tools()
    yield made
    made.release.set()


def started(tools: Tools) -> BackgroundExecutor:
    context = ToolContext(cast(Any, None), Config(), datetime.now(timezone.utc))
    return BackgroundExecutor(tools.all, context, policy=Policy(), limits=Limits())


def kinds(messages: Iterator[Message]) -> list[str]:
    return [type(message.event).__name__ for message in messages if isinstance(message, Happened)]


def test_reads_run_before_consent_and_writes_after(tools: Tools) -> None:
    with started(tools) as executor:
        assert "StepFinished" in kinds(executor.prepare(parse_plan("1. look()\n2. write()\n")))
        assert tools.ran == ["look"]
        assert executor.asking == (2,)
        assert "StepFinished" in kinds(executor.finish(None))
        assert tools.ran == ["look", "write"]
        assert [result.state for result in executor.results.values()] == [StepState.DONE] * 2


def test_an_event_carries_the_results_as_they_were(tools: Tools) -> None:
    with started(tools) as executor:
        messages = list(executor.prepare(parse_plan("1. look()\n")))
        (finished,) = [m for m in messages if isinstance(m, Happened) and isinstance(m.event, StepFinished)]
        assert finished.results[1].value == "found"


def test_a_question_waits_for_its_answer(tools: Tools) -> None:
    with started(tools) as executor:
        for message in executor.prepare(parse_plan("1. which()\n")):
            if isinstance(message, Question):
                message.answer(message.error.choices[1])
        assert executor.results[1].value == 2


def test_what_the_planner_raises_comes_to_the_caller(tools: Tools) -> None:
    def breaking() -> Iterator[Call]:
        yield from parse_plan("1. look()\n2. write()\n")
        raise PlanError("it broke off")

    with started(tools) as executor, pytest.raises(PlanError, match="it broke off"):
        list(executor.prepare(breaking()))
    assert "write" not in tools.ran


def test_leaving_in_the_middle_ends_everything(tools: Tools) -> None:
    with started(tools) as executor:
        list(executor.prepare(parse_plan("1. stuck()\n2. write()\n")))
        messages = executor.finish(None)
        next(messages)
        assert tools.begun.wait(60)
        executor.cancel()
        assert executor.results[1].state is StepState.CANCELLED
    assert "executor" not in {thread.name for thread in threading.enumerate()}


def test_leaving_with_an_open_question_does_not_hang(tools: Tools) -> None:
    with started(tools) as executor:
        for message in executor.prepare(parse_plan("1. which()\n")):
            if isinstance(message, Question):
                break
    assert executor.cancelled
