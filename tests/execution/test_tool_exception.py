"""A tool that raises anything is a failed step with one line; what needs it is skipped, the rest goes on."""

import asyncio
import logging

import pytest

from tinyagent_cli.errors import NotFoundError, ToolError
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Reference, Template


def raising(error: BaseException):
    def run(*arguments: str) -> str:
        raise error

    return run


@pytest.mark.parametrize(
    "error",
    [
        ValueError("several\nlines"),
        StopIteration("no more"),
        SystemExit(3),
        KeyboardInterrupt(),
        asyncio.CancelledError(),
        RecursionError(),
        PermissionError(13, "Permission denied", "/notes/a.md"),
    ],
)
async def test_any_exception_fails_the_step(error: BaseException, make_tool, run_plan) -> None:
    results = await run_plan([Call(1, "broken")], [make_tool("broken", raising(error))])
    assert results[1].state is StepState.FAILED
    assert isinstance(results[1].error, ToolError)
    assert results[1].error.message.startswith("broken: ")
    assert "\n" not in results[1].error.message


async def test_what_needs_it_is_skipped_with_the_reason(make_tool, run_plan) -> None:
    tools = [
        make_tool("look_up", raising(NotFoundError("no contact named Bob", hint="did you mean Rob?")), "name"),
        make_tool("note", lambda text: text, "text"),
    ]
    plan = [
        Call(1, "look_up", ("Bob",)),
        Call(2, "note", (Template(("To ", Reference(1))),)),
        Call(3, "note", (Reference(2),)),
        Call(4, "note", ("apart",)),
    ]
    results = await run_plan(plan, tools)
    assert [step.state.value for step in results.values()] == ["failed", "skipped", "skipped", "done"]
    assert results[2].reason == results[3].reason == "call 1 failed: no contact named Bob"
    assert results[4].value == "apart"


async def test_a_call_added_after_the_failure_is_skipped_too(make_tool, make_executor) -> None:
    tools = [make_tool("broken", raising(ToolError("no"))), make_tool("note", lambda text: text, "text")]
    executor = make_executor(tools)
    executor.add(Call(1, "broken"))
    while not executor.results[1].state.ended:
        await asyncio.sleep(0.001)
    executor.add(Call(2, "note", (Reference(1),)))
    executor.plan_complete()
    assert (await asyncio.wait_for(executor.wait(), 20))[2].reason == "call 1 failed: no"


async def test_a_wrong_argument_fails_before_the_tool_runs(make_tool, run_plan) -> None:
    ran = []
    results = await run_plan([Call(1, "count", ("many",))], [make_tool("count", ran.append, "times: int")])
    assert results[1].error.message == "count: times must be a whole number, not 'many'"
    assert not ran


async def test_the_traceback_goes_to_the_log_alone(make_tool, run_plan, caplog, capfd) -> None:
    with caplog.at_level(logging.DEBUG, "tinyagent_cli"):
        await run_plan([Call(1, "broken")], [make_tool("broken", raising(ZeroDivisionError("by zero")))])
    assert any(record.exc_info and record.levelno == logging.DEBUG for record in caplog.records)
    assert "Traceback" not in "".join(capfd.readouterr())


async def test_a_listener_that_raises_does_not_stop_the_plan(make_tool, make_executor) -> None:
    def listen(event: object) -> None:
        raise BrokenPipeError

    executor = make_executor([make_tool("note", lambda text: text, "text")], on_event=listen)
    executor.add(Call(1, "note", ("kept",)))
    executor.plan_complete()
    assert (await asyncio.wait_for(executor.wait(), 20))[1].value == "kept"
