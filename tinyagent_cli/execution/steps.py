"""A call on its way through the executor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tinyagent_cli.execution.events import Event, StepCancelled, StepFailed, StepFinished, StepRefused, StepSkipped
from tinyagent_cli.execution.policy import Decision
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Effect, Tool


@dataclass(eq=False)
class Step:
    """A call, the results it still waits for, and the steps that wait for its own."""

    call: Call
    tool: Tool | None
    decision: Decision
    result: StepResult
    missing: set[int] = field(default_factory=set)
    dependents: list[Step] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @property
    def number(self) -> int:
        """The number of the call."""
        return self.call.number

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.result.state.ended

    @property
    def early(self) -> bool:
        """Whether it may run without consent and before the plan is complete."""
        return self.decision is Decision.ALLOW and self.tool is not None and self.tool.effect is Effect.READ

    @property
    def cause(self) -> str:
        """Why those that need it do not run, once it has ended without a result."""
        if self.result.error is not None:
            return f"call {self.number} failed: {self.result.error.message}"
        return f"call {self.number} was refused" if self.result.state is StepState.REFUSED else self.result.reason

    def descendants(self) -> Iterator[Step]:
        """The steps that need this one, near or far; each once."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            for dependent in waiting.pop().dependents:
                if dependent.number not in seen:
                    seen.add(dependent.number)
                    waiting.append(dependent)
                    yield dependent


def ending(result: StepResult) -> Event:
    """The event that tells how a step ended."""
    number, outcome, error = result.number, result.outcome, result.error
    if outcome is not None:
        return StepFinished(number, outcome.value, outcome.summary, outcome.show, result.seconds)
    if error is not None:
        return StepFailed(number, error.message, error.hint, result.seconds)
    return _WITHOUT_RESULT[result.state](number, result.reason)


_WITHOUT_RESULT: Mapping[StepState, Callable[[int, str], Event]] = MappingProxyType(
    {StepState.SKIPPED: StepSkipped, StepState.REFUSED: StepRefused, StepState.CANCELLED: StepCancelled}
)
