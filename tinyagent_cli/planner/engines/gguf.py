"""The head of a GGUF file: enough to tell a model from another file, a planner from a chat model, and 4 bits from 16.

The format is described in ggml's docs/gguf.md.
"""

from __future__ import annotations

import struct
from pathlib import Path

from tinyagent_cli.errors import ModelError

PLANNER_NAME = "tinyagent planner"
"""The `general.name` of weights that were tuned to plan."""

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_HEAD = struct.Struct("<4sI")
_UINT32 = 4
_STRING = 8
_METADATA = 16 << 20


def is_planner(path: Path) -> bool:
    """Whether the weights were tuned to plan, and so take the planner's own prompt.

    Raises ModelError if there is no such file or it is no GGUF file.
    """
    return _text("general.name") + struct.pack("<I", _STRING) + _text(PLANNER_NAME) in _start(path)


def file_type(path: Path) -> int | None:
    """How most of the weights are stored, as a number of llama.cpp's `LlamaFileType`; None where the file is silent.

    Raises ModelError as `is_planner`.
    """
    _, found, rest = _start(path).partition(_text("general.file_type") + struct.pack("<I", _UINT32))
    return struct.unpack_from("<I", rest)[0] if found else None


def _start(path: Path) -> bytes:
    """The beginning of a GGUF file, its metadata in it."""
    try:
        with path.open("rb") as file:
            start = file.read(_METADATA)
    except FileNotFoundError as error:
        raise ModelError(f"there is no model at {path}", hint="give the path of a .gguf file") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    magic, version = _HEAD.unpack_from(start) if len(start) >= _HEAD.size else (b"", 0)
    if magic != _MAGIC or version not in _VERSIONS:
        raise ModelError(f"{path} is not a GGUF model", hint="fetch the file again")
    return start


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded
