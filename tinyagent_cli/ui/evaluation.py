"""An evaluation on the screen: progress, tables, and plans that went wrong beside the right ones."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tinyagent_cli.evaluation.metrics import grouped
from tinyagent_cli.evaluation.report import COMPARISON, METRICS, Report, comparison_rows, metric_rows
from tinyagent_cli.evaluation.score import Result
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.tools.spec import Effect, Outcome, Tool
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import make_console
from tinyagent_cli.ui.tree import PlanTree

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from tinyagent_cli.tools.context import ToolContext

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

    table = Table(box=box.SIMPLE, pad_edge=False)
    lines = [list(map(one_line, row)) for rows in sections for row in rows]
    for position, heading in enumerate(headings):
        cells = [line[position] for line in lines]
        width = max(map(cell_len, cells if position else " ".join(cells).split()), default=0)
        table.add_column(heading, justify="right" if position else "left", min_width=width, overflow="fold")
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
    known = tools if request.tools is None else {tool.name: _as_tool(tool) for tool in request.tools}
    ours = Text(one_line(result.answer.error), style="step.failed") if plan is None else _tree(plan, known, result)
    trees.add_row(_tree(result.item.reference, known, result), ours)
    return Group(Text(f"{request.id}  {one_line(request.query)}", style="message.question"), trees, Text())


def as_text(renderable: RenderableType) -> str:
    """The same for a file: plain, and as wide as a page."""
    stream = io.StringIO()
    make_console(stream, width=PAGE_CELLS).print(renderable)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _tree(plan: Plan, tools: Mapping[str, Tool], result: Result) -> RenderableType:
    from rich.text import Text

    if not plan:
        return Text("no call: no tool serves the request", style="value.missing")
    return PlanTree(PlanView(plan, tools, {}, result.item.request.now, Policy()))


def _as_tool(signature: Signature) -> Tool:
    """A tool that came with a request. It is drawn as a lookup, which takes the fewest lines."""
    return Tool(signature, Effect.READ, _not_here)


def _not_here(context: ToolContext, /, **arguments: Any) -> Outcome:
    raise NotImplementedError("a tool that came with a request can be planned with, not run")
