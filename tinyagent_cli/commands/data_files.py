"""The seeds and the tools that a `tinyagent data` command is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import UsageError

if TYPE_CHECKING:
    from tinyagent_cli.plan.signature import Signatures
    from tinyagent_cli.tools.spec import Tool
    from tinyagent_cli.training.seeds import Placed

SEEDS = Path("data", "seeds")
BUILTIN = "builtin"


def named_paths(paths: Sequence[Path] | None) -> list[Path]:
    """The files and folders that were named, or the usual one. Raises UsageError if there are no seeds in them."""
    from tinyagent_cli.training.seeds import seed_files

    named = list(paths or [SEEDS])
    for path in named:
        if not path.exists():
            raise UsageError(f"there is no {path}", hint="name a file of seeds, or a folder of such files")
    if not seed_files(named):
        raise UsageError(f"there are no seeds in {', '.join(map(str, named))}", hint="name a folder of .jsonl files")
    return named


def read_named(paths: Sequence[Path] | None) -> list[Placed]:
    """All seeds of the files and folders that were named. Raises UsageError, also for a line that is no seed."""
    from tinyagent_cli.training.seeds import placed_seeds

    named = named_paths(paths)
    seeds = placed_seeds(named)
    if not seeds:
        raise UsageError(f"there are no seeds in {', '.join(map(str, named))}")
    return seeds


def declared_tools(name: str) -> dict[str, Tool]:
    """The tools of a tools.toml, or the built-in ones. Raises UsageError if it declares none."""
    from tinyagent_cli.tools.registry import builtin_tool_file
    from tinyagent_cli.tools.toolfile import read_tool_file

    if name == BUILTIN:
        return read_tool_file(builtin_tool_file(), builtin=True)
    tools = read_tool_file(Path(name))
    if not tools:
        raise UsageError(f"{name} declares no tools", hint="write a table [tools.NAME] for each")
    return tools


def builtin_signatures() -> Signatures:
    """The built-in tools as the planner sees them."""
    return {name: tool.signature for name, tool in declared_tools(BUILTIN).items()}
