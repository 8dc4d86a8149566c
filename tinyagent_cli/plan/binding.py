"""Puts the arguments of a call in the order and the types of its tool's parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Argument, Call, Reference, Template, render
from tinyagent_cli.plan.signature import EMPTY, Parameter, Signature

_TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "list[str]": "a list of texts",
    "date": "a text",
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?")
_FLAGS = {"true": True, "false": False}
_SHOWN = 40


def bind(call: Call, signature: Signature) -> Call:
    """The call with positional arguments only, one for each parameter, each of its parameter's type.

    Optional parameters that are left out hold what `EMPTY` says. Values that can only mean one thing are
    converted: `"30"` for a number, a single text for a list, a choice in another case. A reference stands for a
    value of any type. Raises CheckError, which names the call and the parameter.
    """
    values = arrange(call, signature)
    pairs = zip(values, signature.parameters, strict=True)
    return replace(call, arguments=tuple(typed(value, p, locate(call, p)) for value, p in pairs), named={})


def locate(call: Call, parameter: Parameter) -> str:
    """Where an error is: `call 2: send_sms.recipients`."""
    return f"call {call.number}: {call.tool}.{parameter.name}"


def near_misses(name: str, known: Iterable[str]) -> str:
    """A hint at the names that were probably meant; empty if there are none."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=3)
    return f"did you mean {' or '.join(close)}?" if close else ""


def arrange(call: Call, signature: Signature) -> list[Argument]:
    """One value for each parameter, in order, as written. Raises CheckError."""
    parameters = signature.parameters
    names = [parameter.name for parameter in parameters]
    if len(call.arguments) > len(names):
        takes = f"takes {len(names)} arguments" + (f" ({', '.join(names)})" if names else "")
        raise CheckError(f"call {call.number}: {call.tool} {takes}, not {len(call.arguments)}")
    values = dict(zip(names, call.arguments, strict=False))
    for name, value in call.named.items():
        if name not in names:
            raise CheckError(f"call {call.number}: {call.tool} has no parameter {name}", hint=near_misses(name, names))
        if name in values:
            raise CheckError(f"call {call.number}: {call.tool}.{name} is given twice")
        values[name] = value
    return [values[p.name] if p.name in values else _left_out(call, p) for p in parameters]


def typed(value: Argument, parameter: Parameter, where: str) -> Argument:
    """The value in the type of its parameter. Raises CheckError, which opens with `where`."""
    if value is None:
        return _empty(parameter)
    if isinstance(value, Reference):
        return value
    converted = _converted(value, parameter)
    if converted is None:
        raise CheckError(f"{where} must be {_TYPES[parameter.type]}, not {_shown(value)}")
    return _chosen(converted, parameter, where) if parameter.choices else converted


def _left_out(call: Call, parameter: Parameter) -> Argument:
    if parameter.required:
        raise CheckError(f"{locate(call, parameter)} is missing")
    return _empty(parameter)


def _empty(parameter: Parameter) -> Argument:
    empty = EMPTY[parameter.type]
    return tuple(empty) if isinstance(empty, list) else empty


def _converted(value: Argument, parameter: Parameter) -> Argument:
    """The value in another type, None if it cannot be."""
    if parameter.type == "list[str]":
        return _texts(value)
    if parameter.type == "str":
        return _text(value)
    if parameter.type == "date":
        return value if isinstance(value, (str, Template)) else None
    if parameter.type == "bool":
        return _flag(value)
    return _number(value, whole=parameter.type == "int")


def _text(value: Argument) -> str | Reference | Template | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, (str, Reference, Template)) else None


def _texts(value: Argument) -> Argument:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, tuple):
        return None
    texts = tuple(_text(item) for item in value)
    return None if None in texts else texts


def _flag(value: Argument) -> bool | None:
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _number(value: Argument, *, whole: bool) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if _WHOLE.fullmatch(text):
            return int(text)
        value = float(text) if _DECIMAL.fullmatch(text) else None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and (not whole or value.is_integer()):
        return int(value) if whole else value
    return None


def _chosen(value: Argument, parameter: Parameter, where: str) -> Argument:
    """The choice that is meant, whatever its case; every item of a list must be one."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_chosen(item, parameter, where) for item in value)
    if isinstance(value, Reference) or (value == "" and not parameter.required):
        return value
    for choice in parameter.choices:
        if isinstance(value, str) and value.strip().casefold() == choice.casefold():
            return choice
    raise CheckError(f"{where} must be one of {', '.join(parameter.choices)}, not {_shown(value)}")


def _shown(value: Argument) -> str:
    if isinstance(value, Mapping):
        return "a dictionary"
    text = render(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
