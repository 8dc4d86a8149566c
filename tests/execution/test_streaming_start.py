"""A read starts while the planner still writes, without waiting for its next line."""

import asyncio
import threading
from collections.abc import Iterator

from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Effect

HANGING = 20


async def test_calls_run_between_two_lines_of_the_planner(make_tool, make_executor) -> None:
    found = threading.Event()

    def planner() -> Iterator[Call]:
        yield Call(1, "look_up", ("Sid",))
        yield Call(2, "shout", (Reference(1),))
        assert found.wait(10), "the second call did not run before the third line"
        yield Call(3, "look_up", ("Lutfi",))

    def shout(text: str) -> str:
        found.set()
        return text.upper()

    tools = [make_tool("look_up", lambda name: f"{name}@acme.com", "name"), make_tool("shout", shout, "text")]
    executor = make_executor(tools)
    await asyncio.wait_for(executor.stream(planner()), HANGING)
    await asyncio.wait_for(executor.settled(), HANGING)
    assert {number: step.value for number, step in executor.results.items()} == {
        1: "Sid@acme.com",
        2: "SID@ACME.COM",
        3: "Lutfi@acme.com",
    }


async def test_what_writes_waits_for_the_whole_plan_even_with_consent(make_tool, make_executor) -> None:
    written = []
    tools = [make_tool("write", written.append, "text", effect=Effect.WRITE)]
    executor = make_executor(tools)
    executor.approve()
    executor.add(Call(1, "write", ("a",)))
    await asyncio.sleep(0.05)
    assert written == []
    assert executor.results[1].state is StepState.PENDING
    executor.plan_complete()
    await asyncio.wait_for(executor.wait(), HANGING)
    assert written == ["a"]


async def test_calls_are_taken_from_other_threads(make_tool, make_executor) -> None:
    executor = make_executor([make_tool("look_up", lambda name: name, "name")])
    threads = [
        threading.Thread(target=executor.add_threadsafe, args=(Call(number, "look_up", (str(number),)),))
        for number in range(1, 21)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await asyncio.sleep(0)
    executor.plan_complete()
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert {number: step.value for number, step in results.items()} == {n: str(n) for n in range(1, 21)}
