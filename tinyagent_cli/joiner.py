"""The last step of a request: what came of it, in words made from the results alone, without a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tinyagent_cli.errors import AmbiguousError, ExitStatus
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.tools.arguments import as_text
from tinyagent_cli.tools.spec import Effect, Tool

if TYPE_CHECKING:
    from tinyagent_cli.plan.call import Call

Results = Mapping[int, StepResult]


def answer(plan: Plan, results: Results, tools: Mapping[str, Tool]) -> str:
    """What was found and done, one paragraph or line each in the order of the plan, then what was not and why."""
    used = used_results(plan, results)
    done = [line for call in plan for line in _found_or_done(call, results, tools, used)]
    return "\n".join([*done, *(line for call in plan for line in _trouble(call, results))])


def used_results(plan: Plan, results: Results) -> set[int]:
    """Numbers of the steps whose result went into a step that was done."""
    done = (call for call in plan if _state(call, results) is StepState.DONE)
    return {number for call in done for number in call.references}


def outcome_status(results: Results) -> ExitStatus:
    """How the process ends: a failure counts before a refusal, and an interruption before both."""
    states = {result.state for result in results.values()}
    if StepState.CANCELLED in states:
        return ExitStatus.INTERRUPTED
    if StepState.FAILED in states:
        return ExitStatus.STEP_FAILED
    return ExitStatus.REFUSED if StepState.REFUSED in states else ExitStatus.DONE


def targets(plan: Plan, results: Results) -> list[str]:
    """Paths and URLs to open for the user: those whose result no other step used."""
    used = used_results(plan, results)
    found = (results[call.number].outcome for call in plan if call.number in results and call.number not in used)
    return [outcome.show for outcome in found if outcome is not None and outcome.show]


def _found_or_done(call: Call, results: Results, tools: Mapping[str, Tool], used: set[int]) -> Iterator[str]:
    """A read's result is an answer only if no other step used it; of a long one, all of it is."""
    result = results.get(call.number)
    if result is None or result.outcome is None:
        return
    tool = tools.get(call.tool)
    outcome = result.outcome
    if tool is None or tool.effect is not Effect.READ:
        yield outcome.summary or as_text(outcome.value)
    elif call.number not in used:
        value = as_text(outcome.value)
        yield outcome.summary if value in outcome.summary else value


def _trouble(call: Call, results: Results) -> Iterator[str]:
    result = results.get(call.number)
    if result is None or result.state is StepState.DONE:
        return
    name = f"{call.number} {call.tool}"
    if isinstance(result.error, AmbiguousError):
        yield f"Which one is meant in {name}? {result.error.message}: {result.error.hint}"
    elif result.error is not None:
        yield f"Failed: {name}: {result.error}"
    elif result.reason:
        yield f"{result.state.value.capitalize()}: {name}: {result.reason}"


def _state(call: Call, results: Results) -> StepState | None:
    result = results.get(call.number)
    return result.state if result else None
