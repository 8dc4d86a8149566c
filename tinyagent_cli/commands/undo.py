"""`tinyagent undo`: put back what the last run wrote."""

from __future__ import annotations

import typer

from tinyagent_cli.commands.options import options_of
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.errors import NotFoundError, TinyAgentError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def command(ctx: typer.Context) -> None:
    """Take back what the last run wrote, and say what cannot be taken back."""
    session = open_session(options_of(ctx))
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
        raise NotFoundError("there is no run to undo", hint="only runs that changed something are kept for this")
    lines = undo(record)
    journal.mark_undone(record)
    return [one_line(line) for line in (f'"{record.request}" of {record.time}:', *lines)]


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
