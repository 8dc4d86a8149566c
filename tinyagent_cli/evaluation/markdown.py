"""An evaluation as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinyagent_cli.evaluation import published
from tinyagent_cli.evaluation.metrics import grouped
from tinyagent_cli.evaluation.report import (
    COMPARISON,
    LEGEND,
    METRICS,
    NOTHING,
    Report,
    Run,
    comparison_rows,
    metric_rows,
    number,
)


def to_markdown(report: Report, plots: Sequence[str] = (), failures: Sequence[str] = ()) -> str:
    """The page. `plots` are addresses of pictures, `failures` texts of plans that went wrong."""
    count = len(report.runs[0].results)
    parts = [
        "# Evaluation",
        f"{count:,} requests: {report.sources}. Dates count from {report.now:%Y-%m-%d %H:%M %Z} unless a request says "
        "otherwise.",
        table(["model", *(heading for heading, _ in COMPARISON)], comparison_rows(report)),
        LEGEND,
        *(f"![{address}]({address})" for address in plots),
        *(part for run in report.runs for part in _details(run)),
        "## As published",
        published.CAPTION,
        *_published(),
    ]
    if failures:
        parts += ["## Failures", *map(fenced, failures)]
    return "\n\n".join(parts) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are numbers."""
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in [headings, rule, *rows])


def fenced(text: str) -> str:
    """A text as it is, behind a fence that it cannot end."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _details(run: Run) -> Iterable[str]:
    yield f"## {run.candidate.label}"
    headings = [heading for heading, _ in METRICS]
    for kind, groups in grouped(run.results).items():
        yield table([f"by {kind}", *headings], metric_rows(groups))


def _published() -> Iterable[str]:
    yield table(
        ["model", "tools", "bits", "plan success %", "latency s", "size GB"],
        [
            [
                model.name,
                model.tools or NOTHING,
                number(model.bits),
                number(model.success, 2),
                number(model.seconds, 1),
                number(model.gigabytes, 2),
            ]
            for model in published.MODELS
        ],
    )
    yield table(
        ["tools", "recall", "prompt tokens", "TinyAgent-1.1B %", "TinyAgent-7B %"],
        [
            [
                way.name,
                number(way.recall, 3),
                number(way.prompt_tokens),
                number(way.success_1b, 2),
                number(way.success_7b, 2),
            ]
            for way in published.RETRIEVAL
        ],
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
