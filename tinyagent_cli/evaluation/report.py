"""An evaluation as rows of text and as JSON. The keys of the JSON are added to, never renamed or removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tinyagent_cli.evaluation.contender import Candidate
from tinyagent_cli.evaluation.metrics import Latency, Share, Summary, grouped, summarise
from tinyagent_cli.evaluation.score import Result
from tinyagent_cli.plan.call import conventional_plan

NOTHING = "-"


@dataclass(frozen=True)
class Run:
    """What one candidate made of the items. `bytes` is the size of its weights, `bits` of one; None if unknown."""

    candidate: Candidate
    results: Sequence[Result]
    bytes: int | None
    bits: int | None = None

    @property
    def summary(self) -> Summary:
        """The metrics over all items."""
        return summarise(self.results)


@dataclass(frozen=True)
class Report:
    """Several candidates on the same items. `sources` says where those come from."""

    runs: Sequence[Run]
    sources: str
    now: datetime


def percent(share: Share) -> str:
    """Per cent with one decimal: `93.4`."""
    return NOTHING if share.value is None else f"{100 * share.value:.1f}"


def with_interval(share: Share) -> str:
    """The share, and between what the true one lies with 95 % confidence: `93.4 (90-96)`."""
    interval = share.interval()
    return NOTHING if interval is None else f"{percent(share)} ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def number(value: float | None, digits: int = 0) -> str:
    """A number with so many decimals."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def seconds(latency: Latency | None) -> str:
    """Median and 95th percentile: `0.312 / 0.807`."""
    return NOTHING if latency is None else f"{latency.median:.3f} / {latency.p95:.3f}"


METRICS: Sequence[tuple[str, Callable[[Summary], str]]] = (
    ("requests", lambda summary: number(summary.requests)),
    ("plan success %", lambda summary: percent(summary.success)),
    ("arguments %", lambda summary: percent(summary.arguments)),
    ("tool recall %", lambda summary: percent(summary.recall)),
    ("tool precision %", lambda summary: percent(summary.precision)),
    ("valid plans %", lambda summary: percent(summary.valid)),
    ("true copies %", lambda summary: percent(summary.copied)),
    ("median s", lambda summary: NOTHING if summary.total is None else number(summary.total.median, 2)),
)
"""What a group of requests is told by."""

COMPARISON: Sequence[tuple[str, Callable[[Run, Summary], str]]] = (
    ("plan success %", lambda run, summary: with_interval(summary.success)),
    ("arguments %", lambda run, summary: percent(summary.arguments)),
    ("tools offered", lambda run, summary: number(summary.offered, 1)),
    ("of those needed %", lambda run, summary: percent(summary.needed)),
    ("prompt tokens", lambda run, summary: number(summary.prompt_tokens)),
    ("plan tokens", lambda run, summary: number(summary.plan_tokens)),
    ("retrieve s", lambda run, summary: seconds(summary.retrieve)),
    ("plan s", lambda run, summary: seconds(summary.plan)),
    ("bits", lambda run, summary: number(run.bits)),
    ("size MB", lambda run, summary: number(None if run.bytes is None else run.bytes / 1e6)),
)
"""What a candidate is told by."""

LEGEND = (
    "Plan success: the graph of calls is the reference's (in brackets, the 95 % confidence interval). Arguments: the "
    "right ones, in plans that succeed. Tool recall and precision: calls of the reference that the plan makes, and the "
    "reverse. Valid plans: they parse and check. True copies: texts to be copied that stand in the request. Of those "
    "needed: tools that the reference calls and that were offered. Two times are the median and the 95th percentile."
)
"""What the columns mean."""


def metric_rows(groups: Mapping[str, Sequence[Result]]) -> list[list[str]]:
    """One row a group: its name, then the values of `METRICS`."""
    summaries = {name: summarise(results) for name, results in groups.items()}
    return [[name, *(tell(summary) for _, tell in METRICS)] for name, summary in summaries.items()]


def comparison_rows(report: Report) -> list[list[str]]:
    """One row a candidate: its name, then the values of `COMPARISON`."""
    summaries = [(run, run.summary) for run in report.runs]
    return [[run.candidate.label, *(tell(run, summary) for _, tell in COMPARISON)] for run, summary in summaries]


def to_json(report: Report) -> dict[str, Any]:
    """Everything: each candidate's metrics, as a whole and by group, and every answer."""
    return {"sources": report.sources, "now": report.now.isoformat(), "runs": [_run(run) for run in report.runs]}


def _run(run: Run) -> dict[str, Any]:
    groups = grouped(run.results)
    return {
        **asdict(run.candidate),
        "bytes": run.bytes,
        "bits": run.bits,
        "summary": _summary(run.summary),
        "groups": {
            kind: {name: _summary(summarise(results)) for name, results in members.items()}
            for kind, members in groups.items()
        },
        "results": [_result(result) for result in run.results],
    }


def _summary(summary: Summary) -> dict[str, Any]:
    entry = asdict(summary)
    for key, value in vars(summary).items():
        if isinstance(value, Share):
            entry[key] |= {"share": value.value}
    return entry | {"success_interval": summary.success.interval()}


def _result(result: Result) -> dict[str, Any]:
    item, answer = result.item, result.answer
    return {
        "id": item.request.id,
        "style": item.style,
        "query": item.request.query,
        "reference": conventional_plan(item.reference),
        "plan": None if answer.plan is None else conventional_plan(answer.plan),
        "error": answer.error,
        "written": answer.written,
        "success": result.success,
        "arguments": asdict(result.arguments),
        "offered": list(answer.offered),
        "seconds": dict(answer.seconds),
        "usage": asdict(answer.usage) if answer.usage else None,
    }
