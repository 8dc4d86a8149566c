"""What the planner knows of a tool: its name, its parameters and one line of description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

ParameterType: TypeAlias = Literal["str", "int", "float", "bool", "list[str]", "date"]
"""The types of the conventions. A `date` is a phrase as the user said it, or an ISO time once resolved."""

Source: TypeAlias = Literal["text", "copy", "result"]
"""Where a value may come from: any words (`text`), only words of the request (`copy`), only an earlier result (`result`)."""

EMPTY: Mapping[str, str | int | float | bool | list[str]] = {
    "str": "",
    "int": 0,
    "float": 0.0,
    "bool": False,
    "list[str]": [],
    "date": "",
}
"""What a parameter holds where nothing applies."""


@dataclass(frozen=True)
class Parameter:
    """One positional parameter of a tool.

    `start` names the parameter that an end is counted from (`end_date` from `start_date`), and
    `minutes` is how long that lasts unless the user says otherwise.
    """

    name: str
    type: ParameterType = "str"
    description: str = ""
    required: bool = True
    source: Source = "text"
    choices: tuple[str, ...] = ()
    start: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Signature:
    """A tool as the planner sees it. Parameters are positional, in this order."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    description: str = ""

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name; raises KeyError if there is none."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)


Signatures: TypeAlias = Mapping[str, Signature]
"""Signatures by tool name, in the order in which they are offered."""


def by_name(signatures: Iterable[Signature]) -> dict[str, Signature]:
    """Signatures keyed by tool name, order kept."""
    return {signature.name: signature for signature in signatures}
