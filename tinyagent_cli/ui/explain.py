"""A plan in plain English: each step with its full values, what leaves the machine and what can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyagent_cli.execution.policy import Decision
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Effect
from tinyagent_cli.ui.arguments import ArgumentWriter, PlanView
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import effect_style, glyphs

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

INDENT = (0, 0, 0, 3)

CONSEQUENCES: Mapping[Effect, str] = {
    Effect.READ: "Only looks something up; changes nothing.",
    Effect.WRITE: "Changes something on this machine; can be undone.",
    Effect.SEND: "May leave this machine; cannot be undone.",
}

POLICIES: Mapping[Decision, str] = {
    Decision.ALLOW: "Runs without a question of its own: your policy allows it.",
    Decision.ASK: "Your policy asks before it runs.",
    Decision.DENY: "Will not run: your policy denies it.",
}
"""What is said of a call that the policy treats otherwise than is usual."""


@dataclass(frozen=True)
class Explanation:
    """Every step of a plan in words, with nothing cut short."""

    view: PlanView

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a paragraph a step."""
        from rich.padding import Padding
        from rich.text import Text

        writer = ArgumentWriter(self.view, glyphs(console), full=True)
        for position, call in enumerate(self.view.plan):
            if position:
                yield ""
            style = effect_style(self.view.effect(call))
            yield Text.assemble((f"{call.number} ", "step.number"), (one_line(call.tool), style))
            yield Padding(Text(_sentence(call, self.view)), INDENT)
            yield Padding(_details(call, writer), INDENT)


def _sentence(call: Call, view: PlanView) -> str:
    tool = view.tools.get(call.tool)
    description = one_line(tool.signature.description) if tool else "A tool that is not known here."
    exception = view.exception(call)
    policy = POLICIES[exception] if exception else ""
    return " ".join(filter(None, (description, CONSEQUENCES[view.effect(call)], policy)))


def _details(call: Call, writer: ArgumentWriter) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="argument.name", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in writer.arguments(call):
        table.add_row(Text(name), value)
    for line in _remarks(call, writer.view):
        table.add_row(Text(line[0]), Text(one_line(line[1])))
    found, value = writer.view.found(call.number)
    if found:
        table.add_row(Text("found"), writer.result(value))
    return table


def _remarks(call: Call, view: PlanView) -> Iterator[tuple[str, str]]:
    needed = [number for number in call.references if number]
    if needed:
        yield "waits for", f"step{'s' if len(needed) > 1 else ''} {listed(needed)}"
    result = view.results.get(call.number)
    if result is not None and result.error is not None:
        yield "failed", str(result.error)
    elif result is not None and result.reason and view.exception(call) is not Decision.DENY:
        yield result.state.value, result.reason


def listed(numbers: Sequence[int]) -> str:
    """Numbers as a sentence has them: `1, 2 and 3`."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
