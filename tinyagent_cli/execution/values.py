"""Results on their way into arguments: as data, once, and never read again as a plan.

A reference is a `Reference`, made by the parser out of the plan's text. A result is never parsed, so a
note that says "$1" stays a note that says "$1".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tinyagent_cli.plan.call import Argument, Reference, Template
from tinyagent_cli.tools.arguments import as_text

DOCUMENT = 0
"""The number by which a plan refers to the document piped in beside the request."""

Origin: TypeAlias = int | Literal["document"]
"""The call that gave a value, or the document."""


@dataclass(frozen=True)
class Value:
    """A result and where it came from."""

    data: Any
    origin: Origin


def substitute(argument: Argument, values: Mapping[int, Value]) -> Any:
    """An argument with the results it refers to in their places; tuples become lists.

    A list that stands as an element of a list is spliced into it (the addresses of a group). A result
    inside a text is put as a person would write it. Raises KeyError for a number without a value.
    """
    if isinstance(argument, Reference):
        return values[argument.number].data
    if isinstance(argument, Template):
        parts = (part if isinstance(part, str) else as_text(values[part.number].data) for part in argument.parts)
        return "".join(parts)
    if isinstance(argument, tuple):
        return _elements(argument, values)
    if isinstance(argument, Mapping):
        return {key: substitute(item, values) for key, item in argument.items()}
    return argument


def _elements(items: tuple[Argument, ...], values: Mapping[int, Value]) -> list[Any]:
    elements: list[Any] = []
    for item in items:
        value = substitute(item, values)
        if isinstance(item, Reference) and isinstance(value, (list, tuple)):
            elements.extend(value)
        else:
            elements.append(value)
    return elements
