"""`tinyagent undo`: put back what the last run wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tinyagent_cli.commands.options import options_of
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.errors import NotFoundError, TinyAgentError, UsageError

if TYPE_CHECKING:
    from tinyagent_cli.execution.journal import Record

app = typer.Typer(add_completion=False, rich_markup_mode=None)

IN_A_SANDBOX = "`TINYAGENT_HOME=SANDBOX tinyagent undo` takes back the last run in that sandbox"


@app.command()
def command(ctx: typer.Context) -> None:
    """Take back what the last run wrote, and say what cannot be taken back."""
    options = options_of(ctx)
    if options.sandbox:
        raise UsageError("a sandbox is new in every run: there is nothing in it to undo", hint=IN_A_SANDBOX)
    session = open_session(options)
    for line in undo_last(session):
        typer.echo(line)


def undo_last(session: Session) -> list[str]:
    """A line on each thing that was put back or could not be. Raises NotFoundError if there is no run."""
    from tinyagent_cli.execution.journal import Journal
    from tinyagent_cli.execution.undo import undo
    from tinyagent_cli.ui.text import one_line

    journal = Journal(session.state_dir)
    record = journal.last()
    if record is None:
        raise NotFoundError(
            "there is no run to undo", hint=f"only runs that changed something are kept; {IN_A_SANDBOX}"
        )
    lines = undo(record)
    journal.mark_undone(record)
    return [one_line(line) for line in (f'"{record.request}" of {_when(record)}:', *lines)]


def _when(record: Record) -> str:
    """Date and time in the user's zone, without seconds."""
    return record.time[:16].replace("T", " ")


def can_be_undone(session: Session) -> int | None:
    """How many steps of the last run can be taken back; None if there is no run.

    0 where the journal cannot be read, as `undo_last` will say.
    """
    from tinyagent_cli.execution.journal import Journal

    try:
        record = Journal(session.state_dir).last()
    except TinyAgentError:
        return 0
    return None if record is None else sum(bool(step.changes) for step in record.steps)
