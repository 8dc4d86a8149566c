"""A step can be taken out before it runs, with what hangs on it."""

import asyncio

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Effect


@pytest.fixture
async def executor(make_tool, make_executor):
    tools = [
        make_tool(name, str, "text", effect=effect) for name, effect in [("find", Effect.READ), ("do", Effect.SEND)]
    ]
    executor = make_executor(tools)
    plan = [
        Call(1, "find", ("a",)),
        Call(2, "do", (Reference(1),)),
        Call(3, "do", (Reference(2),)),
        Call(4, "do", ("b",)),
    ]
    for call in plan:
        executor.add(call)
    executor.plan_complete()
    await asyncio.wait_for(executor.settled(), 20)
    return executor


async def states(executor) -> list[str]:
    executor.approve()
    return [step.state.value for step in (await asyncio.wait_for(executor.wait(), 20)).values()]


async def test_a_step_goes_with_what_needs_it(executor) -> None:
    assert executor.drop(2) == {2, 3}
    assert executor.asking == (4,)
    assert await states(executor) == ["done", "skipped", "skipped", "done"]
    assert executor.results[2].reason == "dropped"
    assert executor.results[3].reason == "call 2 was dropped"


async def test_of_a_step_that_has_run_only_the_rest_is_stopped(executor) -> None:
    assert executor.drop(1) == {1, 2, 3}
    assert await states(executor) == ["done", "skipped", "skipped", "done"]


async def test_what_has_ended_already_goes_with_what_it_needs(make_tool, make_executor) -> None:
    executor = make_executor(
        [make_tool(name, str, "text") for name in ("find", "denied")], policy=Policy({"denied": "deny"})
    )
    for call in (Call(1, "find", ("a",)), Call(2, "find", (Reference(1),)), Call(3, "denied", (Reference(2),))):
        executor.add(call)
    executor.plan_complete()
    await asyncio.wait_for(executor.settled(), 20)
    assert executor.drop(1) == {1, 2, 3}
    assert await states(executor) == ["done", "done", "refused"]


async def test_a_step_that_is_not_there_is_an_error(executor) -> None:
    with pytest.raises(UsageError, match="there is no call 9"):
        executor.drop(9)
    assert await states(executor) == ["done"] * 4
