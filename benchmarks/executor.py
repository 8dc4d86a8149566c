"""The executor against running the same calls one after another, and against the critical path.

    python benchmarks/executor.py

Overhead is what a run takes beyond its critical path (the longest chain of calls), shared among its calls.
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
from tinyagent_cli.plan.graph import critical_path
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


def times(plan: Plan, tools: Mapping[str, Tool]) -> list[float]:
    """Seconds of each of the runs, ascending, after one that warms up."""

    async def runs() -> list[float]:
        await run(plan, tools)
        return sorted([await run(plan, tools) for _ in range(RUNS)])

    return asyncio.run(runs())


def main() -> None:
    """Print the table."""
    from rich.console import Console
    from rich.table import Table

    columns = ("sequential", "critical path", "executor, median", "executor, best", "overhead a call, best")
    table = Table("plan", *columns, title="Milliseconds")
    for name, plan in [("chain of 10", chain(10)), ("8 and one", fan(8))]:
        for milliseconds in (0, 5):
            tools = waiting(milliseconds / 1000)
            one_after_another = sequential(plan, tools)
            path = one_after_another / len(plan) * critical_path(plan, lambda call: 1)
            took = times(plan, tools)
            row = [one_after_another, path, statistics.median(took), took[0], (took[0] - path) / len(plan)]
            table.add_row(f"{name}, {milliseconds} ms each", *(f"{1000 * value:.2f}" for value in row))
    Console().print(table)


if __name__ == "__main__":
    main()
