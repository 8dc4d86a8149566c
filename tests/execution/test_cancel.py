"""After a cancel nothing runs on: programs are killed, results of threads discarded, no call starts."""

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.tools.kinds.command import command_runner
from tinyagent_cli.tools.spec import Effect, Tool

HANGING = 20


async def until(condition) -> None:
    """Wait for something that other threads or programs do."""
    ends = time.monotonic() + HANGING
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        await asyncio.sleep(0.005)


def alive(pid: int) -> bool:
    """Whether a process is there and not just waiting to be collected."""
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_what_a_thread_still_gives_is_discarded(make_tool, make_executor) -> None:
    working, release, then = threading.Event(), threading.Event(), []

    def work() -> str:
        working.set()
        release.wait(10)
        return "late"

    tools = [make_tool("work", work), make_tool("then", then.append, "value")]
    executor = make_executor(tools)
    executor.add(Call(1, "work"))
    executor.add(Call(2, "then", (Reference(1),)))
    executor.plan_complete()
    executor.approve()
    await until(working.is_set)
    executor.cancel()
    results = await asyncio.wait_for(executor.wait(), HANGING)
    release.set()
    await asyncio.sleep(0.05)
    assert [step.state for step in results.values()] == [StepState.CANCELLED] * 2
    assert executor.results == results
    assert then == []


def command_tool(folder: Path) -> Tool:
    """A program that starts another and waits for it."""
    script = f'echo $$ > "{folder}/parent"; sleep 60 & echo $! > "{folder}/child"; wait'
    return Tool(Signature("program"), Effect.READ, command_runner("program", ["sh", "-c", script], None, (), folder))


def pids(folder: Path) -> list[int]:
    files = [folder / "parent", folder / "child"]
    texts = [file.read_text().strip() for file in files if file.exists()]
    return [int(text) for text in texts if text]


@pytest.mark.parametrize("way", ["cancel", "task", "drop"])
async def test_a_program_and_its_children_are_killed(way: str, make_executor, tmp_path: Path) -> None:
    executor = make_executor([command_tool(tmp_path)])
    executor.add(Call(1, "program"))
    executor.plan_complete()
    waiting = asyncio.create_task(executor.wait())
    await until(lambda: len(pids(tmp_path)) == 2)
    if way == "task":
        waiting.cancel()
    elif way == "drop":
        executor.drop(1)
    else:
        executor.cancel()
    await asyncio.wait([waiting], timeout=HANGING)
    await until(lambda: not any(map(alive, pids(tmp_path))))
    assert executor.results[1].state.ended


async def test_a_call_added_after_a_cancel_does_not_run(make_tool, make_executor) -> None:
    ran = []
    executor = make_executor([make_tool("note", lambda: ran.append(1))])
    executor.cancel()
    executor.add(Call(1, "note"))
    executor.approve()
    results = await asyncio.wait_for(executor.wait(), HANGING)
    assert results[1].state is StepState.CANCELLED
    assert ran == []


async def test_calls_that_wait_for_a_slot_do_not_run(make_tool, make_executor) -> None:
    from tinyagent_cli.execution.attempts import Limits

    working, release, ran = threading.Event(), threading.Event(), []

    def work(name: str) -> None:
        ran.append(name)
        working.set()
        release.wait(10)

    executor = make_executor([make_tool("work", work, "name")], limits=Limits(concurrency=1))
    for number in range(1, 6):
        executor.add(Call(number, "work", (str(number),)))
    executor.plan_complete()
    await until(working.is_set)
    executor.cancel()
    await asyncio.wait_for(executor.wait(), HANGING)
    release.set()
    await asyncio.sleep(0.05)
    assert ran == ["1"]


async def test_a_cancel_twice_or_after_the_end_changes_nothing(make_tool, run_plan, make_executor) -> None:
    executor = make_executor([make_tool("note", lambda: "kept")])
    executor.add(Call(1, "note"))
    executor.plan_complete()
    await asyncio.wait_for(executor.wait(), HANGING)
    executor.cancel()
    executor.cancel()
    assert executor.results[1].value == "kept"
