"""The terminal the user sits at, also while standard input is a pipe and standard error a file."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

CONTROLLING_TERMINAL = Path("/dev/tty")


@dataclass(frozen=True)
class Tty:
    """Where questions are put and answers come from."""

    input: TextIO
    output: TextIO

    @property
    def dumb(self) -> bool:
        """Whether it can only print lines."""
        return os.environ.get("TERM", "").lower() in ("dumb", "unknown")

    def forget_keys(self) -> None:
        """Drop what was typed before the question could be seen: it is no answer to it."""
        with suppress(ImportError, OSError):
            import termios

            with suppress(termios.error):
                termios.tcflush(self.input.fileno(), termios.TCIFLUSH)


def open_tty() -> Tty | None:
    """The terminal of this process, or None if there is nobody to ask.

    A process in the background has none: reading would stop it.
    """
    if _is_terminal(sys.stdin) and _is_terminal(sys.stderr):
        return Tty(sys.stdin, sys.stderr) if _in_foreground(sys.stdin) else None
    with ExitStack() as opened:
        try:
            reader = opened.enter_context(CONTROLLING_TERMINAL.open(encoding="utf-8", errors="replace"))
            writer = opened.enter_context(CONTROLLING_TERMINAL.open("w", encoding="utf-8", errors="replace"))
        except OSError:
            return None
        if not _in_foreground(reader):
            return None
        opened.pop_all()
    return Tty(reader, writer)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _in_foreground(terminal: TextIO) -> bool:
    """Whether this process may read from the terminal; where that cannot be told, it may."""
    try:
        owner = os.tcgetpgrp(terminal.fileno())
    except (AttributeError, OSError):
        return True
    return owner in (0, os.getpgrp())
