"""The loop wakes when something happens, not by the clock."""

import asyncio
import selectors
import threading
from typing import Any

from tinyagent_cli.plan.call import Call, Reference


class CountingSelector(selectors.DefaultSelector):
    """Counts how often the loop looks for something to do."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    def select(self, timeout: float | None = None) -> Any:
        self.turns += 1
        return super().select(timeout)


def test_the_loop_sleeps_while_a_call_works(make_tool, make_executor) -> None:
    selector = CountingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    working, release = threading.Event(), threading.Event()

    def work() -> str:
        working.set()
        release.wait(10)
        return "done"

    async def turns_while_working() -> int:
        executor = make_executor([make_tool("work", work), make_tool("then", lambda value: value, "value")])
        executor.add(Call(1, "work"))
        executor.add(Call(2, "then", (Reference(1),)))
        executor.plan_complete()
        await loop.run_in_executor(None, working.wait)
        before = selector.turns
        await asyncio.sleep(0.5)
        turns = selector.turns - before
        release.set()
        executor.approve()
        assert (await executor.wait())[2].value == "done"
        return turns

    try:
        assert loop.run_until_complete(turns_while_working()) <= 3
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


def test_a_chain_takes_a_few_turns_for_each_call(make_tool, make_executor) -> None:
    selector = CountingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    length = 50

    async def run() -> int:
        executor = make_executor([make_tool("start", lambda: "x"), make_tool("next", lambda value: value, "value")])
        before = selector.turns
        executor.add(Call(1, "start"))
        for number in range(2, length + 1):
            executor.add(Call(number, "next", (Reference(number - 1),)))
        executor.plan_complete()
        executor.approve()
        assert (await executor.wait())[length].value == "x"
        return selector.turns - before

    try:
        assert loop.run_until_complete(run()) <= 6 * length
    finally:
        loop.close()
