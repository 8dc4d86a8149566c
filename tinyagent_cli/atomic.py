"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file, or leave what was there as it is; its folder is made if there is none.

    A file that was there keeps its permissions. A new one gets what the umask leaves, or is its owner's alone if it is
    `private`. A symbolic link is replaced, not followed: resolve the path first to write to its target. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = _permissions(path)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    # Whatever the file is to be in the end, nobody else may open it before it has those permissions.
    mode = PRIVATE if private or kept is not None else 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor is no path
            if kept is not None:
                os.fchmod(descriptor, kept)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _permissions(path: Path) -> int | None:
    """Those of the file that a path leads to; None if there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None
