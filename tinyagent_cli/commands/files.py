"""Files that a command writes for its user: whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from tempfile import TemporaryFile

from tinyagent_cli import atomic


def check_writable(path: Path) -> None:
    """Make the folder of a file that is to be written in the end. Raises ToolError if that will not be possible."""
    from tinyagent_cli.platforms.local.store import os_errors

    with os_errors("write", path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, or leave what was there as it is. Raises ToolError naming the path and the reason."""
    from tinyagent_cli.platforms.local.store import os_errors

    with os_errors("write", path):
        atomic.write_whole(path, content)
