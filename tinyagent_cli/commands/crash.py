"""What is told of an exception that should not have been: a line for the user, the traceback for the log."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from tinyagent_cli import __version__, paths
from tinyagent_cli.errors import TinyAgentError

DEBUG = "TINYAGENT_DEBUG"
"""The variable that `-vv` sets: tracebacks are printed, too."""


def crash(error: Exception) -> TinyAgentError:
    """The line, once the traceback is in the log."""
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    print_traceback(error)
    log = _log(trace)
    where = f"the traceback is in {log}, and -vv prints it" if log else "-vv prints the traceback"
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return TinyAgentError(f"unexpected: {what}", hint=where)


def print_traceback(error: Exception) -> None:
    """On standard error, for those who asked for it."""
    if os.environ.get(DEBUG):
        traceback.print_exception(type(error), error, error.__traceback__)


def _log(trace: str) -> Path | None:
    """Append a traceback to the log; None where that cannot be written."""
    from datetime import datetime

    log = paths.log_file()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now().astimezone().isoformat()} tinyagent {__version__}\n{trace}\n")
    except OSError:
        return None
    return log
