"""`tinyagent` alone: the REPL, and what its slash commands do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tinyagent_cli.agent import Agent
from tinyagent_cli.commands.ask import run_request, tell
from tinyagent_cli.commands.plan import plan_one
from tinyagent_cli.commands.session import Session
from tinyagent_cli.commands.streams import check_text
from tinyagent_cli.commands.tools import print_tools
from tinyagent_cli.commands.undo import undo_last
from tinyagent_cli.errors import UsageError
from tinyagent_cli.ui.repl import Repl, ReplSettings
from tinyagent_cli.ui.slash import SlashCommand
from tinyagent_cli.ui.theme import make_console
from tinyagent_cli.ui.tty import open_tty

HISTORY = "history"
GREETING = ("Say what to do, in your own words. /help lists commands, Ctrl-D leaves.",)


def begin(session: Session) -> None:
    """Read and carry out requests until the user leaves. Raises UsageError without a terminal."""
    tty = open_tty()
    if tty is None:
        raise UsageError("there is no terminal to ask on", hint='say what to do: tinyagent "email Sid the notes"')
    agent = session.agent  # the model loads while the user types
    settings = ReplSettings(
        handle=lambda line: handle(session, line),
        history=session.state_dir / HISTORY,
        greeting=() if session.options.quiet else GREETING,
        status=lambda: status(session),
        names=lambda: names(agent),
        commands=commands(session),
    )
    Repl(settings, tty, make_console(tty.output)).run()


def handle(session: Session, request: str) -> None:
    """Carry out one request and tell what came of it."""
    check_text(request, "the request")
    tell(session, run_request(session, request))


def commands(session: Session) -> tuple[SlashCommand, ...]:
    """What can be done beside requests."""
    dry = replace(session, options=replace(session.options, dry_run=True))
    return (
        SlashCommand(
            "plan", "the plan for a request, without running anything", lambda rest: plan_one(session, [rest])
        ),
        SlashCommand("dry", "the plan with what lookups find", lambda rest: handle(dry, rest)),
        SlashCommand("tools", "what can be done", lambda rest: print_tools(session.agent.registry)),
        SlashCommand("undo", "take back what the last run wrote", lambda rest: _undo(session)),
    )


def status(session: Session) -> tuple[str, ...]:
    """The parts of the toolbar."""
    config = session.config
    model = config.openai.model if config.engine == "openai" else config.model
    home = str(Path.home())
    folder = str(config.data_dir)
    return (model, config.engine, config.platform, f"~{folder[len(home) :]}" if folder.startswith(home) else folder)


def names(agent: Agent) -> Iterable[str]:
    """Names that can be completed: people, groups and tools."""
    return (*agent.platform.contacts.names(), *agent.registry.tools)


def _undo(session: Session) -> None:
    for line in undo_last(session):
        print(line)
