"""Reads run ahead; everything else waits for the plan and for a decision."""

import asyncio

import pytest

from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Effect

HANGING = 20

PLAN = [
    Call(1, "look_up", ("Sid",)),
    Call(2, "write", (Reference(1),)),
    Call(3, "send", (Reference(1),)),
    Call(4, "send", ("someone else",)),
]


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def tools(make_tool, ran: list[str]):
    def recorded(name: str):
        def run(text: str) -> str:
            ran.append(name)
            return text

        return run

    effects = {"look_up": Effect.READ, "write": Effect.WRITE, "send": Effect.SEND}
    return [make_tool(name, recorded(name), "text", effect=effect) for name, effect in effects.items()]


async def settled(executor) -> None:
    for call in PLAN:
        executor.add(call)
    executor.plan_complete()
    await asyncio.wait_for(executor.settled(), HANGING)


async def test_only_reads_run_before_the_decision(make_executor, tools, ran) -> None:
    executor = make_executor(tools)
    await settled(executor)
    assert ran == ["look_up"]
    assert executor.values[1].data == "Sid"
    assert executor.asking == (2, 3, 4)
    executor.approve()
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert {step.state for step in results.values()} == {StepState.DONE}
    assert executor.asking == ()


async def test_what_is_not_approved_is_refused(make_executor, tools, ran) -> None:
    executor = make_executor(tools)
    await settled(executor)
    executor.approve([2])
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert [step.state.value for step in results.values()] == ["done", "done", "refused", "refused"]
    assert results[3].reason == "not approved"
    assert ran == ["look_up", "write"]


async def test_a_decision_is_made_once(make_executor, tools, ran) -> None:
    executor = make_executor(tools)
    await settled(executor)
    executor.approve([])
    executor.approve()
    await asyncio.wait_for(executor.wait(), HANGING)
    assert ran == ["look_up"]


async def test_what_the_policy_denies_never_runs(make_executor, tools, ran) -> None:
    executor = make_executor(tools, policy=Policy({"look_up": "deny"}))
    await settled(executor)
    executor.approve()
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert [step.state.value for step in results.values()] == ["refused", "skipped", "skipped", "done"]
    assert results[2].reason == "call 1 was refused"
    assert ran == ["send"]


async def test_what_the_policy_allows_is_not_asked_about(make_executor, tools, ran) -> None:
    executor = make_executor(tools, policy=Policy({"write": "allow"}))
    await settled(executor)
    assert executor.asking == (3, 4)
    assert ran == ["look_up"]
    executor.approve([])
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert [step.state.value for step in results.values()] == ["done", "done", "refused", "refused"]


async def test_a_read_that_must_be_asked_about_waits(make_executor, tools, ran) -> None:
    executor = make_executor(tools, policy=Policy({"read": "ask"}))
    await settled(executor)
    assert ran == []
    assert executor.asking == (1, 2, 3, 4)
    executor.approve()
    await asyncio.wait_for(executor.wait(), HANGING)
    assert sorted(ran) == ["look_up", "send", "send", "write"]
