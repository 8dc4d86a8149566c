"""`tinyagent eval`: how well requests are planned, by one or several models."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar
from urllib.parse import quote

import typer

from tinyagent_cli.commands.data_files import SEEDS
from tinyagent_cli.commands.files import check_writable, write_whole
from tinyagent_cli.commands.options import EngineOption, options_of
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.commands.streams import print_json, print_warning
from tinyagent_cli.errors import TinyAgentError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from tinyagent_cli.evaluation.contender import Candidate, Contender
    from tinyagent_cli.evaluation.report import Report, Run
    from tinyagent_cli.evaluation.score import Result
    from tinyagent_cli.evaluation.suite import Item
    from tinyagent_cli.tools.registry import Registry

T = TypeVar("T")

Advance: TypeAlias = Callable[[bool], None]
"""Says that one more request is done, and whether its answer was right."""

app = typer.Typer(add_completion=False, rich_markup_mode=None)

NOW = "2026-03-04 09:30"
STDOUT = Path("-")


class SplitName(str, Enum):
    """A part of the seeds that no planner was tuned on."""

    TEST = "test"
    VALIDATION = "validation"


class Category(str, Enum):
    """A part of the Berkeley Function Calling Leaderboard."""

    SIMPLE = "simple_python"
    MULTIPLE = "multiple"
    PARALLEL = "parallel"
    PARALLEL_MULTIPLE = "parallel_multiple"
    IRRELEVANCE = "irrelevance"


FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE.jsonl ...]",
        help='Requests, a line each: {"query", "plan", "tools"?, "document"?, "now"?, "id"?, "style"?}.',
    ),
]
SplitOption = Annotated[SplitName | None, typer.Option(help="Only the requests of this split; of the seeds, test.")]
SeedsOption = Annotated[Path, typer.Option(metavar="DIR", help="The seeds, where no file is named.")]
ModelsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model", metavar="NAME", help="A .gguf file or a name, also with its engine: openai:qwen3. Repeat it."
    ),
]
ToolsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tools",
        metavar="WAY",
        help="Which tools are offered: retrieved (by the classifier), all, top3 (by shared words; any number), or "
        "embedding3 (by a sentence encoder; embedding3:DIR is yours). Repeat it.",
    ),
]
BfclOption = Annotated[
    list[Category] | None,
    typer.Option("--bfcl", help="Requests of the Berkeley Function Calling Leaderboard instead. Repeat it."),
]
JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help='Write everything as JSON; "-" is standard output.')
]
ReportOption = Annotated[Path | None, typer.Option("--report", metavar="FILE.md", help="Write a page of Markdown.")]
PlotsOption = Annotated[Path | None, typer.Option("--plots", metavar="DIR", help="Write plots as SVG.")]
FailuresOption = Annotated[bool, typer.Option("--failures", help="List what was planned wrongly beside what is right.")]
LimitOption = Annotated[int, typer.Option(min=0, help="So many requests, spread evenly; 0 is all of them.")]
FixedNowOption = Annotated[
    str, typer.Option("--now", metavar='"YYYY-MM-DD HH:MM"', help="The time of requests that do not say theirs.")
]


@dataclass(frozen=True)
class Targets:
    """Where results go beside the screen."""

    json: Path | None
    report: Path | None
    plots: Path | None
    failures: bool

    def check(self) -> None:
        """Raises ToolError if a file could not be written, and UsageError if plots could not be drawn."""
        from tinyagent_cli.evaluation.plots import check_library

        files = [self.json if self.json != STDOUT else None, self.report, self.plots and self.plots / "plot.svg"]
        for file in files:
            if file:
                check_writable(file)
        if self.plots:
            check_library()


@app.command()
def command(
    ctx: typer.Context,
    files: FilesArgument = None,
    *,
    split: SplitOption = None,
    seeds: SeedsOption = SEEDS,
    engine: EngineOption = "",
    model: ModelsOption = None,
    tools: ToolsOption = None,
    bfcl: BfclOption = None,
    json: JsonFileOption = None,
    report: ReportOption = None,
    plots: PlotsOption = None,
    failures: FailuresOption = False,
    limit: LimitOption = 0,
    now: FixedNowOption = NOW,
) -> None:
    """Measure how well requests are planned: plan success, arguments, tools, time and tokens.

    Without a file, on the test split of the seeds. Every --model is measured with every way of --tools, in one table.
    """
    session = open_session(options_of(ctx, now=now, engine=engine))
    targets = Targets(json, report, plots, failures)
    if bfcl and (files or split or plots):
        raise UsageError("--bfcl brings its own requests, and has no plots", hint="leave out files, --split, --plots")
    candidates = _candidates(session, model or [], tools or [])
    targets.check()
    if bfcl:
        from tinyagent_cli.commands.evaluate_bfcl import evaluate_bfcl

        evaluate_bfcl(session, candidates, [category.value for category in bfcl], limit, targets)
        return
    evaluate(session, candidates, sources_of(files or [], seeds, split), limit, targets)


@dataclass(frozen=True)
class Sources:
    """Files of requests, and the split of them that is wanted (None: all)."""

    files: Sequence[Path]
    split: SplitName | None
    words: str


def evaluate(session: Session, candidates: Sequence[Candidate], sources: Sources, limit: int, targets: Targets) -> None:
    """Measure every candidate on the same requests, and tell; if it is cut off, what was measured until then."""
    from tinyagent_cli.evaluation.report import Report
    from tinyagent_cli.tools.registry import Registry

    registry = Registry.load(session.config)
    items = read_items(sources, limit, session.clock(), registry)
    runs: list[Run] = []
    try:
        each_candidate(session, candidates, registry, len(items), partial(measure, items, runs))
    except (KeyboardInterrupt, TinyAgentError):
        runs = [run for run in runs if run.results]
        if runs:
            part = cut_off(sum(len(run.results) for run in runs), len(items) * len(candidates))
            _tell(Report(runs, f"{sources.words}, {part}", session.clock()), registry, targets)
        raise
    _tell(Report(runs, sources.words, session.clock()), registry, targets)


def cut_off(answered: int, wanted: int) -> str:
    """Warn that a part of the requests was measured; gives the words for it."""
    print_warning(f"cut off: {answered:,} of {wanted:,} requests were measured")
    return f"cut off after {answered:,} of {wanted:,} requests"


def measure(
    items: Sequence[Item], runs: list[Run], contender: Contender, candidate: Candidate, advance: Advance
) -> None:
    """What a candidate makes of the items: a run that is added to the others at once, and grows."""
    from tinyagent_cli.evaluation.report import Run
    from tinyagent_cli.evaluation.score import judge

    results: list[Result] = []
    runs.append(Run(candidate, results, contender.bytes, contender.bits))
    for item in items:
        answer = contender.answer(item.request, candidate.tools)
        results.append(judge(item, answer, contender.available(item.request.tools)))
        advance(results[-1].success)


def each_candidate(
    session: Session,
    candidates: Sequence[Candidate],
    registry: Registry,
    total: int,
    run: Callable[[Contender, Candidate, Advance], T],
) -> list[T]:
    """What `run` gives for each candidate, with progress on standard error; a model is loaded once, and then freed."""
    from tinyagent_cli.evaluation.contender import Contender, configured
    from tinyagent_cli.ui.evaluation import progress
    from tinyagent_cli.ui.theme import make_console

    console = make_console(sys.stderr, quiet=session.options.quiet)
    runs = []
    for _, of_model in groupby(candidates, key=lambda candidate: (candidate.engine, candidate.model)):
        with ExitStack() as loaded:
            contender = None
            for candidate in of_model:
                with progress(console, candidate.label, total) as advance:
                    if contender is None:
                        contender = Contender(configured(session.config, candidate), registry)
                        loaded.enter_context(closing(contender))
                    contender.prepare(candidate.tools)
                    runs.append(run(contender, candidate, advance))
    return runs


def write_json(value: Mapping[str, Any], target: Path | None) -> None:
    """Write a JSON file, or to standard output. Raises ToolError."""
    if target == STDOUT:
        print_json(value, indent=2)
    elif target is not None:
        text = json_format.dumps(value, ensure_ascii=False, indent=2) + "\n"
        write_whole(target, text.encode("utf-8", errors="replace"))


def _candidates(session: Session, models: Sequence[str], tools: Sequence[str]) -> list[Candidate]:
    """Raises UsageError and ModelError, before anything is measured."""
    from tinyagent_cli.evaluation.contender import check_models, read_candidates

    candidates = read_candidates(session.config, models, tools)
    check_models(session.config, candidates)
    return candidates


def sources_of(files: Sequence[Path], seeds: Path, split: SplitName | None) -> Sources:
    """Raises UsageError where there are no files to read."""
    from tinyagent_cli.training.seeds import seed_files

    if files:
        words = ", ".join(path.name for path in files)
        return Sources(files, split, f"the {split.value} split of {words}" if split else words)
    found = seed_files([seeds]) if seeds.is_dir() else []
    if not found:
        raise UsageError(f"there are no seeds in {seeds}", hint="name a JSONL file, or the folder by --seeds")
    split = split or SplitName.TEST
    return Sources(found, split, f"the {split.value} split of {seeds}")


def read_items(sources: Sources, limit: int, now: datetime, registry: Registry) -> list[Item]:
    """The requests of the sources, `limit` of them at most. Raises UsageError where there are none."""
    from tinyagent_cli.evaluation.suite import read_suite, spread
    from tinyagent_cli.training.seeds import split_of

    items = read_suite(sources.files, now, registry.declared)
    if sources.split:
        items = [item for item in items if split_of(item.request.query) == sources.split.value]
    if not items:
        raise UsageError(f"there are no requests in {sources.words}")
    return spread(items, limit)


def _tell(report: Report, registry: Registry, targets: Targets) -> None:
    """The tables on standard output, and the files that were asked for."""
    from tinyagent_cli.evaluation.report import to_json
    from tinyagent_cli.ui.evaluation import failure

    results = [(run.candidate.label, result) for run in report.runs for result in run.results if not result.success]
    wrong = [(label, failure(result, registry.tools)) for label, result in results] if targets.failures else []
    if targets.json != STDOUT:
        _print(report, wrong)
    write_json(to_json(report), targets.json)
    _write_page(report, wrong, targets)


def _print(report: Report, wrong: Sequence[tuple[str, RenderableType]]) -> None:
    from tinyagent_cli.ui.evaluation import comparison_table, group_table
    from tinyagent_cli.ui.theme import make_console

    console = make_console(sys.stdout)
    console.print(comparison_table(report))
    if len(report.runs) == 1:
        console.print(group_table(report.runs[0].results))
    for label, shown in wrong:
        if len(report.runs) > 1:
            console.print(label, style="plan.level")
        console.print(shown)


def _write_page(report: Report, wrong: Sequence[tuple[str, RenderableType]], targets: Targets) -> None:
    from tinyagent_cli.evaluation.markdown import to_markdown
    from tinyagent_cli.evaluation.plots import draw
    from tinyagent_cli.ui.evaluation import as_text

    plots = {targets.plots / name: content for name, content in draw(report).items()} if targets.plots else {}
    for path, content in plots.items():
        write_whole(path, content)
    if targets.report:
        addresses = [_address(path, targets.report.parent) for path in plots]
        texts = [f"{label}\n{as_text(shown)}" for label, shown in wrong]
        write_whole(targets.report, to_markdown(report, addresses, texts).encode("utf-8", errors="replace"))


def _address(path: Path, folder: Path) -> str:
    """How a page in a folder names a file, as part of a URL."""
    return quote(Path(os.path.relpath(path, folder)).as_posix())
