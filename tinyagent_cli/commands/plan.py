"""`tinyagent plan`: print the plan for a request, or for a file of requests, without running anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tinyagent_cli.commands.options import EngineOption, JsonOption, ModelOption, NowOption, options_of
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.commands.streams import check_text, piped_text, print_json
from tinyagent_cli.errors import PlanError, UsageError

if TYPE_CHECKING:
    from tinyagent_cli.drafting import Draft

app = typer.Typer(add_completion=False, rich_markup_mode=None)

BatchOption = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        metavar="FILE",
        help='Plan every line of a JSONL file ("-": standard input): {"id", "query", "now"?, "document"?, "tools"?}. '
        'Prints {"id", "plan", "tools", "seconds"} or {"id", "error"}, a line each.',
    ),
]


@app.command()
def command(
    ctx: typer.Context,
    request: Annotated[list[str] | None, typer.Argument(metavar="REQUEST")] = None,
    *,
    batch: BatchOption = None,
    json: JsonOption = False,
    now: NowOption = "",
    model: ModelOption = "",
    engine: EngineOption = "",
) -> None:
    """Print the plan for a request, or for a file of them, without running it."""
    options = options_of(ctx, json=json, now=now, model=model, engine=engine)
    if batch is None:
        plan_one(open_session(options), request or ())
        return
    if request:
        raise UsageError("--batch takes its requests from the file", hint="leave out one of the two")
    from tinyagent_cli.commands.batch import plan_file

    plan_file(open_session(options), batch)


def plan_one(session: Session, words: Sequence[str]) -> None:
    """Print the plan of one request, as a tree or as JSON. Raises PlanError if there is none."""
    request = " ".join(words).strip()
    check_text(request, "the request")
    piped = piped_text()
    drafter = session.drafter
    if not session.options.json:
        # While the engine loads there is time for it.
        import_module("tinyagent_cli.ui.tree")
    draft = drafter.draft(request or piped or "", now=session.clock(), document=piped if request else None)
    if session.options.json:
        print_json(draft_to_json(draft), indent=2)
    if not draft.plan:
        raise PlanError("no tool serves this request", hint="`tinyagent tools` lists what can be done")
    if not session.options.json:
        _print_tree(session, draft)


def draft_to_json(draft: Draft) -> dict[str, object]:
    """The form of a batch line's answer, without its id."""
    from tinyagent_cli.plan.call import conventional_plan

    return {
        "plan": conventional_plan(draft.plan),
        "tools": [tool.name for tool in draft.tools],
        "seconds": {stage: round(seconds, 6) for stage, seconds in draft.seconds.items()},
    }


def _print_tree(session: Session, draft: Draft) -> None:
    from tinyagent_cli.execution.policy import Policy
    from tinyagent_cli.ui.arguments import PlanView
    from tinyagent_cli.ui.theme import make_console
    from tinyagent_cli.ui.tree import PlanTree

    view = PlanView(draft.said, session.drafter.registry.tools, {}, session.clock(), Policy(session.config.policy))
    make_console(sys.stdout).print(PlanTree(view))
