"""What a tool is: the signature the planner sees, what it does to the world, and what runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tinyagent_cli.errors import ToolError
from tinyagent_cli.plan.signature import Signature

if TYPE_CHECKING:
    from tinyagent_cli.tools.context import ToolContext


class Effect(str, Enum):
    """What a call does to the world; it decides when the call may run."""

    READ = "read"
    WRITE = "write"
    SEND = "send"


@dataclass(frozen=True)
class Change:
    """A file that a call wrote: where it is, and a copy of what was there before (None: nothing)."""

    path: Path
    before: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What a call gave: the value later calls receive, a line for the user, and what would undo it.

    `show` is a path or URL to open for the user after consent, when no other call uses the value: a
    lookup that runs ahead of consent must not open windows.
    """

    value: Any
    summary: str = ""
    show: str = ""
    changes: Sequence[Change] = field(default_factory=tuple)


class Runner(Protocol):
    """What runs a tool. It is called in a worker thread with arguments by name, already typed.

    The context is positional only: a tool may have a parameter of that name.
    """

    def __call__(self, context: ToolContext, /, **arguments: Any) -> Outcome: ...


@dataclass(frozen=True)
class Tool:
    """A tool that can be offered and run. `builtin` marks the tools that the shipped planner learned."""

    signature: Signature
    effect: Effect
    runner: Runner
    builtin: bool = False
    timeout: float | None = None

    @property
    def name(self) -> str:
        """The name the planner writes."""
        return self.signature.name


def planned_only(signature: Signature) -> Tool:
    """A tool that came with a request: it can be planned with and drawn, as a lookup is, but not run."""
    return Tool(signature, Effect.READ, _not_here)


def _not_here(context: ToolContext, /, **arguments: Any) -> Outcome:
    raise ToolError("a tool that came with a request can be planned with, not run", hint="put it into tools.toml")
