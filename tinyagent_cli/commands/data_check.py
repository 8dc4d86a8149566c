"""`tinyagent data check`: what is wrong with which seed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tinyagent_cli.commands.data_files import builtin_signatures, named_paths
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.commands.streams import print_json, print_line
from tinyagent_cli.errors import ExitStatus

if TYPE_CHECKING:
    from tinyagent_cli.training.check import Reject
    from tinyagent_cli.training.seeds import Placed


def check_seeds(options: Options, paths: Sequence[Path] | None, second_reading: bool, concurrency: int) -> None:
    """Check every line, print the rejects, and end with status 1 if there are any."""
    from tinyagent_cli.training.check import Reject, check_files

    found = list(check_files(named_paths(paths), builtin_signatures()))
    rejects = [one for one in found if isinstance(one, Reject)]
    agreement = None
    if second_reading:
        good = [one for one in found if not isinstance(one, Reject)]
        disagreeing = list(_read_again(options, good, concurrency))
        agreement = 1 - len(disagreeing) / len(good) if good else None
        rejects += disagreeing
    _tell(options, len(found), rejects, agreement)
    if rejects:
        raise typer.Exit(ExitStatus.STEP_FAILED)


def _read_again(options: Options, good: Sequence[Placed], concurrency: int) -> Iterator[Reject]:
    """Seeds that the configured model plans otherwise. Only servers answer more than one request at a time."""
    from tinyagent_cli.planner.engines import load_engine
    from tinyagent_cli.training.check import Reject
    from tinyagent_cli.training.reading import read_all
    from tinyagent_cli.ui.seeds import counting
    from tinyagent_cli.ui.theme import make_console

    config = open_session(options).config
    console = make_console(sys.stderr, quiet=options.quiet)
    with closing(load_engine(config)) as engine, counting(console, "reading again", len(good)) as advance:
        at_once = concurrency if engine.name == "openai" else 1
        for placed, reading in read_all(good, builtin_signatures(), engine, at_once):
            advance()
            if not reading.agrees:
                yield Reject(placed.path, placed.line, placed.seed.query, reading.reason)


def _tell(options: Options, seeds: int, rejects: Sequence[Reject], agreement: float | None) -> None:
    if options.json:
        print_json(_to_json(seeds, rejects, agreement), indent=2)
        return
    from tinyagent_cli.ui.seeds import reject_text
    from tinyagent_cli.ui.theme import make_console

    console = make_console(sys.stdout)
    for reject in rejects:
        console.print(reject_text(reject), soft_wrap=True)
    if not options.quiet:
        agreed = "" if agreement is None else f"; second readings agree on {agreement:.1%}"
        print_line("data", f"{seeds:,} seeds, {len(rejects):,} rejected{agreed}")


def _to_json(seeds: int, rejects: Sequence[Reject], agreement: float | None) -> dict[str, Any]:
    listed = [
        {"file": str(reject.path), "line": reject.line, "query": reject.query, "reason": reject.reason}
        for reject in rejects
    ]
    return {"seeds": seeds, "rejects": listed} | ({} if agreement is None else {"agreement": round(agreement, 4)})
