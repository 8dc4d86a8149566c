"""`tinyagent data show`: seeds as a person, and as a planner sees them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tinyagent_cli.commands.data_files import BUILTIN, declared_tools, read_named
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tinyagent_cli.commands.session import Session
    from tinyagent_cli.tools.spec import Tool
    from tinyagent_cli.training.seeds import Placed, Seed


def show_seeds(
    options: Options, paths: Sequence[Path] | None, number: int, pattern: str, *, multiplied: int, prompt: bool
) -> None:
    """Print the chosen seeds, each with so many variations. Raises UsageError if there is no such seed."""
    from rich.text import Text

    from tinyagent_cli.ui.theme import make_console

    if multiplied and find_spec("faker") is None:
        raise UsageError("multiplication needs faker", hint="pip install 'tinyagent-cli[train]'")
    session = open_session(options)
    builtin = declared_tools(BUILTIN)
    rng = Random()
    console = make_console(sys.stdout)
    for position, placed in _chosen(read_named(paths), number, pattern, rng):
        for heading, seed in _versions(position, placed, multiplied, rng):
            console.print(Text(heading, style="plan.level"))
            console.print(
                _as_text(seed, builtin, rng) if prompt else _as_tree(seed, builtin, session), soft_wrap=prompt
            )
            console.print()


def _chosen(seeds: Sequence[Placed], number: int, pattern: str, rng: Random) -> list[tuple[int, Placed]]:
    """Seeds with their numbers."""
    numbered = list(enumerate(seeds, 1))
    if number > len(seeds):
        raise UsageError(f"there is no seed {number:,}", hint=f"there are {len(seeds):,}")
    if number:
        numbered = [numbered[number - 1]]
    if not pattern:
        return [rng.choice(numbered)]
    try:
        wanted = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"--grep is not a regular expression: {error}") from error
    found = [entry for entry in numbered if wanted.search("\n".join((entry[1].seed.query, *entry[1].seed.plan)))]
    if not found:
        raise UsageError(f"no seed holds {pattern!r}")
    return found


def _versions(number: int, placed: Placed, times: int, rng: Random) -> Iterator[tuple[str, Seed]]:
    """The seed and its variations, each with a heading."""
    from tinyagent_cli.training.seeds import split_of

    yield f"{number:,}  {placed.where}  {split_of(placed.seed.query)}", placed.seed
    if times:
        from tinyagent_cli.training.multiply import vary

        for version in range(1, times + 1):
            yield f"{number:,}  variation {version}", vary(placed.seed, rng)


def _as_tree(seed: Seed, builtin: Mapping[str, Tool], session: Session) -> RenderableType:
    from tinyagent_cli.plan.parser import parse_call
    from tinyagent_cli.tools.spec import planned_only
    from tinyagent_cli.training.check import signatures_of
    from tinyagent_cli.ui.seeds import seed_view

    tools = builtin
    if seed.tools is not None:
        tools = {name: planned_only(tool) for name, tool in signatures_of(seed, {}).items()}
    plan = tuple(parse_call(call, number) for number, call in enumerate(seed.plan, 1))
    return seed_view(seed, plan, tools, session.clock())


def _as_text(seed: Seed, builtin: Mapping[str, Tool], rng: Random) -> RenderableType:
    from rich.text import Text

    from tinyagent_cli.training.preview import example_texts
    from tinyagent_cli.ui.text import visible

    prompt, plan = example_texts(seed, {name: tool.signature for name, tool in builtin.items()}, rng)
    return Text.assemble(visible(prompt), (visible(plan), "value.found"))
