"""One setting: its type, and how a value from TOML or from text becomes it or is refused."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from tinyagent_cli.errors import ConfigError

_WORDS_OF_TRUTH: Mapping[str, bool] = MappingProxyType(
    {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
)


@dataclass(frozen=True)
class Setting:
    """A setting's dotted key and type; numbers must lie above `above`; a secret is never shown."""

    key: str
    type: Any
    above: float | None = None
    secret: bool = False

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        if get_origin(self.type) is Literal:
            return "one of " + ", ".join(f'"{choice}"' for choice in get_args(self.type))
        name = _NAMES[self.type]
        return name if self.above is None else f"{name} above {self.above:g}"


def convert(setting: Setting, raw: object, where: str, folder: Path) -> Any:
    """A raw TOML value as the setting's type; relative paths count from `folder`.

    Raises ConfigError naming `where` it stands, the key and what is allowed.
    """
    value = _CONVERTERS.get(setting.type, _choice(setting.type))(raw, folder)
    if value is None or (setting.above is not None and value <= setting.above):
        shown = "that" if setting.secret else repr(raw)
        raise ConfigError(f"{where}: {setting.key} must be {setting.allowed}, not {shown}")
    return value


def from_text(setting: Setting, text: str, where: str) -> object:
    """Text of an environment variable or a command line as the raw value that TOML would hold.

    Lists of words are split as a shell does, lists of paths at `os.pathsep`.
    """
    try:
        return _TEXT_READERS.get(setting.type, str)(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {setting.key} must be {setting.allowed}, not {text!r}") from error


def near_miss(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or nothing."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


def _text(raw: object, folder: Path) -> str | None:
    return raw if isinstance(raw, str) and "\0" not in raw else None


def _boolean(raw: object, folder: Path) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _integer(raw: object, folder: Path) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _number(raw: object, folder: Path) -> float | None:
    if not isinstance(raw, (int, float)) or isinstance(raw, bool) or not math.isfinite(raw):
        return None
    return float(raw)


def _path(raw: object, folder: Path) -> Path | None:
    text = str(raw) if isinstance(raw, Path) else _text(raw, folder)
    return folder.absolute() / Path(text).expanduser() if text else None


def _texts(raw: object, folder: Path) -> tuple[str, ...] | None:
    if not isinstance(raw, (list, tuple)) or not all(isinstance(item, str) for item in raw):
        return None
    return tuple(raw)


def _paths(raw: object, folder: Path) -> tuple[Path, ...] | None:
    if not isinstance(raw, (list, tuple)):
        return None
    found = [path for path in (_path(item, folder) for item in raw) if path is not None]
    return tuple(found) if len(found) == len(raw) else None


def _choice(type_: Any) -> Callable[[object, Path], Any]:
    return lambda raw, folder: raw if raw in get_args(type_) else None


def _truth(text: str) -> bool:
    if text.lower() not in _WORDS_OF_TRUTH:
        raise ValueError(text)
    return _WORDS_OF_TRUTH[text.lower()]


_CONVERTERS: Mapping[Any, Callable[[object, Path], Any]] = MappingProxyType(
    {
        str: _text,
        bool: _boolean,
        int: _integer,
        float: _number,
        Path: _path,
        tuple[str, ...]: _texts,
        tuple[Path, ...]: _paths,
    }
)

_TEXT_READERS: Mapping[Any, Callable[[str], object]] = MappingProxyType(
    {
        bool: _truth,
        int: int,
        float: float,
        tuple[str, ...]: shlex.split,
        tuple[Path, ...]: lambda text: [part for part in text.split(os.pathsep) if part],
    }
)

_NAMES: Mapping[Any, str] = MappingProxyType(
    {
        str: "text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        Path: "a path",
        tuple[str, ...]: "a list of texts",
        tuple[Path, ...]: "a list of paths",
    }
)
