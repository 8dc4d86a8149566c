"""The executor against running the same calls one after another, and against the critical path.

    python benchmarks/executor.py

Overhead is what a run takes beyond its critical path (the longest chain of waits), for each call on it.
The budgets: 0.2 ms a call, and a chain of 10 calls of 5 ms within 55 ms.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from typing import Any

from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Call, Plan, Reference
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.tools.spec import Effect, Outcome, Tool

RUNS = 20


def chain(length: int) -> Plan:
    """Each call needs the one before it."""
    return tuple(Call(n, "wait", ((Reference(n - 1),) if n > 1 else ())) for n in range(1, length + 1))


def fan(width: int) -> Plan:
    """Calls side by side, and one that needs them all."""
    lookups = tuple(Call(n, "wait", ()) for n in range(1, width + 1))
    return (*lookups, Call(width + 1, "wait", tuple(Reference(call.number) for call in lookups)))


def waiting(seconds: float) -> Mapping[str, Tool]:
    """One tool that waits and gives a word."""

    def wait(context: Any, /, **arguments: str) -> Outcome:
        if seconds:
            time.sleep(seconds)
        return Outcome("done")

    parameters = tuple(Parameter(f"p{n}", required=False) for n in range(32))
    return {"wait": Tool(Signature("wait", parameters), Effect.READ, wait)}


async def run(plan: Plan, tools: Mapping[str, Tool]) -> float:
    """Seconds from the first call to the last result."""
    context: Any = None
    executor = Executor(tools, context, policy=Policy())
    began = time.perf_counter()
    for call in plan:
        executor.add(call)
    executor.plan_complete()
    await executor.wait()
    return time.perf_counter() - began


def sequential(plan: Plan, tools: Mapping[str, Tool]) -> float:
    """Seconds for the same calls one after another, without an executor."""
    context: Any = None
    began = time.perf_counter()
    for call in plan:
        tools[call.tool].runner(context)
    return time.perf_counter() - began


def critical_path(plan: Plan) -> int:
    """Calls on the longest chain."""
    depth: dict[int, int] = {}
    for call in plan:
        depth[call.number] = 1 + max((depth[number] for number in call.references), default=0)
    return max(depth.values())


def median(plan: Plan, tools: Mapping[str, Tool]) -> float:
    """Median seconds of a run, after one that warms up."""

    async def runs() -> list[float]:
        await run(plan, tools)
        return [await run(plan, tools) for _ in range(RUNS)]

    return statistics.median(asyncio.run(runs()))


def main() -> None:
    """Print the table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("plan", "calls", "sequential ms", "critical path ms", "executor ms", "overhead ms a call")
    for name, plan, milliseconds in [
        ("chain", chain(10), 0.0),
        ("chain", chain(10), 5.0),
        ("fan", fan(8), 0.0),
        ("fan", fan(8), 5.0),
        ("fan", fan(30), 5.0),
    ]:
        tools = waiting(milliseconds / 1000)
        one = sequential(plan[:1], tools)
        path = critical_path(plan)
        took = median(plan, tools)
        waves = path if len(plan) <= 9 or name == "chain" else 1 + -(-(len(plan) - 1) // 8)
        overhead = (took - waves * one) / len(plan)
        row = [sequential(plan, tools), path * one, took, overhead]
        table.add_row(f"{name}, {milliseconds:g} ms each", str(len(plan)), *(f"{1000 * value:.2f}" for value in row))
    Console().print(table)


if __name__ == "__main__":
    main()
