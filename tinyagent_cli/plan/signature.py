"""What the planner knows of a tool: its name, its parameters and one line of description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from tinyagent_cli.plan.call import JOIN

ParameterType: TypeAlias = Literal["str", "int", "float", "bool", "list[str]", "date"]
"""The types of the conventions. A `date` is a phrase as the user said it, or an ISO time once resolved."""

Source: TypeAlias = Literal["text", "copy", "result"]
"""Where a value may come from: any words (`text`), words of the request (`copy`), an earlier result (`result`)."""

EMPTY: Mapping[str, str | int | float | bool | list[str]] = {
    "str": "",
    "int": 0,
    "float": 0.0,
    "bool": False,
    "list[str]": [],
    "date": "",
}
"""What a parameter holds where nothing applies."""

STATUS = "status"
"""The kind of a result that only says how a call went."""

_TOOL_NAME = re.compile(r"[^\W\d][\w.-]{0,127}")
_PARAMETER_NAME = re.compile(r"[^\W\d][\w-]{0,127}")


@dataclass(frozen=True)
class Parameter:
    """One positional parameter of a tool.

    `accepts` are the kinds of results that may fill it (empty: any), `pattern` is a regular expression that
    a copied text must match as a whole (empty: any text). `start` names the parameter that an end is counted
    from (`end_date` from `start_date`), and `minutes` is how long that lasts unless the user says otherwise.
    """

    name: str
    type: ParameterType = "str"
    description: str = ""
    required: bool = True
    source: Source = "text"
    choices: tuple[str, ...] = ()
    start: str = ""
    minutes: int = 0
    accepts: tuple[str, ...] = ()
    pattern: str = ""

    def takes(self, kind: str) -> bool:
        """Whether a result of that kind may fill the parameter, or stand in its text; "" is of unknown kind."""
        return not kind or (kind in self.accepts if self.accepts else kind != STATUS)


@dataclass(frozen=True)
class Signature:
    """A tool as the planner sees it. Parameters are positional, in this order.

    `returns` is the kind of its result, in any words that a parameter's `accepts` may name; `status` is
    one that no later call can use.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    returns: str = ""

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


def signature_from_json(tool: Any) -> Signature:
    """A tool from JSON: `{"name", "description"?, "parameters"?: [{"name", "type", "description"?, "required"?}]}`.

    Lists hold what the request names, other values may be in any words. Raises ValueError, which says what is wrong
    with which tool.
    """
    if not isinstance(tool, Mapping):
        raise ValueError("a tool must be an object")
    name = _name(tool, _TOOL_NAME, "a tool")
    if name == JOIN:
        raise ValueError(f"tool {name}: this name ends every plan")
    listed = tool.get("parameters", [])
    if not isinstance(listed, list):
        raise ValueError(f"tool {name}: parameters must be a list")
    parameters = tuple(_parameter_from_json(parameter, name) for parameter in listed)
    if len({parameter.name for parameter in parameters}) < len(parameters):
        raise ValueError(f"tool {name}: two parameters share a name")
    return Signature(name, parameters, _description(tool, f"tool {name}"))


def _parameter_from_json(parameter: Any, tool: str) -> Parameter:
    if not isinstance(parameter, Mapping):
        raise ValueError(f"tool {tool}: a parameter must be an object")
    name = _name(parameter, _PARAMETER_NAME, f"tool {tool}: a parameter")
    where = f"tool {tool}: parameter {name}"
    kind = parameter.get("type", "str")
    if kind not in get_args(ParameterType):
        raise ValueError(f"{where}: type must be one of {', '.join(EMPTY)}, not {kind!r}")
    required = parameter.get("required", True)
    if not isinstance(required, bool):
        raise ValueError(f"{where}: required must be true or false")
    source: Source = "copy" if kind == "list[str]" else "text"
    return Parameter(name, kind, _description(parameter, where), required, source)


def _name(of: Mapping[str, Any], allowed: re.Pattern[str], what: str) -> str:
    name = of.get("name")
    if not isinstance(name, str) or not allowed.fullmatch(name):
        raise ValueError(f"{what} must have a name of letters, digits and _ that begins with a letter, not {name!r}")
    return name


def _description(of: Mapping[str, Any], where: str) -> str:
    description = of.get("description", "")
    if not isinstance(description, str):
        raise ValueError(f"{where}: description must be a text")
    return description
