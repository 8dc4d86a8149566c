"""A text in the user's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tinyagent_cli.errors import UsageError
from tinyagent_cli.ui.tty import Tty


def external_editor() -> list[str] | None:
    """The command of $VISUAL or $EDITOR, or None if neither is set.

    Raises UsageError if it cannot be read or is not there.
    """
    setting = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(setting)
    except ValueError as error:
        raise UsageError(f"cannot read $EDITOR: {error}", hint=f"it is {setting}") from error
    if not command:
        return None
    if shutil.which(command[0]) is None:
        raise UsageError(f"there is no editor {command[0]}", hint="set $EDITOR to one that is installed")
    return command


def edit_externally(
    command: list[str], tty: Tty, text: str, problem_of: Callable[[str], str], again: Callable[[str], bool]
) -> str | None:
    """Open the editor until the text is right; None if it was left as it was, or emptied.

    `problem_of` gives what is wrong with a text, or nothing; `again` shows that and asks whether to go
    on. The user's wording is kept from one round to the next. Raises UsageError if the editor fails.
    """
    with tempfile.TemporaryDirectory(prefix="tinyagent-") as folder:
        file = Path(folder) / "plan.txt"
        file.write_text(text, encoding="utf-8")
        while True:
            _run(command, file, tty)
            changed = file.read_text(encoding="utf-8", errors="replace")
            if changed == text or not changed.strip():
                return None
            problem = problem_of(changed)
            if not problem:
                return changed
            if not again(problem):
                return None


def _run(command: list[str], file: Path, tty: Tty) -> None:
    try:
        status = subprocess.call([*command, str(file)], stdin=tty.input, stdout=tty.output)
    except OSError as error:
        raise UsageError(f"cannot start {command[0]}: {error.strerror}") from error
    if status != 0:
        raise UsageError(f"{command[0]} ended with status {status}", hint="the plan is as it was")
