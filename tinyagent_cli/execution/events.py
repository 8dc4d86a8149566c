"""What happens while a plan runs, as it happens: for the live view, and one JSON object each for scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from tinyagent_cli.tools.arguments import as_text


@dataclass(frozen=True)
class ToolsOffered:
    """Retrieval is over; the planner may choose from these tools."""

    tools: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class PlanWritten:
    """The plan is whole: its calls without numbers, dates in ISO form. `seconds` is how long the planner wrote."""

    plan: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class StepAdded:
    """A call joined the plan. `needs` are the calls it waits for; `decision` is the policy's."""

    number: int
    tool: str
    call: str
    needs: tuple[int, ...]
    effect: str
    decision: str


@dataclass(frozen=True)
class StepStarted:
    """A call runs, with these values as its arguments."""

    number: int
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class StepRetried:
    """A read failed in passing and is tried again; `attempt` is the one that failed, from 1."""

    number: int
    attempt: int
    error: str


@dataclass(frozen=True)
class StepQuestion:
    """A name fits several things, and the user is asked which."""

    number: int
    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class StepFinished:
    """A call is done. `show` is a path or URL to open for the user."""

    number: int
    value: Any
    summary: str
    show: str
    seconds: float


@dataclass(frozen=True)
class StepFailed:
    """A call could not do its work; `hint` says what to do."""

    number: int
    error: str
    hint: str
    seconds: float


@dataclass(frozen=True)
class StepSkipped:
    """A call does not run, because a call that it needs did not, or because the user dropped it."""

    number: int
    reason: str


@dataclass(frozen=True)
class StepRefused:
    """The user or the policy said no to a call."""

    number: int
    reason: str


@dataclass(frozen=True)
class StepCancelled:
    """A call was interrupted, or did not come to run before everything was."""

    number: int
    reason: str


@dataclass(frozen=True)
class PlanCompleted:
    """No further call joins the plan."""

    calls: int


@dataclass(frozen=True)
class PlanFailed:
    """The plan broke off; what had not run does not run."""

    error: str


Event: TypeAlias = (
    ToolsOffered
    | PlanWritten
    | StepAdded
    | StepStarted
    | StepRetried
    | StepQuestion
    | StepFinished
    | StepFailed
    | StepSkipped
    | StepRefused
    | StepCancelled
    | PlanCompleted
    | PlanFailed
)


def to_json(event: Event) -> dict[str, Any]:
    """An event as JSON values, its kind under "event": `{"event": "step_started", "number": 1, ...}`."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    values = {field.name: jsonable(getattr(event, field.name)) for field in fields(event)}
    if "seconds" in values:
        values["seconds"] = round(values["seconds"], 4)
    return {"event": kind} | values


def jsonable(value: Any) -> Any:
    """A value as JSON can hold it; what JSON has no form for is written out as text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    return as_text(value)
