"""Over plans of any shape: every call runs after its inputs, and gives what it would give alone."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Plan, Reference
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.tools.spec import Effect, Outcome, Tool


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to a dozen calls, each with any of the earlier ones as inputs, of any effect; some fail."""
    calls = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        earlier = draw(st.sets(st.integers(1, number - 1), max_size=4)) if number > 1 else set()
        tool = draw(st.sampled_from(["read", "write", "send", "read", "fail"]))
        calls.append(Call(number, tool, (str(number), tuple(map(Reference, sorted(earlier))))))
    return tuple(calls)


def tools(order: list[int]) -> dict[str, Tool]:
    """Tools that give their number and all they were made of, and note when they ran."""

    def run(context: Any, /, *, number: str, inputs: list[str]) -> Outcome:
        order.append(int(number))
        return Outcome(f"{number}({' '.join(inputs)})")

    def fail(context: Any, /, *, number: str, inputs: list[str]) -> Outcome:
        raise ValueError(number)

    parameters = (Parameter("number"), Parameter("inputs", "list[str]"))
    effects = {"read": Effect.READ, "write": Effect.WRITE, "send": Effect.SEND}
    made = {name: Tool(Signature(name, parameters), effect, run) for name, effect in effects.items()}
    return {**made, "fail": Tool(Signature("fail", parameters), Effect.READ, fail)}


def expected(plan: Plan) -> dict[int, str | None]:
    """The results of a run one after another; None for a call that fails or needs one that does."""
    results: dict[int, str | None] = {}
    for call in plan:
        inputs = [results[number] for number in call.references]
        lost = call.tool == "fail" or None in inputs
        results[call.number] = None if lost else f"{call.number}({' '.join(map(str, inputs))})"
    return results


@settings(max_examples=60, deadline=None)
@given(plan=plans(), slots=st.integers(1, 4), consent_first=st.booleans())
def test_results_are_those_of_a_run_one_after_another(plan: Plan, slots: int, consent_first: bool) -> None:
    order: list[int] = []

    async def run() -> Any:
        context: Any = None
        executor = Executor(tools(order), context, policy=Policy(), limits=Limits(concurrency=slots))
        if consent_first:
            executor.approve()
        await asyncio.wait_for(executor.stream(iter(plan)), 20)
        executor.approve()
        return await asyncio.wait_for(executor.wait(), 20)

    results = asyncio.run(run())
    assert {number: step.value for number, step in results.items()} == expected(plan)
    assert len(order) == len(set(order))
    for call in plan:
        if results[call.number].state is StepState.DONE:
            assert all(order.index(source) < order.index(call.number) for source in call.references)
        else:
            assert call.number not in order
