"""JSON Lines files: read with the number of every line, written whole, or grown by whole lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tinyagent_cli import atomic
from tinyagent_cli.errors import UsageError


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that are not blank, each with its number. Raises UsageError if it cannot be read."""
    with _os_errors("read", path):
        content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all: it appears once it is complete. Raises UsageError."""
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", errors="replace")
    with _os_errors("write", path):
        atomic.write_whole(path, content)


class GrowingFile:
    """A file that takes more lines while a long run goes on; what was added is on the disk when `add` returns.

    A last line that an earlier run was torn away from is cut off. The file is made with its first line.
    """

    def __init__(self, path: Path) -> None:
        """Raises UsageError if the file is there and cannot be written."""
        self.path = path
        if path.exists():
            with _os_errors("write", path), path.open("r+b") as file:
                _mend(file)

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Append records, a line each, in one piece. Raises UsageError."""
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        if not text:
            return
        with _os_errors("write", self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(text.encode("utf-8", errors="replace"))
                file.flush()
                os.fsync(file.fileno())

    def lines(self) -> int:
        """How many lines there are that are not blank."""
        return sum(1 for _ in numbered_lines(self.path)) if self.path.exists() else 0


def _mend(file: BinaryIO) -> None:
    """Cut off a last line that is not whole, or end it if only the line break is missing."""
    content = file.read()
    begin = content.rfind(b"\n") + 1
    if begin == len(content):
        return
    try:
        json.loads(content[begin:])
        file.write(b"\n")
    except ValueError:
        file.truncate(begin)


@contextmanager
def _os_errors(verb: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot {verb} {path}: {error.strerror or error}", hint="check the path") from error
