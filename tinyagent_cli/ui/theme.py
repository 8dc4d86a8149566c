"""Colours, glyphs and consoles: what everything on the screen is made of.

Results go to standard output, everything else to standard error. rich honours NO_COLOR, FORCE_COLOR
and TERM=dumb; colours are the sixteen of the terminal's own palette, so that dark and light both work.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from tinyagent_cli.tools.spec import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "effect.read": "cyan",
        "effect.write": "yellow",
        "effect.send": "bold magenta",
        "step.number": "bold",
        "step.tool": "bold",
        "step.done": "green",
        "step.failed": "bold red",
        "step.skipped": "dim",
        "step.running": "cyan",
        "policy.allow": "bold yellow",
        "policy.ask": "dim",
        "policy.deny": "bold red",
        "plan.guide": "dim",
        "plan.level": "dim italic",
        "argument.name": "dim",
        "value.found": "green",
        "value.missing": "dim italic",
        "value.words": "dim",
        "message.error": "bold red",
        "message.hint": "dim",
        "message.question": "bold",
        "legend.key": "bold cyan",
        "legend.text": "dim",
    }
)
"""Styles by the name they are used under."""


@dataclass(frozen=True)
class Glyphs:
    """The signs of one character set; `spinner` names one of rich's."""

    done: str
    failed: str
    skipped: str
    waiting: str
    running: str
    arrow: str
    ellipsis: str
    separator: str
    enter: str
    prompt: str
    spinner: str


UNICODE = Glyphs("✓", "✗", "–", "○", "●", "→", "…", " · ", "⏎", "›", "dots")
ASCII = Glyphs("+", "x", "-", "o", "*", "->", "...", " | ", "Enter", ">", "line")


@dataclass(frozen=True)
class Consoles:
    """Where things are printed: `out` takes results, `err` all the rest."""

    out: Console
    err: Console


def make_consoles(*, quiet: bool = False) -> Consoles:
    """Consoles on the standard streams; a quiet one prints nothing but results."""
    return Consoles(out=make_console(sys.stdout), err=make_console(sys.stderr, quiet=quiet))


def make_console(stream: IO[str], *, quiet: bool = False, width: int | None = None, record: bool = False) -> Console:
    """The only way a console is made: no markup, no emoji codes and no highlighting in anybody's text."""
    from rich.console import Console
    from rich.theme import Theme

    return Console(
        file=stream,
        theme=Theme(STYLES),
        markup=False,
        emoji=False,
        highlight=False,
        quiet=quiet,
        width=width,
        record=record,
    )


def glyphs(console: Console) -> Glyphs:
    """Signs that the console's encoding and terminal can show."""
    plain = console.options.ascii_only or console.is_dumb_terminal
    return ASCII if plain else UNICODE


def effect_style(effect: Effect) -> str:
    """The style of what a call does to the world."""
    return f"effect.{effect.value}"
