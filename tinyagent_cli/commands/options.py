"""The options that commands share, each declared once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer


class Color(str, Enum):
    """When to colour what is printed."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Show the plan with what lookups find, and change nothing.")
]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Agree to the plan without being asked.")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
JsonLinesOption: TypeAlias = Annotated[
    bool, typer.Option("--jsonl", help="Print events as they happen, one JSON object a line.")
]
NowOption: TypeAlias = Annotated[
    str, typer.Option("--now", metavar='"YYYY-MM-DD HH:MM"', help="The time that dates are counted from.")
]
ModelOption: TypeAlias = Annotated[
    str, typer.Option("--model", metavar="NAME", help="A .gguf file, or the name of a model.")
]
EngineOption: TypeAlias = Annotated[
    str, typer.Option("--engine", metavar="NAME", help="auto, llamacpp, mlx or openai.")
]
DataDirOption: TypeAlias = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="The folder of contacts, calendars, notes and mail.")
]
SandboxOption: TypeAlias = Annotated[bool, typer.Option("--sandbox", help="Act on sample data in a throw-away folder.")]
ColorOption: TypeAlias = Annotated[Color, typer.Option("--color", help="When to use colours.")]
QuietOption: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but results and questions.")]
VerboseOption: TypeAlias = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Say what is going on; twice: with tracebacks.")
]


@dataclass(frozen=True)
class Options:
    """What was asked for before or behind a request, or before a sub-command."""

    dry_run: bool = False
    yes: bool = False
    json: bool = False
    jsonl: bool = False
    now: str = ""
    model: str = ""
    engine: str = ""
    data_dir: Path | None = None
    sandbox: bool = False
    color: Color = Color.AUTO
    quiet: bool = False
    verbose: int = 0


def options_of(ctx: typer.Context, **own: Any) -> Options:
    """The options before a sub-command, and over them those of its own that were given."""
    before: Options = ctx.find_root().obj
    return replace(before, **{name: value for name, value in own.items() if value})
