"""The head of a GGUF file: enough to tell a model from another file, and a planner from a chat model.

The format is described in ggml's docs/gguf.md.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from tinyagent_cli.errors import ModelError

DIALECT = "tinyagent.dialect"
"""Metadata key that marks weights tuned to plan; its value is `plan`."""

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING = 8
_LONGEST = 1 << 20

Scalar = str | int | float | bool


def read_head(path: Path) -> dict[str, Scalar]:
    """Metadata of the file up to its first list (the vocabulary), by key.

    Raises ModelError if there is no such file or it is no GGUF file.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != _MAGIC or _number(file, 4) not in _VERSIONS:
                raise ModelError(f"{path} is not a GGUF model", hint="fetch the file again")
            return _pairs(file)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise ModelError(f"{path} is damaged", hint="fetch the file again") from error
    except FileNotFoundError as error:
        raise ModelError(f"there is no model at {path}", hint="give the path of a .gguf file") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error


def is_planner(head: dict[str, Scalar]) -> bool:
    """Whether the weights were tuned to plan, and so take the planner's own prompt."""
    return head.get(DIALECT) == "plan"


def _pairs(file: BinaryIO) -> dict[str, Scalar]:
    _tensors, count = _number(file, 8), _number(file, 8)
    pairs: dict[str, Scalar] = {}
    for _ in range(count):
        key, kind = _text(file), _number(file, 4)
        if kind == _STRING:
            pairs[key] = _text(file)
        elif kind in _FORMATS:
            pairs[key] = _unpack(file, _FORMATS[kind])
        else:
            break
    return pairs


def _text(file: BinaryIO) -> str:
    length = _number(file, 8)
    if length > _LONGEST:
        raise ValueError(length)
    return file.read(length).decode()


def _number(file: BinaryIO, size: int) -> int:
    return int(_unpack(file, "<I" if size == 4 else "<Q"))


def _unpack(file: BinaryIO, layout: str) -> int | float | bool:
    value: int | float | bool = struct.unpack(layout, file.read(struct.calcsize(layout)))[0]
    return value
