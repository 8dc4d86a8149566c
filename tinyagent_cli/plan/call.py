r"""The values a plan is made of: calls, their arguments and references to earlier results.

Plain text never turns into a reference: wherever a dollar sign of the user's own stands before a
digit or a brace it is written `\$`, and a backslash is always written `\\`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeAlias, Union

JOIN = "join"
"""The pseudo-tool that ends every plan."""

MAX_CALLS = 99
"""Calls in a plan: `$100` and above is an amount, not a result."""


@dataclass(frozen=True)
class Reference:
    """`$n`: the result of call n; `$0` is the document piped in beside the request."""

    number: int

    def __str__(self) -> str:
        return f"${self.number}"


@dataclass(frozen=True)
class Template:
    """A text with results inside it: `"Lunch at $2"`. Parts are plain text and references, in order."""

    parts: tuple[str | Reference, ...]


Argument: TypeAlias = Union[
    bool, int, float, str, Reference, Template, "tuple[Argument, ...]", "Mapping[str, Argument]", None
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
        return self._written()

    def conventional(self) -> str:
        r"""The call for readers that do not know `\$`: an amount that no earlier result could be taken for is plain."""
        return self._written(range(self.number))

    def _written(self, results: Container[int] | None = None) -> str:
        written = [_written(value, results) for value in self.arguments]
        written += [f"{name}={_written(value, results)}" for name, value in self.named.items()]
        return f"{self.tool}({', '.join(written)})"


Plan: TypeAlias = tuple[Call, ...]
"""Calls in the order in which they were written, `join()` left out."""


def compose(parts: Iterable[str | Reference]) -> str | Reference | Template:
    """The simplest value that holds these parts: neighbouring texts are merged, empty ones left out."""
    runs: list[str | Reference] = []
    for is_text, run in groupby(parts, lambda part: isinstance(part, str)):
        if is_text:
            runs.append("".join(map(str, run)))
        else:
            runs.extend(run)
    merged = tuple(part for part in runs if part != "")
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else Template(merged)


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


def replace_references(value: Argument, change: Callable[[Reference], str | Reference]) -> Argument:
    """The value with every reference replaced by what `change` makes of it: another one, or plain text."""
    if isinstance(value, Reference):
        return change(value)
    if isinstance(value, Template):
        return compose(part if isinstance(part, str) else change(part) for part in value.parts)
    if isinstance(value, tuple):
        return tuple(replace_references(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: replace_references(item, change) for key, item in value.items()}
    return value


def renumber(call: Call, number: int, change: Callable[[Reference], str | Reference]) -> Call:
    """The call under another number, with its references replaced as by `replace_references`."""
    return replace(
        call,
        number=number,
        arguments=tuple(replace_references(value, change) for value in call.arguments),
        named={name: replace_references(value, change) for name, value in call.named.items()},
    )


def render(value: Argument) -> str:
    """A value as the planner writes it; plain text is escaped so that it stays plain text."""
    return _written(value)


def render_plan(plan: Plan) -> list[str]:
    """The calls as the planner writes them, one a line, without numbers and without `join()`."""
    return [call.render() for call in plan]


def conventional_plan(plan: Plan) -> list[str]:
    """The calls as `Call.conventional` writes them, without numbers and without `join()`."""
    return [call.conventional() for call in plan]


_DOLLAR = re.compile(r"\$(?=[0-9{])")
_DOLLAR_NUMBER = re.compile(r"\$(?=\{?([0-9]{1,2})(?![0-9]))")
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _written(value: Argument, results: Container[int] | None = None) -> str:
    """A value as text; `results` holds the numbers that `$n` could be taken for (None: any)."""
    if isinstance(value, Reference):
        return f'"{value}"'
    if isinstance(value, str):
        return f'"{_escaped(value, results)}"'
    if isinstance(value, Template):
        return f'"{_escaped_parts(value.parts, results)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item, results) for item in value)}]"
    if isinstance(value, Mapping):
        pairs = (f'"{_escaped(key, None)}": {_written(item, results)}' for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def _escaped_parts(parts: tuple[str | Reference, ...], results: Container[int] | None) -> str:
    written = []
    for part, following in zip(parts, (*parts[1:], ""), strict=True):
        if isinstance(part, str):
            written.append(_escaped(part, results))
        elif isinstance(following, str) and following[:1].isdigit():
            written.append(f"${{{part.number}}}")
        else:
            written.append(str(part))
    return "".join(written)


def _escaped(text: str, results: Container[int] | None) -> str:
    """The text as it stands between quotes: on one line, and free of references."""
    text = _SPECIAL.sub(lambda match: _SHORT.get(match[0], f"\\u{ord(match[0]):04x}"), text)
    if results is None:
        return _DOLLAR.sub(r"\\$", text)
    return _DOLLAR_NUMBER.sub(lambda match: "\\$" if int(match[1]) in results else "$", text)
