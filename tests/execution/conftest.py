"""Tools made of plain functions, and a plan run to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from tinyagent_cli.execution.events import Event
from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepResult
from tinyagent_cli.plan.call import Call
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.tools.spec import Effect, Outcome, Tool

HANGING = 20.0
"""Seconds after which a test has hung."""


@pytest.fixture
def make_tool() -> Callable[..., Tool]:
    """`make_tool("name", function, "parameter", "list: list[str]", effect=...)`."""

    def make(
        name: str,
        function: Callable[..., Any],
        *parameters: str,
        effect: Effect = Effect.READ,
        timeout: float | None = None,
    ) -> Tool:
        def run(context: Any, /, **arguments: Any) -> Outcome:
            result = function(*arguments.values())
            return result if isinstance(result, Outcome) else Outcome(result)

        return Tool(Signature(name, tuple(map(_parameter, parameters))), effect, run, timeout=timeout)

    return make


def _parameter(declared: str) -> Parameter:
    name, _, kind = declared.partition(": ")
    return Parameter(name, kind or "str")  # type: ignore[arg-type]


@pytest.fixture
def make_executor() -> Callable[..., Executor]:
    """An executor over some tools; everything else as the executor takes it."""

    def make(tools: Iterable[Tool], **options: Any) -> Executor:
        options.setdefault("policy", Policy())
        return Executor({tool.name: tool for tool in tools}, options.pop("context", None), **options)

    return make


@pytest.fixture
def run_plan(make_executor: Callable[..., Executor]) -> Callable[..., Any]:
    """Run calls with consent to all of them; gives the results, and what happened to a list that is passed in."""

    async def run(
        calls: Iterable[Call], tools: Iterable[Tool], *, seen: list[Event] | None = None, **options: Any
    ) -> Mapping[int, StepResult]:
        executor = make_executor(tools, on_event=None if seen is None else seen.append, **options)
        for call in calls:
            executor.add(call)
        executor.plan_complete()
        executor.approve()
        return await asyncio.wait_for(executor.wait(), HANGING)

    return run
