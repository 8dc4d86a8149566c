"""Results on the Berkeley Function Calling Leaderboard, by category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tinyagent_cli.evaluation import published
from tinyagent_cli.evaluation.bfcl import Problem, fault
from tinyagent_cli.evaluation.contender import Answer, Candidate
from tinyagent_cli.evaluation.markdown import fenced, table
from tinyagent_cli.evaluation.metrics import Latency, Share, latency
from tinyagent_cli.evaluation.report import NOTHING, number, seconds, with_interval
from tinyagent_cli.plan.call import conventional_plan


@dataclass(frozen=True)
class Verdict:
    """An answer and what the checker finds wrong with it; an empty `fault` is a right answer."""

    problem: Problem
    answer: Answer
    fault: str


@dataclass(frozen=True)
class BfclRun:
    """What one candidate made of the problems. `bytes` is the size of its weights."""

    candidate: Candidate
    verdicts: Sequence[Verdict]
    bytes: int | None

    def of(self, category: str) -> list[Verdict]:
        """Those of one category."""
        return [verdict for verdict in self.verdicts if verdict.problem.category == category]


def judge_problem(problem: Problem, answer: Answer) -> Verdict:
    """Judge an answer; what is not supported is wrong, whatever the answer."""
    if problem.unsupported:
        return Verdict(problem, answer, f"not supported: {problem.unsupported}")
    return Verdict(problem, answer, answer.error if answer.plan is None else fault(problem, answer.plan))


def accuracy(verdicts: Sequence[Verdict]) -> Share:
    """The share of right answers."""
    return Share(sum(not verdict.fault for verdict in verdicts), len(verdicts))


def headings(runs: Sequence[BfclRun]) -> list[str]:
    """What stands above `rows`."""
    return [
        "category",
        "problems",
        "not supported",
        *(run.candidate.label for run in runs),
        published.FUNCTION_GEMMA_NAME,
    ]


def rows(runs: Sequence[BfclRun], categories: Sequence[str]) -> list[list[str]]:
    """One row a category, with the accuracy of each candidate in per cent, and what it took below."""
    times = [seconds(_latency(run.verdicts)) for run in runs]
    sizes = [number(None if run.bytes is None else run.bytes / 1e6) for run in runs]
    return [
        *(_row(category, [run.of(category) for run in runs]) for category in categories),
        _row("all", [run.verdicts for run in runs]),
        ["seconds", "", "", *times, NOTHING],
        ["size MB", "", "", *sizes, number(published.FUNCTION_GEMMA_MEGABYTES)],
    ]


def to_json(runs: Sequence[BfclRun], categories: Sequence[str], suite: str) -> dict[str, Any]:
    """Everything: accuracy by category, and every verdict. `suite` says what was measured."""
    return {"suite": suite, "runs": [_run(run, categories) for run in runs]}


def to_markdown(runs: Sequence[BfclRun], categories: Sequence[str], suite: str, *, failures: bool) -> str:
    """A page with the table, and with what went wrong. `suite` says what was measured."""
    parts = [
        "# Berkeley Function Calling Leaderboard",
        f"Measured: {suite}. Accuracy by category in per cent, by the leaderboard's own checker, in brackets the 95 % "
        "confidence interval. "
        "What is not supported counts as wrong. Two times are the median and the 95th percentile.",
        table(headings(runs), rows(runs, categories)),
        published.BFCL_CAPTION,
    ]
    if failures:
        wrong = [(run, verdict) for run in runs for verdict in run.verdicts if verdict.fault]
        parts += ["## Failures", *(fenced(f"{run.candidate.label}\n{told(verdict)}") for run, verdict in wrong)]
    return "\n\n".join(parts) + "\n"


def told(verdict: Verdict) -> str:
    """A problem, the plan and what is wrong with it."""
    plan = verdict.answer.plan
    calls = [f"  {call}" for call in (conventional_plan(plan) if plan else ["no call"])]
    request = verdict.problem.request
    return "\n".join([f"{request.id}  {' '.join(request.query.split())}", *calls, f"  {verdict.fault}"])


def _run(run: BfclRun, categories: Sequence[str]) -> dict[str, Any]:
    shares = {category: accuracy(run.of(category)) for category in categories}
    return {
        **asdict(run.candidate),
        "bytes": run.bytes,
        "accuracy": {category: asdict(share) | {"share": share.value} for category, share in shares.items()},
        "results": [_verdict(verdict) for verdict in run.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    plan = verdict.answer.plan
    return {
        "id": verdict.problem.request.id,
        "plan": None if plan is None else conventional_plan(plan),
        "success": not verdict.fault,
        "fault": verdict.fault,
        "seconds": dict(verdict.answer.seconds),
    }


def _row(name: str, verdicts: Sequence[Sequence[Verdict]]) -> list[str]:
    """The problems are the same for every candidate."""
    unsupported = sum(bool(verdict.problem.unsupported) for verdict in verdicts[0])
    accuracies = [with_interval(accuracy(found)) for found in verdicts]
    theirs = number(published.FUNCTION_GEMMA.get(name), 1)
    return [name, number(len(verdicts[0])), number(unsupported), *accuracies, theirs]


def _latency(verdicts: Sequence[Verdict]) -> Latency | None:
    answers = [verdict.answer for verdict in verdicts if verdict.answer.plan is not None]
    return latency([sum(answer.seconds.values()) for answer in answers])
