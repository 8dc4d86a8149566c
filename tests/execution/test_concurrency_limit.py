"""As many calls at once as there are slots, and no more."""

import threading

import pytest

from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.plan.call import Call


@pytest.mark.parametrize("slots", [1, 3])
async def test_no_more_calls_at_once_than_slots(slots: int, make_tool, run_plan) -> None:
    lock = threading.Lock()
    full = threading.Barrier(slots)
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        full.wait(10)
        with lock:
            running -= 1

    plan = [Call(number, "work") for number in range(1, 4 * slots + 1)]
    results = await run_plan(plan, [make_tool("work", work)], limits=Limits(concurrency=slots))
    assert all(step.error is None for step in results.values())
    assert most == slots
