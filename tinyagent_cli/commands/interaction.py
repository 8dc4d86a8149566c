"""Whom the agent talks to: the user at the terminal, nobody, or a script that reads events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tinyagent_cli.agent import Decision, Interaction, Preview
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.streams import print_json
from tinyagent_cli.execution.events import Event, to_json
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.terminal import QuietInteraction, TerminalInteraction
from tinyagent_cli.ui.theme import make_consoles
from tinyagent_cli.ui.tree import PlanTree
from tinyagent_cli.ui.tty import open_tty

if TYPE_CHECKING:
    from tinyagent_cli.errors import AmbiguousError, Choice
    from tinyagent_cli.plan.call import Call
    from tinyagent_cli.ui.theme import Consoles


@contextmanager
def interaction_for(options: Options, check: Callable[[str], Plan]) -> Iterator[Interaction]:
    """The interaction that the options ask for, around one request. `check` reads an edited plan."""
    consoles = make_consoles(quiet=options.quiet)
    tty = None if options.dry_run else open_tty()
    screen: QuietInteraction
    if options.dry_run:
        screen = DryRun(consoles, to_stdout=not (options.json or options.jsonl))
    elif tty is None:
        screen = QuietInteraction(consoles, yes=options.yes)
    else:
        screen = TerminalInteraction(consoles, tty, check, yes=options.yes)
    with screen:
        yield EventLog(screen) if options.jsonl else screen


class DryRun(QuietInteraction):
    """The tree is the result, so it goes to standard output unless JSON does."""

    def __init__(self, consoles: Consoles, *, to_stdout: bool) -> None:
        super().__init__(consoles)
        self._out = consoles.out if to_stdout else consoles.err

    def show_plan(self, preview: Preview) -> None:
        """Print the tree."""
        self._live.close()
        self._out.print(PlanTree(PlanView.of(preview)))


class EventLog:
    """Prints every event as JSON on its way to another interaction."""

    def __init__(self, inner: Interaction) -> None:
        self._inner = inner

    def on_progress(self, event: Event, preview: Preview) -> None:
        """Print it, and pass it on."""
        print_json(to_json(event))
        self._inner.on_progress(event, preview)

    def show_plan(self, preview: Preview) -> None:
        """Pass it on."""
        self._inner.show_plan(preview)

    def confirm(self, preview: Preview) -> Decision:
        """Pass it on, and print what was decided."""
        decision = self._inner.confirm(preview)
        print_json({"event": "decision", "decision": type(decision).__name__.lower()})
        return decision

    def choose(self, call: Call, error: AmbiguousError) -> Choice | None:
        """Pass it on."""
        return self._inner.choose(call, error)
