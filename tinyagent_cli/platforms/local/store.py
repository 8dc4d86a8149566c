"""Writing files: whole or not at all, one writer at a time, and with a copy of what was there for undo."""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tinyagent_cli.atomic import write_whole
from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Written

KEEP_COPIES = 30 * 24 * 3600
"""Seconds for which copies for undo are kept."""

LOCK_WAIT = 20.0
"""Seconds to wait for another program to finish with a file."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]+')
_LONGEST_NAME = 120


class FileStore:
    """The files of a data folder. Copies for undo and locks lie in hidden folders inside it."""

    def __init__(self, folder: Path) -> None:
        self._copies = folder / ".undo"
        self._locks = folder / ".locks"

    def create(self, path: Path, content: bytes) -> Written:
        """Write a new file; where one of that name is, the new one is numbered: `Ideas 2.md`."""
        with os_errors("write", path), self.locked(path.parent):
            free = _free(path)
            write_whole(free, content, private=True)
        return Written(free)

    def update(self, path: Path, change: Callable[[bytes | None], bytes]) -> Written:
        """Replace a file's content by `change` of it (None: there is no such file yet).

        Nobody else who uses a store writes to the file in between.
        """
        with os_errors("write", path):
            real = path.resolve()
            with self.locked(real):
                before = real.read_bytes() if real.exists() else None
                content = change(before)
                copy = None if before is None else self._copy(real, before)
                write_whole(real, content, private=True)
        return Written(path, copy)

    def _copy(self, path: Path, content: bytes) -> Path:
        self._copies.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._throw_away(time.time() - KEEP_COPIES)
        copy = self._copies / f"{uuid.uuid4().hex}{path.suffix}"
        write_whole(copy, content, private=True)
        return copy

    def _throw_away(self, oldest: float) -> None:
        for copy in self._copies.iterdir():
            with suppress(FileNotFoundError):  # another writer's temporary file, or thrown away by it
                if copy.stat().st_mtime < oldest:
                    copy.unlink()

    @contextmanager
    def locked(self, path: Path) -> Iterator[None]:
        """Keep everyone else who uses a store off a path. Raises ToolError if it stays taken."""
        from filelock import FileLock, Timeout

        self._locks.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:24]
        try:
            with FileLock(self._locks / f"{name}.lock", timeout=LOCK_WAIT):
                yield
        except Timeout as error:
            raise ToolError(f"another program holds {path}", hint="try again when it is done") from error


def storable(text: str) -> str:
    """Text that every format can hold: no control characters but tabs and line ends, no lone surrogates."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode(errors="replace").decode()


def safe_name(text: str) -> str:
    """A file name (without suffix) that stays in its folder on every system: no separators, no control characters."""
    name = unicodedata.normalize("NFC", _FORBIDDEN.sub(" ", storable(text)))
    name = " ".join(name.split()).strip(". ")
    while len(os.fsencode(name)) > _LONGEST_NAME:
        name = name[:-1].rstrip(". ")
    return name or "Untitled"


def _free(path: Path) -> Path:
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem} {number}{path.suffix}")
    return candidate


@contextmanager
def os_errors(verb: str, path: Path) -> Iterator[None]:
    """Turn an operating system's refusal into a ToolError of one line that names the path and the reason."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise ToolError(
            f"cannot {verb} {path}: {reason}", hint="check the path, its permissions and the disk"
        ) from error
