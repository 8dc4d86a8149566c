"""A call that takes too long fails; nothing waits for it, not even the end of the process."""

import subprocess
import sys
import threading
from pathlib import Path

from tinyagent_cli.errors import StepTimeoutError
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.plan.call import Call, Reference


async def test_a_tool_that_hangs_fails_and_the_rest_goes_on(make_tool, run_plan) -> None:
    release = threading.Event()
    tools = [make_tool("hang", lambda: release.wait(60)), make_tool("note", lambda text: text, "text")]
    plan = [Call(1, "hang"), Call(2, "note", (Reference(1),)), Call(3, "note", ("apart",))]
    results = await run_plan(plan, tools, limits=Limits(timeout=0.1))
    release.set()
    assert isinstance(results[1].error, StepTimeoutError)
    assert results[1].error.message == "hang took longer than 0.1 s"
    assert results[2].reason == "call 1 failed: hang took longer than 0.1 s"
    assert results[3].value == "apart"


async def test_the_tool_s_own_limit_comes_first(make_tool, run_plan) -> None:
    release = threading.Event()
    tools = [make_tool("hang", lambda: release.wait(60), timeout=0.05)]
    results = await run_plan([Call(1, "hang")], tools, limits=Limits(timeout=60))
    release.set()
    assert "0.05 s" in str(results[1].error)


async def test_calls_that_hang_do_not_use_up_the_slots(make_tool, run_plan) -> None:
    release = threading.Event()
    tools = [make_tool("hang", lambda: release.wait(60)), make_tool("note", lambda: "done")]
    plan = [Call(1, "hang"), Call(2, "hang"), Call(3, "note")]
    results = await run_plan(plan, tools, limits=Limits(concurrency=1, timeout=0.05))
    release.set()
    assert results[3].value == "done"


PROGRAM = """
import asyncio, threading
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Call
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.tools.spec import Effect, Tool

def hang(context, /):
    threading.Event().wait()

async def main():
    executor = Executor({"hang": Tool(Signature("hang"), Effect.READ, hang)}, None, policy=Policy(),
                        limits=Limits(timeout=0.05))
    executor.add(Call(1, "hang"))
    executor.plan_complete()
    print((await executor.wait())[1].error)

asyncio.run(main())
"""


def test_a_tool_that_hangs_does_not_keep_the_process_alive() -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, check=False, cwd=root, timeout=60, capture_output=True, text=True)
    assert done.stdout == "hang took longer than 0.05 s (raise its timeout)\n"
    assert (done.returncode, done.stderr) == (0, "")
