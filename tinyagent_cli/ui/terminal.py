"""One request on the screen, from "planning" to the last tick: what the agent talks to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from tinyagent_cli.agent import Cancel, Decision, Preview, Run
from tinyagent_cli.errors import AmbiguousError, Choice
from tinyagent_cli.execution.events import Event, PlanWritten, StepAdded, ToolsOffered
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.confirm import Confirmation, choose
from tinyagent_cli.ui.live import PATIENCE, LiveView, Planning, Running, StepLines
from tinyagent_cli.ui.prompts import Prompts, make_prompts
from tinyagent_cli.ui.theme import Consoles, make_console
from tinyagent_cli.ui.tree import PlanTree
from tinyagent_cli.ui.tty import Tty

if TYPE_CHECKING:
    from rich.console import Console
    from typing_extensions import Self


class QuietInteraction:
    """Shows on standard error what happens, and asks nothing: what needs consent is refused unless `yes`.

    A terminal gets a live view, which leaves one line a step; anything else gets such a line as each step
    ends. Used as a context manager around a request: from its start a spinner runs, at its end it is gone.
    """

    def __init__(self, consoles: Consoles, *, yes: bool = False) -> None:
        self._err = consoles.err
        self._yes = yes
        self._live = LiveView(consoles.err)
        self._planning: Planning | None = None
        self._running: Running | None = None

    def __enter__(self) -> Self:
        """The request is being taken in."""
        self._plan_anew()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Whatever came of it, the screen is left in order."""
        self._live.close()
        if self._running is not None and self._err.is_terminal:
            self._err.print(StepLines(self._running.view, self._running.numbers, words=False))
        self._planning = self._running = None

    def on_progress(self, event: Event, preview: Preview) -> None:
        """Bring the screen up to date."""
        view = PlanView.of(preview)
        if isinstance(event, (ToolsOffered, StepAdded)) and self._planning is None:
            self._plan_anew()
        if self._planning is not None:
            self._planning.view = view
            self._live.show(self._planning, after=PATIENCE)
        elif self._running is not None:
            self._running.view = view
            self._live.show(self._running, after=PATIENCE)
            self._log_end(event, view)
        if isinstance(event, PlanWritten):
            self._live.close()

    def show_plan(self, preview: Preview) -> None:
        """Print the tree. What has not ended by now is what runs next."""
        self._live.close()
        view = PlanView.of(preview)
        self._console_for(preview).print(PlanTree(view))
        self._planning, self._running = None, Running(self._err, view, view.waiting())

    def confirm(self, preview: Preview) -> Decision:
        """Nobody can be asked."""
        if self._yes:
            return Run()
        return Cancel("nothing was done: this needs your consent", hint="run it in a terminal, or with --yes")

    def choose(self, call: Call, error: AmbiguousError) -> Choice | None:
        """Nobody can be asked."""
        return None

    def _plan_anew(self) -> None:
        self._running = None
        self._planning = Planning(self._err)
        self._live.show(self._planning, after=PATIENCE)

    def _console_for(self, preview: Preview) -> Console:
        return self._err

    def _log_end(self, event: Event, view: PlanView) -> None:
        number = getattr(event, "number", None)
        result = view.results.get(number) if number is not None else None
        if result is not None and result.state.ended and not self._err.is_terminal:
            self._err.print(StepLines(view, frozenset({result.number})))


class TerminalInteraction(QuietInteraction):
    """Asks on the terminal, also while standard input is a pipe. `check` parses and checks an edited plan."""

    def __init__(self, consoles: Consoles, tty: Tty, check: Callable[[str], Plan], *, yes: bool = False) -> None:
        super().__init__(consoles, yes=yes)
        self._tty = tty
        self._check = check

    def confirm(self, preview: Preview) -> Decision:
        """Ask until there is a decision."""
        if self._yes:
            return Run()
        self._screen.print()
        return Confirmation(self._tty, self._prompts, self._screen, self._check).ask(PlanView.of(preview))

    def choose(self, call: Call, error: AmbiguousError) -> Choice | None:
        """Ask which of several things is meant."""
        with self._live.paused():
            return choose(self._prompts, self._screen, error)

    def _console_for(self, preview: Preview) -> Console:
        """A plan that is asked about is shown where it is asked, whatever became of standard error."""
        return self._screen if preview.asking and not self._yes else self._err

    @cached_property
    def _screen(self) -> Console:
        return make_console(self._tty.output)

    @cached_property
    def _prompts(self) -> Prompts:
        return make_prompts(self._tty)
