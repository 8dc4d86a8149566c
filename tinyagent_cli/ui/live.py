"""What is on the screen while something happens: planning, the growing tree, and the steps as they run."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.ui.arguments import ArgumentWriter, PlanView
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import effect_style, glyphs
from tinyagent_cli.ui.tree import PlanTree, fitted, state_mark

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

PATIENCE = 0.3
"""Seconds that something may take before a spinner says so."""
FRAMES_PER_SECOND = 10
REASON_LINES = 6


class LiveView:
    """The part of the screen that changes; it leaves nothing behind. On anything but a terminal it shows nothing.

    Its methods may be called from any thread, in any order and more than once.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._timer: threading.Timer | None = None
        self._content: RenderableType = ""
        self._open = False

    def show(self, content: RenderableType, *, after: float = 0.0) -> None:
        """Show something, or change what is shown; the first time only once `after` seconds have passed."""
        if not self._console.is_terminal or self._console.is_dumb_terminal or self._console.quiet:
            return
        with self._lock:
            self._content = content
            self._open = True
            if self._live is not None:
                self._live.update(content)
            elif after and self._timer is None:
                self._timer = threading.Timer(after, self._start)
                self._timer.daemon = True
                self._timer.start()
            elif not after:
                self._start()

    def close(self) -> None:
        """Take it off the screen."""
        with self._lock:
            self._open = False
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._live is not None:
                self._live.stop()
                self._live = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Off the screen while a question is asked."""
        with self._lock:
            shown = self._open
            self.close()
        try:
            yield
        finally:
            if shown:
                self.show(self._content)

    def _start(self) -> None:
        from rich.live import Live

        with self._lock:
            self._timer = None
            if self._open and self._live is None:
                self._live = Live(
                    self._content,
                    console=self._console,
                    transient=True,
                    refresh_per_second=FRAMES_PER_SECOND,
                    # Results that go elsewhere than to the screen stay what and where they are.
                    redirect_stdout=sys.stdout.isatty(),
                )
                self._live.start()


class Planning:
    """A spinner, below the tree as far as it has come. `view` may be set while it is shown."""

    def __init__(self, console: Console) -> None:
        self._spinner = _spinner(console, "planning")
        self.view: PlanView | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the tree, if there are calls, and the spinner."""
        if self.view is not None and self.view.plan:
            yield PlanTree(self.view)
        yield self._spinner


class Running:
    """Steps on their way, a line each: a spinner, then a tick and what was done. `view` may be set meanwhile."""

    def __init__(self, console: Console, view: PlanView, numbers: frozenset[int]) -> None:
        self._spinner = _spinner(console, "")
        self.numbers = numbers
        self.view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each of the steps."""
        from rich.text import Text

        frame = self._spinner.render(console.get_time())
        mark = frame if isinstance(frame, Text) else Text(glyphs(console).running)
        for line in StepLines(self.view, self.numbers).lines(console, mark):
            yield fitted(line, console, options.max_width, 1)


@dataclass(frozen=True)
class StepLines:
    """Those steps of a plan, a line each: `✓ 3 compose_new_email  draft to sid@acme.com`.

    Without `words`, which the answer has too, a line tells how long the step took.
    """

    view: PlanView
    numbers: frozenset[int]
    words: bool = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines; reasons are wrapped."""
        for line in self.lines(console):
            yield fitted(line, console, options.max_width, REASON_LINES)

    def lines(self, console: Console, running: Text | None = None) -> Iterator[Text]:
        """The lines, not yet fitted to a width; `running` is the mark of a step that runs."""
        from rich.text import Text

        signs = glyphs(console)
        writer = ArgumentWriter(self.view, signs)
        calls = [call for call in self.view.plan if call.number in self.numbers]
        digits = max((len(str(call.number)) for call in calls), default=0)
        column = max((len(call.tool) for call in calls), default=0)
        for call in calls:
            style = effect_style(self.view.effect(call))
            result = self.view.results.get(call.number)
            state = result.state if result else StepState.PENDING
            mark = running if running and state is StepState.RUNNING else state_mark(state, signs, style)
            tool = one_line(call.tool).ljust(column)
            line = Text.assemble(mark, " ", (f"{call.number:>{digits}}", "step.number"), " ", (tool, style))
            if result is not None:
                line.append("  ").append_text(_told(result, writer) if self.words else _took(result))
            yield line


def _told(result: StepResult, writer: ArgumentWriter) -> Text:
    """What a step has to say for itself."""
    from rich.text import Text

    if result.error is not None:
        return Text(one_line(str(result.error)), style="step.failed")
    if result.reason:
        return Text(f"{result.state.value}: {one_line(result.reason)}", style="step.skipped")
    if result.outcome is None:
        return Text(writer.label(result.number), style="dim")
    return Text(one_line(result.outcome.summary)) if result.outcome.summary else writer.result(result.value)


def _took(result: StepResult) -> Text:
    from rich.text import Text

    ran = result.state in (StepState.DONE, StepState.FAILED)
    return Text(f"{result.seconds:.2f} s" if ran else result.state.value, style="dim")


def _spinner(console: Console, words: str) -> Spinner:
    from rich.spinner import Spinner
    from rich.text import Text

    return Spinner(glyphs(console).spinner, Text(words, style="dim"), style="step.running")
