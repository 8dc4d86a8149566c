"""The values a plan is made of: calls, their arguments and references to earlier results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

JOIN = "join"
"""The pseudo-tool that ends every plan."""


@dataclass(frozen=True)
class Reference:
    """`$n`: the result of call n; `$0` is the document piped in beside the request."""

    number: int

    def __str__(self) -> str:
        return f"${self.number}"


@dataclass(frozen=True)
class Template:
    """A text with results inside it: `"Lunch at $2"`. Parts are plain text and references, in order."""

    parts: tuple[Union[str, Reference], ...]


Argument: TypeAlias = Union[
    None, bool, int, float, str, Reference, Template, "tuple[Argument, ...]", "Mapping[str, Argument]"
]
"""An argument as parsed. A `str` is plain text: what looks like a reference in it is not one."""


@dataclass(frozen=True)
class Call:
    """One numbered line of a plan. `named` holds arguments written by name, until they are bound."""

    number: int
    tool: str
    arguments: tuple[Argument, ...] = ()
    named: Mapping[str, Argument] = field(default_factory=dict)

    @property
    def references(self) -> tuple[int, ...]:
        """Numbers of the calls whose results this call needs, ascending, each once."""
        values = (*self.arguments, *self.named.values())
        return tuple(sorted({number for value in values for number in references(value)}))

    def render(self) -> str:
        """The call as the planner writes it, without its number: `open_note("Notes", "")`."""
        rendered = [render(value) for value in self.arguments]
        rendered += [f"{name}={render(value)}" for name, value in self.named.items()]
        return f"{self.tool}({', '.join(rendered)})"


Plan: TypeAlias = tuple[Call, ...]
"""Calls in the order in which they were written, `join()` left out."""


def references(value: Argument) -> Iterator[int]:
    """Numbers of the results that a value holds, in order of appearance."""
    if isinstance(value, Reference):
        yield value.number
    elif isinstance(value, Template):
        yield from (part.number for part in value.parts if isinstance(part, Reference))
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)


def render(value: Argument) -> str:
    """A value as the planner writes it; plain text is escaped so that it stays plain text."""
    if isinstance(value, Reference):
        return f'"{value}"'
    if isinstance(value, str):
        return _quoted(_escaped(value))
    if isinstance(value, Template):
        return _quoted("".join(_escaped(part) if isinstance(part, str) else str(part) for part in value.parts))
    if isinstance(value, tuple):
        return f"[{', '.join(render(item) for item in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(key)}: {render(item)}" for key, item in value.items()) + "}"
    return repr(value)


_LOOKS_LIKE_REFERENCE = re.compile(r"\$(?=\{?\d)")


def _escaped(text: str) -> str:
    r"""`$5` as `\$5`: an amount of the user's, not the result of call 5."""
    return _LOOKS_LIKE_REFERENCE.sub(r"\\$", text)


def _quoted(text: str) -> str:
    r"""A JSON string, except that the backslash of `\$` is not doubled: it is already an escape."""
    return json.dumps(text, ensure_ascii=False).replace("\\\\$", "\\$")
