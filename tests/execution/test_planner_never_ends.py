"""A planner that hangs, breaks off or raises leaves nobody waiting."""

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from tinyagent_cli.errors import ParseError, TinyAgentError
from tinyagent_cli.execution.events import PlanFailed
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Effect

HANGING = 20


async def test_cancel_ends_a_stream_whose_planner_hangs(make_tool, make_executor) -> None:
    release = threading.Event()

    def planner() -> Iterator[Call]:
        yield Call(1, "look_up", ("Sid",))
        release.wait(60)
        yield Call(2, "look_up", ("Lutfi",))

    executor = make_executor([make_tool("look_up", lambda name: name, "name")])
    streaming = asyncio.create_task(executor.stream(planner()))
    while 1 not in executor.results or not executor.results[1].state.ended:
        await asyncio.sleep(0.001)
    executor.cancel()
    await asyncio.wait_for(streaming, HANGING)
    results = await asyncio.wait_for(executor.wait(), HANGING)
    release.set()
    assert list(results) == [1]
    assert results[1].value == "Sid"


async def test_a_planner_that_writes_for_ever_is_stopped_and_closed(make_tool, make_executor) -> None:
    closed = threading.Event()

    def planner() -> Iterator[Call]:
        try:
            for number in itertools.count(1):
                yield Call(number, "look_up", ("Sid",))
                time.sleep(0.001)
        finally:
            closed.set()

    executor = make_executor([make_tool("look_up", lambda name: name, "name")])
    streaming = asyncio.create_task(executor.stream(planner()))
    while len(executor.results) < 5:
        await asyncio.sleep(0.001)
    streaming.cancel()
    await asyncio.wait([streaming], timeout=HANGING)
    assert executor.cancelled
    assert await asyncio.to_thread(closed.wait, HANGING)
    await asyncio.wait_for(executor.wait(), HANGING)


async def test_a_plan_that_is_never_completed_ends_with_plan_failed(make_tool, make_executor) -> None:
    seen = []
    executor = make_executor([make_tool("send", lambda: "sent", effect=Effect.SEND)], on_event=seen.append)
    executor.add(Call(1, "send"))
    executor.approve()
    waiting = asyncio.create_task(executor.wait())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    executor.plan_failed(ParseError("line 2 is not a call"))
    results = await asyncio.wait_for(waiting, HANGING)
    assert results[1].state is StepState.CANCELLED
    assert results[1].reason == "the plan broke off"
    assert PlanFailed("line 2 is not a call") in seen


@pytest.mark.parametrize("error", [ParseError("line 2 is not a call"), RuntimeError("out of memory")])
async def test_a_planner_that_raises_fails_the_plan(error: Exception, make_tool, make_executor) -> None:
    sent = []

    def planner() -> Iterator[Call]:
        yield Call(1, "send")
        raise error

    executor = make_executor([make_tool("send", lambda: sent.append(1), effect=Effect.SEND)])
    executor.approve()
    with pytest.raises(TinyAgentError, match=str(error)):
        await asyncio.wait_for(executor.stream(planner()), HANGING)
    await asyncio.wait_for(executor.wait(), HANGING)
    assert sent == []


async def test_a_number_used_twice_fails_the_plan(make_tool, make_executor) -> None:
    executor = make_executor([make_tool("look_up", lambda: "x")])
    with pytest.raises(TinyAgentError, match="the number of call 1 is taken"):
        await asyncio.wait_for(executor.stream(iter([Call(1, "look_up"), Call(1, "look_up")])), HANGING)
    await asyncio.wait_for(executor.wait(), HANGING)


async def test_an_empty_plan_is_done(make_executor) -> None:
    executor = make_executor([])
    await asyncio.wait_for(executor.stream(iter(())), HANGING)
    await asyncio.wait_for(executor.settled(), HANGING)
    assert await asyncio.wait_for(executor.wait(), HANGING) == {}
