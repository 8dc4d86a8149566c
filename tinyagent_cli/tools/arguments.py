"""Arguments as a tool wants them: by name, of the declared types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ToolError
from tinyagent_cli.plan.signature import EMPTY, Parameter, ParameterType, Signature

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_NOTHING: Mapping[str, Any] = MappingProxyType({})

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "str": "text",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "list[str]": "a list of texts",
        "date": "a time like 2026-03-05 14:00:00",
    }
)


def typed_arguments(signature: Signature, values: Sequence[Any], named: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
    """Positional and named values as keyword arguments of the declared types.

    Dates are ISO strings, or "" for none. What is missing and not required is empty. Raises
    ToolError naming the tool and the parameter.
    """
    names = [parameter.name for parameter in signature.parameters]
    if len(values) > len(names):
        raise ToolError(f"{signature.name} takes {len(names)} arguments, not {len(values)}")
    given = dict(zip(names, values, strict=False))
    for name, value in named.items():
        if name not in names or name in given:
            problem = "is given twice" if name in given else "is not one of its parameters"
            raise ToolError(f"{signature.name}: {name} {problem}")
        given[name] = value
    return {parameter.name: _typed(signature.name, parameter, given) for parameter in signature.parameters}


def as_text(value: Any) -> str:
    """A result as a person would write it into a sentence: lists by commas, or by lines if they hold lines."""
    if isinstance(value, Mapping):
        return "\n".join(f"{as_text(key)}: {as_text(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [as_text(item) for item in value]
        return ("\n" if any("\n" in item for item in items) else ", ").join(items)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return str(value)


def _typed(tool: str, parameter: Parameter, given: Mapping[str, Any]) -> Any:
    if parameter.name not in given:
        if parameter.required:
            raise ToolError(f"{tool}: {parameter.name} is missing")
        return _empty(parameter.type)
    from pydantic import ValidationError

    try:
        value = _adapter(parameter.type).validate_python(_prepared(given[parameter.name], parameter.type))
    except ValidationError as error:
        wanted, shown = _WORDS[parameter.type], _short(given[parameter.name])
        raise ToolError(f"{tool}: {parameter.name} must be {wanted}, not {shown}") from error
    if parameter.choices:
        _check_choice(tool, parameter, value)
    return value


def _prepared(value: Any, wanted: ParameterType) -> Any:
    """A result of another type in the form nearest to the one wanted; validation has the last word."""
    if value is None:
        return _empty(wanted)
    if wanted == "str":
        return as_text(value)
    if wanted == "list[str]":
        items = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        return [text for text in map(as_text, items) if text]
    if wanted == "date" and isinstance(value, date):
        return as_text(value)
    return value


def _empty(wanted: ParameterType) -> Any:
    return [] if wanted == "list[str]" else EMPTY[wanted]


def _check_choice(tool: str, parameter: Parameter, value: Any) -> None:
    chosen = value if isinstance(value, list) else [value]
    for item in chosen:
        if item not in parameter.choices and not (item == "" and not parameter.required):
            allowed = ", ".join(parameter.choices)
            raise ToolError(f"{tool}: {parameter.name} must be one of {allowed}, not {_short(item)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


@cache
def _adapter(wanted: ParameterType) -> TypeAdapter[Any]:
    from typing import Annotated

    from pydantic import AfterValidator, Field, TypeAdapter

    types: dict[str, Any] = {
        "str": str,
        "int": int,
        "float": Annotated[float, Field(allow_inf_nan=False)],
        "bool": bool,
        "list[str]": list[str],
        "date": Annotated[str, AfterValidator(_iso_time)],
    }
    return TypeAdapter(types[wanted])


def _iso_time(text: str) -> str:
    """The text itself if it is empty or an ISO date or time; raises ValueError otherwise."""
    from tinyagent_cli.dates.moment import from_iso

    try:
        known = not text or from_iso(text, datetime.now(timezone.utc)) is not None
    except OverflowError:
        known = False
    if not known:
        raise ValueError(text)
    return text
