"""What is on the screen while a request is on its way."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tinyagent_cli.agent import Cancel, Preview, Run
from tinyagent_cli.errors import ToolError
from tinyagent_cli.execution.events import Event, PlanWritten, StepAdded, StepFailed, StepFinished, StepStarted
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.tools.spec import Outcome
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.live import LiveView, Planning, Running, StepLines
from tinyagent_cli.ui.terminal import QuietInteraction
from tinyagent_cli.ui.theme import Consoles, make_console

MakeView = Callable[..., PlanView]
Drawn = Callable[..., str]
SENT = Outcome("ok", "Draft to sid@acme.com saved")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def preview(view: PlanView, results: Mapping[int, StepResult]) -> Preview:
    return Preview("email Sid", view.plan, view.tools, {**view.results, **results}, view.now, view.policy, (3,))


def play(interaction: QuietInteraction, view: PlanView) -> None:
    """A request of which the lookups are done, step 3 runs, and ends well."""
    with interaction:
        shown = preview(view, {})
        interaction.on_progress(StepAdded(3, "compose_new_email", "", (1, 2), "send", "ask"), shown)
        interaction.on_progress(PlanWritten((), 0.1), shown)
        interaction.show_plan(shown)
        running = StepResult(3, "compose_new_email", StepState.RUNNING, started=1.0)
        interaction.on_progress(StepStarted(3, ()), preview(view, {3: running}))
        done = replace(running, state=StepState.DONE, outcome=SENT, ended=1.25)
        interaction.on_progress(StepFinished(3, "ok", SENT.summary, "", 0.25), preview(view, {3: done}))


def quiet(stream: io.StringIO, **settings: bool) -> QuietInteraction:
    return QuietInteraction(Consoles(make_console(io.StringIO()), make_console(stream, width=80)), **settings)


def test_a_file_gets_the_tree_and_a_line_as_each_step_ends(make_view: MakeView) -> None:
    stream = io.StringIO()
    play(quiet(stream), make_view(found={1: "sid@acme.com", 2: "Agenda"}))
    assert stream.getvalue().startswith("together\n├── ✓ 1 get_email_address")
    assert stream.getvalue().endswith("✓ 3 compose_new_email  Draft to sid@acme.com saved\n")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_keeps_a_tick_and_the_time_of_each_step(make_view: MakeView, terminal: Terminal) -> None:
    play(quiet(terminal), make_view(found={1: "sid@acme.com", 2: "Agenda"}))
    last = terminal.getvalue().splitlines()[-1]
    assert "✓" in last and "compose_new_email" in last and "0.25 s" in last


def test_a_quiet_console_gets_nothing(make_view: MakeView) -> None:
    stream = io.StringIO()
    console = make_console(stream, quiet=True)
    play(QuietInteraction(Consoles(console, console)), make_view())
    assert stream.getvalue() == ""


def test_a_failure_is_told_with_its_reason(make_view: MakeView) -> None:
    stream = io.StringIO()
    interaction, view = quiet(stream), make_view()
    failed = StepResult(1, "get_email_address", StepState.FAILED, error=ToolError("the book is locked"))
    skipped = StepResult(3, "compose_new_email", StepState.SKIPPED, reason="1 failed")
    event: Event = StepFailed(1, "the book is locked", "", 0.1)
    with interaction:
        interaction.show_plan(preview(view, {}))
        interaction.on_progress(event, preview(view, {1: failed, 3: skipped}))
    assert "✗ 1 get_email_address  the book is locked\n" in stream.getvalue()


def test_without_anybody_to_ask_only_yes_is_consent(make_view: MakeView) -> None:
    shown = preview(make_view(), {})
    refused = quiet(io.StringIO()).confirm(shown)
    assert isinstance(refused, Cancel) and "--yes" in refused.hint
    assert quiet(io.StringIO(), yes=True).confirm(shown) == Run()


def test_running_steps_have_a_spinner(make_view: MakeView, drawn: Drawn) -> None:
    view = make_view(found={1: "sid@acme.com"})
    view = replace(view, results={**view.results, 2: StepResult(2, "open_note", StepState.RUNNING)})
    console = make_console(io.StringIO(), width=80)
    lines = drawn(Running(console, view, frozenset({1, 2, 3}))).splitlines()
    assert lines[0].startswith("✓ 1 get_email_address  sid@acme.com")
    assert lines[1][0] not in "✓○✗" and "Notes" in lines[1]
    assert lines[2].startswith("○ 3 compose_new_email")


def test_planning_shows_the_steps_that_are_there(make_view: MakeView, drawn: Drawn) -> None:
    planning = Planning(make_console(io.StringIO()))
    assert "planning" in drawn(planning)
    planning.view = make_view(found={1: "sid@acme.com"})
    assert "Sid → sid@acme.com" in drawn(planning)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_of_steps_fit(make_view: MakeView, drawn: Drawn, width: int) -> None:
    view = make_view(found={2: "漢字 " * 100})
    reason = StepResult(3, "", StepState.SKIPPED, reason="because " * 30)
    shown = drawn(StepLines(replace(view, results={**view.results, 3: reason}), frozenset({2, 3})), width=width)
    assert all(cell_len(line) <= width for line in shown.splitlines())


def test_the_live_view_leaves_nothing_behind_on_a_file() -> None:
    stream = io.StringIO()
    live = LiveView(make_console(stream))
    live.show("something")
    live.close()
    assert stream.getvalue() == ""


def test_the_live_view_goes_while_a_question_is_asked(terminal: Terminal) -> None:
    live = LiveView(make_console(terminal))
    live.show("before")
    with live.paused():
        hidden = len(terminal.getvalue())
        live.close()
        assert len(terminal.getvalue()) == hidden
    live.close()
    live.close()
    assert terminal.getvalue().count("\x1b[?25h") == 2


def test_closing_forgets_a_view_that_was_still_to_come(terminal: Terminal) -> None:
    live = LiveView(make_console(terminal))
    live.show("later", after=0.01)
    live.close()
    live.show("later", after=30)
    live.close()
    assert terminal.getvalue() == ""
