"""What the planner knows of a tool: its name, its parameters and one line of description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, get_args

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
_KINDS: Mapping[type, str] = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}

_Value = TypeVar("_Value", str, bool, int, "list[Any]")


@dataclass(frozen=True)
class Parameter:
    """One positional parameter of a tool.

    `accepts` are the kinds of results that may fill it (empty: any), `pattern` is a regular expression that
    a copied text must match as a whole (empty: any text). `start` names the parameter that an end is counted
    from (`end_date` from `start_date`), and `minutes` is how long that lasts unless the user says otherwise. `labels`
    are what a person reads in place of each of the `choices` (empty: the choices themselves).
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
    labels: tuple[str, ...] = ()

    def label(self, choice: str) -> str:
        """What a person reads in place of a choice."""
        return dict(zip(self.choices, self.labels, strict=False)).get(choice, choice)

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

    Texts and lists hold what the request names, in its own words: nobody's id, place or message is ever invented. What
    else a tools.toml can say may stand there under the same names: `returns` of the tool; `source`, `choices`, `start`,
    `minutes`, `accepts`, `pattern` and `labels` of a parameter. Raises ValueError, which says what is wrong with which
    tool.
    """
    if not isinstance(tool, Mapping):
        raise ValueError("a tool must be an object")
    name = _name(tool, _TOOL_NAME, "a tool")
    where = f"tool {name}"
    if name == JOIN:
        raise ValueError(f"{where}: this name ends every plan")
    parameters = tuple(_parameter_from_json(parameter, name) for parameter in _value(tool, "parameters", [], where))
    if len({parameter.name for parameter in parameters}) < len(parameters):
        raise ValueError(f"{where}: two parameters share a name")
    dates = [parameter.name for parameter in parameters if parameter.type == "date"]
    for parameter in parameters:
        if parameter.start and not {parameter.name, parameter.start} <= set(dates):
            raise ValueError(f"{where}: parameter {parameter.name}: start counts one date from another")
    return Signature(name, parameters, _value(tool, "description", "", where), _value(tool, "returns", "", where))


def signatures_from_json(tools: Iterable[Any]) -> list[Signature]:
    """The tools that came with a request. Raises ValueError as `signature_from_json`, and where two share a name."""
    signatures = [signature_from_json(tool) for tool in tools]
    if len(by_name(signatures)) < len(signatures):
        raise ValueError("two tools share a name")
    return signatures


def signature_to_json(signature: Signature) -> dict[str, Any]:
    """The tool as `signature_from_json` reads it; what goes without saying is left out."""
    parameters = [_parameter_to_json(parameter) for parameter in signature.parameters]
    tool = {"name": signature.name, "description": signature.description, "parameters": parameters}
    return tool | ({"returns": signature.returns} if signature.returns else {})


def _parameter_to_json(parameter: Parameter) -> dict[str, Any]:
    written = {
        "name": parameter.name,
        "type": parameter.type,
        "description": parameter.description,
        "required": parameter.required,
    }
    more = {
        "source": parameter.source if parameter.source != _usual_source(parameter.type, parameter.choices) else "",
        "choices": list(parameter.choices),
        "start": parameter.start,
        "minutes": parameter.minutes,
        "accepts": list(parameter.accepts),
        "pattern": parameter.pattern,
        "labels": list(parameter.labels),
    }
    return written | {key: value for key, value in more.items() if value}


def _parameter_from_json(parameter: Any, tool: str) -> Parameter:
    if not isinstance(parameter, Mapping):
        raise ValueError(f"tool {tool}: a parameter must be an object")
    name = _name(parameter, _PARAMETER_NAME, f"tool {tool}: a parameter")
    where = f"tool {tool}: parameter {name}"
    kind = parameter.get("type", "str")
    if kind not in get_args(ParameterType):
        raise ValueError(f"{where}: type must be one of {', '.join(EMPTY)}, not {kind!r}")
    choices = _texts(parameter, "choices", where)
    if choices and kind not in ("str", "list[str]"):
        raise ValueError(f"{where}: choices are texts, and the type is {kind}")
    source = parameter.get("source", _usual_source(kind, choices))
    if source not in get_args(Source):
        raise ValueError(f"{where}: source must be one of {', '.join(get_args(Source))}, not {source!r}")
    return Parameter(
        name,
        kind,
        _value(parameter, "description", "", where),
        _value(parameter, "required", True, where),
        source,
        choices,
        _value(parameter, "start", "", where),
        _value(parameter, "minutes", 0, where),
        _texts(parameter, "accepts", where),
        _pattern(parameter, where),
        _texts(parameter, "labels", where),
    )


def _usual_source(kind: ParameterType, choices: tuple[str, ...]) -> Source:
    """Where a value comes from where nothing is said: a choice seldom stands in the request as it is written."""
    return "copy" if kind in ("str", "list[str]") and not choices else "text"


def _pattern(parameter: Mapping[str, Any], where: str) -> str:
    pattern = _value(parameter, "pattern", "", where)
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{where}: pattern is not a regular expression: {error}") from error
    return pattern


def _texts(of: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    texts = _value(of, key, [], where)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{where}: {key} must be a list of texts")
    return tuple(texts)


def _value(of: Mapping[str, Any], key: str, default: _Value, where: str) -> _Value:
    """The value of a key, of its default's type."""
    value = of.get(key, default)
    if type(value) is not type(default):
        raise ValueError(f"{where}: {key} must be {_KINDS[type(default)]}")
    return value


def _name(of: Mapping[str, Any], allowed: re.Pattern[str], what: str) -> str:
    name = of.get("name")
    if not isinstance(name, str) or not allowed.fullmatch(name):
        raise ValueError(f"{what} must have a name of letters, digits and _ that begins with a letter, not {name!r}")
    return name
