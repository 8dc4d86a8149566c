"""What became of each step of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.tools.spec import Outcome


class StepState(str, Enum):
    """Where a step stands. The last five are ends."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    REFUSED = "refused"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the step."""
        return self not in (StepState.PENDING, StepState.RUNNING)


@dataclass(frozen=True)
class StepResult:
    """One step as it stands.

    `outcome` is set when it is done, `error` when it failed; `reason` is a line on why it was skipped,
    refused or cancelled. `started` and `ended` are seconds since the executor began.
    """

    number: int
    tool: str
    state: StepState
    outcome: Outcome | None = None
    error: TinyAgentError | None = None
    reason: str = ""
    started: float | None = None
    ended: float | None = None

    @property
    def value(self) -> Any:
        """What later calls receive; None unless the step is done."""
        return self.outcome.value if self.outcome else None

    @property
    def seconds(self) -> float:
        """How long it ran; 0 if it did not."""
        return self.ended - self.started if self.started is not None and self.ended is not None else 0.0
