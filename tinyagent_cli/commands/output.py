"""Reports as JSON. The forms are part of the interface: keys are added, never renamed or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinyagent_cli.execution.events import jsonable
from tinyagent_cli.plan.call import conventional_plan

if TYPE_CHECKING:
    from tinyagent_cli.agent import Report
    from tinyagent_cli.errors import TinyAgentError
    from tinyagent_cli.execution.results import StepResult
    from tinyagent_cli.plan.call import Call


def report_to_json(report: Report) -> dict[str, Any]:
    """A request that was planned: its plan, its steps, the answer, and seconds by stage."""
    steps = [_step(call, report.results[call.number]) for call in report.plan if call.number in report.results]
    entry: dict[str, Any] = {
        "request": report.request,
        "status": report.status.name.lower(),
        "exit_status": int(report.status),
        "answer": report.answer,
        "plan": conventional_plan(report.plan),
        "tools": list(report.offered),
        "steps": steps,
        "seconds": {stage: round(seconds, 4) for stage, seconds in report.seconds.items()},
    }
    return entry if report.problem is None else entry | _problem(report.problem)


def problem_to_json(request: str, error: TinyAgentError) -> dict[str, Any]:
    """A request that there is no plan for."""
    status = error.exit_status
    return {"request": request, "status": status.name.lower(), "exit_status": int(status)} | _problem(error)


def _problem(error: TinyAgentError) -> dict[str, Any]:
    return {"error": error.message, "hint": error.hint}


def _step(call: Call, result: StepResult) -> dict[str, Any]:
    entry = {
        "number": call.number,
        "tool": call.tool,
        "call": call.conventional(),
        "state": result.state.value,
        "seconds": round(result.seconds, 4),
    }
    if result.outcome is not None:
        entry |= {"value": jsonable(result.outcome.value), "summary": result.outcome.summary}
    if result.error is not None:
        entry |= _problem(result.error)
    return entry | ({"reason": result.reason} if result.reason else {})
