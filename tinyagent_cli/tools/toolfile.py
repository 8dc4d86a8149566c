"""Reads a tools.toml: every declaration becomes a Tool, every mistake a ToolFileError that says where it is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from tinyagent_cli.errors import ToolFileError
from tinyagent_cli.plan.call import JOIN
from tinyagent_cli.plan.signature import Parameter, ParameterType, Signature, Source
from tinyagent_cli.tools.kinds.command import command_runner
from tinyagent_cli.tools.kinds.python import python_runner
from tinyagent_cli.tools.spec import Effect, Runner, Tool

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")

TOOL_KEYS: Final = ("description", "effect", "python", "command", "stdin", "timeout", "returns", "parameters")
PARAMETER_KEYS: Final = (
    "type",
    "description",
    "required",
    "source",
    "choices",
    "start",
    "minutes",
    "accepts",
    "pattern",
    "labels",
)
EFFECTS: Final = tuple(effect.value for effect in Effect)
RESERVED: Final = (JOIN, *EFFECTS)
"""Names no tool can have: the end of a plan, and the effects, which share the policy's table with tools."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final[Mapping[Any, str]] = {str: "text", bool: "true or false", int: "a whole number", dict: "a table"}


@dataclass(frozen=True)
class _Place:
    """Where in which file we are reading; it words the errors."""

    file: Path
    tool: str = ""
    parameter: str = ""

    def error(self, problem: str, hint: str = "") -> ToolFileError:
        where = [str(self.file)]
        where += [f"tool {self.tool}"] if self.tool else []
        where += [f"parameter {self.parameter}"] if self.parameter else []
        return ToolFileError(f"{': '.join(where)}: {problem}", hint=hint)

    def check_keys(self, table: Mapping[str, Any], allowed: Iterable[str]) -> None:
        for key in table:
            if key not in allowed:
                raise self.error(f"unknown key {key}", f"allowed: {', '.join(allowed)}")

    def check_name(self, name: str) -> None:
        if not _NAME.fullmatch(name) or iskeyword(name):
            hint = "letters, digits and _ only, no digit first, and no keyword of Python"
            raise self.error(f"{name!r} cannot be a name", hint)

    def value(self, table: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
        """The value of a key, or its default; a truth value is not a number."""
        found = table.get(key, default)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.error(f"{key} must be {_WORDS[kind]}, not {found!r}")
        return found

    def choice(self, table: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str = "") -> Any:
        found = table.get(key, default)
        if found not in allowed:
            problem = f"{key} must not be {found!r}" if key in table else f"{key} is missing"
            raise self.error(problem, f"allowed: {', '.join(allowed)}")
        return found

    def texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of texts that is not empty; () if the key is not there."""
        found = table.get(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not found or not all(isinstance(item, str) for item in found):
            raise self.error(f"{key} must be a list of texts, not {found!r}")
        return tuple(found)


def read_tool_file(path: Path, *, builtin: bool = False) -> dict[str, Tool]:
    """The tools that a file declares, by name, in its order. Nothing of theirs is imported yet.

    Raises ToolFileError naming the file, the tool, the key and what is allowed.
    """
    place = _Place(path)
    document = _parsed(path, place)
    place.check_keys(document, ("tools",))
    tables = place.value(document, "tools", dict, {})
    return {name: _tool(_Place(path, name), name, table, builtin) for name, table in tables.items()}


def _parsed(path: Path, place: _Place) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise place.error(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise place.error(f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise place.error(f"is not valid TOML: {error}") from error


def _tool(place: _Place, name: str, table: Any, builtin: bool) -> Tool:
    place.check_name(name)
    if name in RESERVED:
        raise place.error("the name is taken", f"not allowed: {', '.join(RESERVED)}")
    if not isinstance(table, dict):
        raise place.error("must be a table", f"write [tools.{name}]")
    place.check_keys(table, TOOL_KEYS)
    description = place.value(table, "description", str, "")
    if not description.strip():
        raise place.error("description is missing", "one line on what the tool does; the planner reads it")
    signature = Signature(name, _parameters(place, table), description, place.value(table, "returns", str, ""))
    return Tool(
        signature,
        Effect(place.choice(table, "effect", EFFECTS)),
        _runner(place, table, signature, builtin),
        builtin,
        _timeout(place, table),
    )


def _timeout(place: _Place, table: Mapping[str, Any]) -> float | None:
    """Seconds, or None for the limit of the configuration."""
    found = table.get("timeout")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 < found < float("inf"):
        raise place.error(f"timeout must be seconds above 0, not {found!r}")
    return float(found)


def _runner(place: _Place, table: Mapping[str, Any], signature: Signature, builtin: bool) -> Runner:
    kinds = [kind for kind in ("python", "command") if kind in table]
    if len(kinds) != 1:
        raise place.error(f"needs one of python and command, has {'both' if kinds else 'none'}")
    if "stdin" in table and kinds != ["command"]:
        raise place.error("stdin belongs to a command")
    parameters = tuple(parameter.name for parameter in signature.parameters)
    folder = place.file.parent.absolute()
    try:
        if kinds == ["python"]:
            target = place.value(table, "python", str, "")
            return python_runner(signature.name, target, parameters, None if builtin else folder)
        stdin = place.value(table, "stdin", str, "") if "stdin" in table else None
        return command_runner(signature.name, place.texts(table, "command"), stdin, parameters, folder)
    except ValueError as error:
        raise place.error(f"{kinds[0]}: {error}") from error


def _parameters(place: _Place, table: Mapping[str, Any]) -> tuple[Parameter, ...]:
    tables = place.value(table, "parameters", dict, {})
    parameters = tuple(_parameter(_Place(place.file, place.tool, name), name, item) for name, item in tables.items())
    dates = [parameter.name for parameter in parameters if parameter.type == "date"]
    for parameter in parameters:
        if parameter.start and (parameter.name not in dates or parameter.start not in dates):
            where = _Place(place.file, place.tool, parameter.name)
            raise where.error("start counts one date from another", f"dates here: {', '.join(dates) or 'none'}")
    return parameters


def _parameter(place: _Place, name: str, table: Any) -> Parameter:
    place.check_name(name)
    if not isinstance(table, dict):
        raise place.error("must be a table", f'write parameters.{name} = {{ type = "str" }}')
    place.check_keys(table, PARAMETER_KEYS)
    kind: ParameterType = place.choice(table, "type", get_args(ParameterType), "str")
    choices = place.texts(table, "choices")
    if choices and kind not in ("str", "list[str]"):
        raise place.error(f"choices are texts, the type is {kind}", "allowed: str, list[str]")
    labels = place.texts(table, "labels")
    if labels and len(labels) != len(choices):
        raise place.error(f"there are {len(labels)} labels for {len(choices)} choices", "write one for each choice")
    minutes = place.value(table, "minutes", int, 0)
    if minutes < 0:
        raise place.error(f"minutes must not be {minutes}", "allowed: 0 and above")
    source: Source = place.choice(table, "source", get_args(Source), "text")
    return Parameter(
        name,
        kind,
        place.value(table, "description", str, ""),
        place.value(table, "required", bool, True),
        source,
        choices,
        place.value(table, "start", str, ""),
        minutes,
        place.texts(table, "accepts"),
        _pattern(place, table),
        labels,
    )


def _pattern(place: _Place, table: Mapping[str, Any]) -> str:
    pattern = place.value(table, "pattern", str, "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise place.error(f"pattern is not a regular expression: {error}") from error
    return str(pattern)
