"""The program inside the process of the tests, which has imported it already: a fraction of the time of a start.

Arguments, streams, environment, folder, time zone, log and exit status are its own, and it has no terminal. What
comes of a process of its own (signals, pipes, how the interpreter starts and ends) is for tests that start one.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import IO

import pytest
import tzlocal

from tinyagent_cli.app import main


def run_inside(
    arguments: Sequence[str], stdin: bytes, environment: Mapping[str, str], folder: Path
) -> CompletedProcess[str]:
    """Run `tinyagent` to its end; its exit status, and what it wrote."""
    command = ["tinyagent", *arguments]
    with ExitStack() as opened:
        piped, out, err = (opened.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        piped.write(stdin)
        piped.seek(0)
        streams = {
            "stdin": io.TextIOWrapper(piped, encoding="utf-8", errors="surrogateescape"),
            "stdout": io.TextIOWrapper(out, encoding="utf-8", errors="surrogateescape", write_through=True),
            "stderr": io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True),
        }
        with _surroundings(environment, folder) as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            patch.setattr(sys, "argv", command)
            status = _status()
        return CompletedProcess(command, status, _written(out), _written(err))


@contextmanager
def _surroundings(environment: Mapping[str, str], folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """What a process of its own would have, and nothing of what it would not."""
    level = logging.root.level
    try:
        with pytest.MonkeyPatch.context() as patch, _threads_of_its_own():
            for name in os.environ.keys() - environment.keys():
                patch.delenv(name)
            for name, value in {"COLUMNS": "80", **environment}.items():
                patch.setenv(name, value)
            patch.chdir(folder)
            patch.setattr(tempfile, "tempdir", None)
            patch.setattr("tinyagent_cli.ui.tty.CONTROLLING_TERMINAL", folder / "no terminal")
            patch.setattr(logging.root, "handlers", [])
            patch.setattr(sys, "excepthook", sys.excepthook)
            _set_time_zone()
            yield patch
    finally:
        logging.root.setLevel(level)
        _set_time_zone()


@contextmanager
def _threads_of_its_own() -> Iterator[None]:
    """Wait for the threads that were started, as an interpreter does at its end."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        # One that another thread is just starting cannot be joined yet.
        while not thread.daemon and thread in threading.enumerate():
            if thread.is_alive():
                thread.join()
            else:
                time.sleep(0.001)


def _set_time_zone() -> None:
    """That of the environment."""
    time.tzset()
    tzlocal.reload_localzone()


def _status() -> int:
    """The exit status that `tinyagent` ends with."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _written(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
