"""An evaluation on the screen: progress, tables, and plans that went wrong beside the right ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tinyagent_cli.evaluation.metrics import grouped
from tinyagent_cli.evaluation.report import COMPARISON, METRICS, Report, comparison_rows, metric_rows
from tinyagent_cli.evaluation.score import Result
from tinyagent_cli.tools.spec import Tool, planned_only
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import make_console
from tinyagent_cli.ui.tree import plain_tree

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

PAGE_CELLS = 120
"""Width of what goes into a file."""


@contextmanager
def progress(console: Console, label: str, total: int) -> Iterator[Callable[[bool], None]]:
    """A bar with the share of right plans so far, on a terminal only; it leaves nothing behind.

    What it yields is told after every request whether its plan was right.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    bar = Progress(
        *columns,
        TextColumn("{task.fields[right]} right", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or console.quiet,
    )
    done = {True: 0, False: 0}
    with bar:
        task = bar.add_task(one_line(label), total=total, right="-")

        def advance(right: bool) -> None:
            done[right] += 1
            bar.update(task, advance=1, right=f"{done[True] / sum(done.values()):.0%}")

        yield advance


def comparison_table(report: Report) -> Table:
    """One column a candidate, since there are few of them."""
    names, *rows = zip(["", *(heading for heading, _ in COMPARISON)], *comparison_rows(report), strict=True)
    return make_table(names, [rows])


def group_table(results: Sequence[Result]) -> Table:
    """The metrics by plan length, tool and style, a section each."""
    headings = ["", *(heading for heading, _ in METRICS)]
    return make_table(headings, [metric_rows(groups) for groups in grouped(results).values()])


def make_table(headings: Sequence[str], sections: Sequence[Sequence[Sequence[str]]]) -> Table:
    """A table whose first column is text and whose others are numbers."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False, collapse_padding=True)
    lines = [list(map(one_line, row)) for rows in sections for row in rows]
    for position, heading in enumerate(headings):
        cells = [line[position] for line in lines]
        width = max(map(cell_len, cells if position else " ".join(cells).split()), default=0)
        # Only headings may become narrower: what is cut off at the right edge of a terminal is lost.
        table.add_column(
            heading, justify="right" if position else "left", min_width=width, overflow="fold", no_wrap=not position
        )
    for rows in sections:
        for row in rows:
            table.add_row(*map(one_line, row))
        table.add_section()
    return table


def failure(result: Result, tools: Mapping[str, Tool]) -> RenderableType:
    """A request whose plan is wrong: the right one and ours side by side, or what stood in the way of ours."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    request, plan = result.item.request, result.answer.plan
    trees = Table.grid(padding=(0, 2), expand=True)
    trees.add_column("wanted", ratio=1)
    trees.add_column("planned", ratio=1)
    trees.add_row(Text("wanted", style="plan.level"), Text("planned", style="plan.level"))
    known = tools if request.tools is None else {tool.name: planned_only(tool) for tool in request.tools}
    why = Text(one_line(result.answer.error), style="step.failed")
    ours = why if plan is None else plain_tree(plan, known, request.now)
    trees.add_row(plain_tree(result.item.reference, known, request.now), ours)
    return Group(Text(f"{one_line(request.id)}  {one_line(request.query)}", style="message.question"), trees, Text())


def as_text(renderable: RenderableType) -> str:
    """The same for a file: plain, and as wide as a page."""
    stream = io.StringIO()
    make_console(stream, width=PAGE_CELLS).print(renderable)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
