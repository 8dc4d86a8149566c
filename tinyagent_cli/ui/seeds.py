"""Seeds on the screen: one with its tree, many as tables, and how far a run is that writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from tinyagent_cli.plan.call import Plan
from tinyagent_cli.tools.spec import Tool
from tinyagent_cli.training.check import Reject
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.stats import Groups, Stats
from tinyagent_cli.ui.text import one_line, visible
from tinyagent_cli.ui.tree import plain_tree

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

SHOWN_PAIRS = 20
"""So many of the pairs of tools that never stand together are named."""


def seed_view(seed: Seed, plan: Plan, tools: Mapping[str, Tool], now: datetime) -> RenderableType:
    """The request, what is piped in beside it, and the plan as a tree."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(visible(seed.query), style="message.question")]
    if seed.document is not None:
        parts.append(Text(f"piped in: {visible(seed.document)}", style="value.words"))
    return Group(*parts, plain_tree(plan, tools, now))


def stats_tables(stats: Stats) -> RenderableType:
    """The statistics as tables, one below the other."""
    from rich.console import Group
    from rich.text import Text

    middle, longest, different = stats.words
    summary = {
        "seeds": stats.seeds,
        **stats.splits,
        "out of reach": stats.refusals,
        "with a piped document": stats.documents,
        "with tools of their own": stats.own_tools,
    }
    amounts = {
        "sets of such tools": stats.tool_sets,
        "words, median": middle,
        "words, longest": longest,
        "words, different": different,
    }
    lengths = {f"{length} call{'' if length == 1 else 's'}": count for length, count in stats.lengths.items()}
    return Group(
        _table(summary, stats.seeds),
        _table(amounts),
        *(_table(counts, stats.seeds) for counts in (lengths, stats.tools, stats.files)),
        Text(_covered("pairs", stats.pairs)),
        Text(_covered("triples", stats.triples)),
        _missing(stats.pairs),
    )


@contextmanager
def generation(console: Console, total: int) -> Iterator[Callable[[int, str], None]]:
    """A bar on a terminal, which leaves nothing behind; anything else gets a line each time.

    What it yields is told how many seeds there are, and what more to say.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("seeds"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[more]}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or console.quiet,
    )
    with bar:
        task = bar.add_task("seeds", total=total, more="")

        def told(seeds: int, more: str) -> None:
            bar.update(task, completed=seeds, more=more)
            if not console.is_terminal:
                console.print(f"{seeds:,} of {total:,} seeds, {more}", soft_wrap=True)

        yield told


@contextmanager
def counting(console: Console, label: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, which leaves nothing behind; what it yields is called for every step."""
    from rich.progress import Progress

    bar = Progress(console=console, transient=True, disable=not console.is_terminal or console.quiet)
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def reject_text(reject: Reject) -> Text:
    """`office.jsonl:12: why`, and the request below."""
    from rich.text import Text

    text = Text.assemble(f"{reject.path}:{reject.line}: ", (one_line(reject.reason), "step.failed"))
    return text.append(f"\n    {one_line(reject.query)}", style="value.words") if reject.query else text


def _table(counts: Mapping[str, int], seeds: int = 0) -> Table:
    """Counts, and of so many seeds also their share."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column(justify="right", style="dim")
    for name, count in counts.items():
        table.add_row(one_line(name), f"{count:,}", f"{count / seeds:.1%}" if seeds else "")
    return table


def _covered(what: str, groups: Groups) -> str:
    return f"{what} of tools in one plan: {groups.covered:,} of {groups.possible:,}"


def _missing(pairs: Groups) -> RenderableType:
    from rich.text import Text

    if not pairs.missing:
        return Text("every pair occurs", style="step.done")
    named: Sequence[str] = [" + ".join(pair) for pair in pairs.missing[:SHOWN_PAIRS]]
    more = len(pairs.missing) - len(named)
    return Text("\n".join(["pairs that never occur:", *named, *([f"and {more:,} more"] if more else [])]))
