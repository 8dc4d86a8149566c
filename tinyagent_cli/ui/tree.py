"""The plan as a tree: what runs together stands together, with the values that are already known.

together
├── ✓ 1 get_email_address  name Sid → sid@acme.com
└── ✓ 2 open_note  name Notes → Agenda for Thursday: the budget, two new hires…
then
└── ○ 3 compose_new_email  sends
        recipients  Sid → sid@acme.com
        subject     Notes
        context     Notes → Agenda for Thursday: the budget, two new hires…
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tinyagent_cli.execution.policy import Decision, Policy
from tinyagent_cli.execution.results import StepState
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.graph import levels
from tinyagent_cli.tools.spec import Effect, Tool
from tinyagent_cli.ui.arguments import ArgumentWriter, PlanView
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import Glyphs, effect_style, glyphs

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

INDENT = 4
ARGUMENT_LINES = 3
"""Lines that one argument may take before it is cut."""
OUTCOME_CELLS = 24
"""Room that what a lookup found needs to stand, cut, on the lookup's own line."""
NARROW = 12
"""Cells below which a value no longer stands beside its name."""

DENIED = "will not run: the policy denies it"

_VERBS: Mapping[Effect, str] = {Effect.READ: "", Effect.WRITE: "writes", Effect.SEND: "sends"}


def plain_tree(plan: Plan, tools: Mapping[str, Tool], now: datetime) -> RenderableType:
    """A plan that nobody runs."""
    from rich.text import Text

    if not plan:
        return Text("no call: no tool serves the request", style="value.missing")
    return PlanTree(PlanView(plan, tools, {}, now, Policy()))


@dataclass(frozen=True)
class PlanTree:
    """A plan that rich can print at any width, with any character set."""

    view: PlanView

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the tree, drawn for this console."""
        from rich.text import Text
        from rich.tree import Tree

        writer = ArgumentWriter(self.view, glyphs(console))
        root = Tree("", hide_root=True, guide_style="plan.guide")
        for position, level in enumerate(levels(self.view.plan)):
            branch = root.add(Text(_heading(position, level), style="plan.level"))
            lookups = [call for call in level if self.view.effect(call) is Effect.READ]
            column = max((len(call.tool) for call in lookups), default=0)
            for call in level:
                branch.add(StepBlock(call, writer, column))
        yield root


def _heading(position: int, level: Sequence[Call]) -> str:
    words = (["then"] if position else []) + (["together"] if len(level) > 1 else [])
    return ", ".join(words) or "first"


@dataclass(frozen=True)
class StepBlock:
    """One call: a line for a lookup, a line and a table of arguments for what acts on the world.

    `column` is the width of the tools' names among the lookups beside it.
    """

    call: Call
    writer: ArgumentWriter
    column: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines of the call, none wider than there is room for."""
        effect = self.writer.view.effect(self.call)
        width = options.max_width
        arrow = f"{self.writer.glyphs.arrow} "
        head, note, found = self._head(effect), self._note(effect), self._found()
        arguments = list(self.writer.arguments(self.call))
        line, head = self._inline(head, arguments) + note, head + note
        if effect is Effect.READ and line.cell_len <= width:
            head, arguments = line, []
            room = width - line.cell_len - 1 - len(arrow)
            if found is not None and room >= min(found.cell_len, OUTCOME_CELLS):
                head, found = line.append(f" {arrow}").append_text(found), None
        yield fitted(head, console, width, 1)
        if arguments:
            yield ArgumentTable(arguments)
        if found is not None:
            yield _indented(found, console, width, arrow)
        trouble = self._trouble()
        if trouble is not None:
            yield _indented(trouble, console, width)

    def _head(self, effect: Effect) -> Text:
        from rich.text import Text

        style = effect_style(effect)
        mark = state_mark(self._state(), self.writer.glyphs, style)
        return Text.assemble(mark, " ", (str(self.call.number), "step.number"), " ", (one_line(self.call.tool), style))

    def _note(self, effect: Effect) -> Text:
        """What the call does to the world, and what the policy says of it."""
        from rich.text import Text

        if self._denied:
            return Text(f"  {DENIED}", style="policy.deny")
        note = Text(f"  {_VERBS[effect]}" if _VERBS[effect] else "", style="dim")
        exception = self.writer.view.exception(self.call)
        if exception is Decision.ALLOW:
            note.append(" without asking", style="policy.allow")
        elif exception is Decision.ASK:
            note.append("  asks first", style="policy.ask")
        return note

    def _state(self) -> StepState:
        """Where the call stands; one that will be refused counts as that before it is."""
        result = self.writer.view.results.get(self.call.number)
        if result is not None:
            return result.state
        return StepState.REFUSED if self._denied else StepState.PENDING

    @property
    def _denied(self) -> bool:
        return self.writer.view.exception(self.call) is Decision.DENY

    def _inline(self, head: Text, arguments: Sequence[tuple[str, Text]]) -> Text:
        from rich.text import Text

        line = head + Text(" " * (self.column - len(self.call.tool)))
        for position, (name, value) in enumerate(arguments):
            line.append(self.writer.glyphs.separator if position else "  ")
            line.append(f"{name} ", style="argument.name")
            line.append_text(value)
        return line

    def _found(self) -> Text | None:
        """What the call gave, if it is done."""
        found, value = self.writer.view.found(self.call.number)
        return self.writer.result(value) if found else None

    def _trouble(self) -> Text | None:
        """Why the call has no result, if it never will."""
        from rich.text import Text

        result = self.writer.view.results.get(self.call.number)
        if result is not None and result.error is not None:
            return Text(one_line(str(result.error)), style="step.failed")
        if result is not None and result.reason and not self._denied:
            return Text(one_line(result.reason), style="step.skipped")
        return None


@dataclass(frozen=True)
class ArgumentTable:
    """Names and values in two columns; on a narrow screen each value stands under its name."""

    arguments: Sequence[tuple[str, Text]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield one block of lines an argument."""
        from rich.text import Text

        column = max(Text(name).cell_len for name, _ in self.arguments) + 2
        room = options.max_width - INDENT - column
        for name, value in self.arguments:
            label = Text(name, style="argument.name")
            if room < NARROW:
                yield fitted(label, console, options.max_width, 1)
                yield _indented(value, console, options.max_width)
            else:
                label.align("left", column)
                yield _hanging(Text(" " * INDENT) + label, fitted(value, console, room, ARGUMENT_LINES))


def state_mark(state: StepState, signs: Glyphs, waiting_style: str) -> tuple[str, str]:
    """The sign of a step's state, and its style."""
    marks = {
        StepState.PENDING: (signs.waiting, waiting_style),
        StepState.RUNNING: (signs.running, "step.running"),
        StepState.DONE: (signs.done, "step.done"),
        StepState.FAILED: (signs.failed, "step.failed"),
    }
    return marks.get(state, (signs.skipped, "step.skipped"))


def fitted(text: Text, console: Console, width: int, lines: int) -> Text:
    """The text in at most so many lines of a width in cells; what is cut off is marked by an ellipsis."""
    from rich.text import Text

    ellipsis = glyphs(console).ellipsis
    wrapped = text.wrap(console, max(width, 1))
    kept = list(wrapped[:lines])
    for line in kept:
        line.rstrip()
    if len(wrapped) > lines:
        kept[-1].truncate(max(width - len(ellipsis), 0))
        kept[-1].append(ellipsis[: max(width, 1)])
    return Text("\n").join(kept)


def _hanging(label: Text, value: Text) -> Text:
    """The value beside its label, further lines under the first."""
    from rich.text import Text

    first, *others = value.split("\n", allow_blank=True)
    pad = Text(" " * label.cell_len)
    return Text("\n").join([label + first, *(pad + line for line in others)])


def _indented(text: Text, console: Console, width: int, mark: str = "") -> Text:
    """The text on lines of its own, under its step."""
    from rich.text import Text

    label = Text(" " * INDENT + mark)
    label.truncate(max(width - 1, 0))
    return _hanging(label, fitted(text, console, width - label.cell_len, ARGUMENT_LINES))
