"""`tinyagent "email Sid the notes"`: carry out requests, from the command line or from what is piped in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tinyagent_cli.commands.options import Options, options_of
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.commands.streams import check_text, piped_text, print_json, print_problem, print_warning, requests_in
from tinyagent_cli.errors import ExitStatus, TinyAgentError, UsageError

if TYPE_CHECKING:
    from tinyagent_cli.agent import Report

app = typer.Typer(add_completion=False, rich_markup_mode=None)

NOTHING_SAID = UsageError("there is no request", hint='say what to do: tinyagent "email Sid the notes"')


@app.command()
def command(ctx: typer.Context, request: Annotated[list[str] | None, typer.Argument(metavar="REQUEST")] = None) -> None:
    """Carry out a request, also one that begins with the name of a command."""
    ask(options_of(ctx), request or ())


def ask(options: Options, words: Sequence[str]) -> None:
    """Carry out the request that the words make, or those that are piped in; without either, begin a REPL.

    Ends with typer.Exit. Raises TinyAgentError for what stops everything.
    """
    if options.json and options.jsonl:
        raise UsageError("--json and --jsonl exclude each other", hint="leave one of them out")
    request = " ".join(words).strip()
    if words and not request:
        raise NOTHING_SAID
    check_text(request, "the request")
    piped = piped_text()
    if not request and piped is None:
        if not sys.stdin or not sys.stdin.isatty():
            raise NOTHING_SAID
        from tinyagent_cli.commands.repl import begin

        begin(open_session(options))
        return
    requests, document = ([request], piped) if request else (requests_in(piped or ""), None)
    raise typer.Exit(carry_out(open_session(options), requests, document))


def carry_out(session: Session, requests: Sequence[str], document: str | None = None) -> ExitStatus:
    """Carry out requests in their order; the first that did not end well decides how the process ends."""
    entries, statuses = [], []
    for request in requests:
        status, entry = _carry_out_one(session, request, document)
        statuses.append(status)
        entries.append(entry)
        if status in (ExitStatus.INTERRUPTED, ExitStatus.MODEL_MISSING):
            break
    if session.options.json:
        print_json(entries[0] if len(requests) == 1 else {"requests": entries}, indent=2)
    return next((status for status in statuses if status is not ExitStatus.DONE), ExitStatus.DONE)


def _carry_out_one(session: Session, request: str, document: str | None) -> tuple[ExitStatus, dict[str, object]]:
    """How it ended, and the same as JSON."""
    from tinyagent_cli.commands.output import problem_to_json, report_to_json

    try:
        report = run_request(session, request, document)
    except TinyAgentError as error:
        entry = problem_to_json(request, error)
        if session.options.jsonl:
            print_json({"event": "report"} | entry)
        print_problem(error)
        return error.exit_status, entry
    entry = report_to_json(report)
    if session.options.jsonl:
        print_json({"event": "report"} | entry)
    tell(session, report)
    return report.status, entry


def run_request(
    session: Session, request: str, document: str | None = None, *, options: Options | None = None
) -> Report:
    """Carry out one request with whoever can be asked; `options` are the session's unless others are given.

    Raises TinyAgentError if there is no plan.
    """
    from tinyagent_cli.commands.interaction import interaction_for

    agent, options = session.agent, options or session.options
    check = partial(agent.check, has_document=document is not None)
    with interaction_for(options, check) as interaction:
        return agent.run(request, interaction, document=document, dry_run=options.dry_run)


def tell(session: Session, report: Report) -> None:
    """The answer on standard output unless JSON goes there; problems and warnings on standard error."""
    for warning in report.warnings:
        print_warning(warning)
    if report.problem is not None:
        print_problem(report.problem)
    elif report.answer and not (session.options.json or session.options.jsonl):
        from tinyagent_cli.ui.messages import print_answer
        from tinyagent_cli.ui.theme import make_console

        print_answer(make_console(sys.stdout), report.answer)
