"""BFCL's functions as tools of ours, and our calls in the form that its checker takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tinyagent_cli.plan.call import Argument, Call, Reference, Template, render
from tinyagent_cli.plan.signature import EMPTY, Signature, Signatures, signature_from_json

_TYPES: Mapping[str, str] = MappingProxyType(
    {"string": "str", "any": "str", "integer": "int", "float": "float", "boolean": "bool"}
)
_LISTS = ("array", "tuple")


class UnsupportedError(ValueError):
    """A function that no tool of ours can stand for; says why."""


def signature_of(function: Mapping[str, Any]) -> Signature:
    """The function as a tool that came with a request.

    An optional parameter of a type that we do not have is left out. Raises UnsupportedError for one that is required,
    and for names that are none here.
    """
    properties = function["parameters"]["properties"]
    required = set(function["parameters"].get("required", ()))
    kept = [(name, form) for name, form in properties.items() if name in required or _type(form)]
    for name, form in kept:
        if not _type(form):
            raise UnsupportedError(f"{function['name']}.{name} is {_described(form)}")
    parameters = [_parameter(name, form, required=name in required) for name, form in kept]
    tool = {"name": function["name"], "description": function.get("description", ""), "parameters": parameters}
    try:
        return signature_from_json(tool)
    except ValueError as error:
        raise UnsupportedError(str(error)) from error


def calls_of(plan: Sequence[Call], signatures: Signatures) -> list[dict[str, dict[str, Any]]]:
    """The plan for the checker: `{function: {parameter: value}}` a call, without the optional ones that are empty."""
    return [{call.tool: _arguments(call, signatures[call.tool])} for call in plan]


def _parameter(name: str, form: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    kind, choices = _type(form), form.get("enum") or []
    parameter = {"name": name, "type": kind, "description": form.get("description", ""), "required": required}
    named = kind == "str" and all(isinstance(choice, str) for choice in choices)
    return parameter | ({"choices": choices} if named else {})


def _arguments(call: Call, signature: Signature) -> dict[str, Any]:
    pairs = zip(signature.parameters, map(_plain, call.arguments), strict=True)
    return {p.name: value for p, value in pairs if p.required or value != EMPTY[p.type]}


def _plain(value: Argument) -> Any:
    """The value as JSON has it; no call has a result here, so a reference is a text that is wrong."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return render(value)[1:-1] if isinstance(value, (Reference, Template)) else value


def _type(form: Mapping[str, Any]) -> str:
    """Our name of a type; empty where we have none."""
    if form["type"] in _LISTS:
        return "list[str]" if form.get("items", {}).get("type") == "string" else ""
    return _TYPES.get(form["type"], "")


def _described(form: Mapping[str, Any]) -> str:
    if form["type"] in _LISTS:
        return f"{form['type']} of {form.get('items', {}).get('type', 'anything')}"
    return str(form["type"])
