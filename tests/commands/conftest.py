"""The program inside the tests' process, or in one of its own, and a server that plans as a test tells it to."""

from __future__ import annotations

import fcntl
import os
import re
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from inside import run_inside
from servers import PlanServer, running

PLANNER = Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf"
TIMEOUT = 60.0

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def server() -> Iterator[PlanServer]:
    with running(PlanServer()) as planning:
        yield planning


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What TINYAGENT_HOME points at: an empty folder with the sample data in it."""
    from tinyagent_cli import samples

    samples.install(tmp_path / "home" / "data")
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of the program, free of settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINYAGENT_", "_TINYAGENT"))}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "FORCE_COLOR", "NO_COLOR"):
        kept.pop(name, None)
    (tmp_path / "tmp").mkdir()
    return kept | {
        "TINYAGENT_HOME": str(home),
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": str(tmp_path),
        "TZ": "Europe/Berlin",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
    }


@pytest.fixture
def cli(environment: dict[str, str], tmp_path: Path) -> Cli:
    """Runs `tinyagent` inside this process, without a terminal."""

    def run(*arguments: str, stdin: str | bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
        return run_inside(arguments, _as_bytes(stdin), environment | more, tmp_path)

    return run


@pytest.fixture
def program(environment: dict[str, str], tmp_path: Path) -> Cli:
    """Runs `tinyagent` in a process of its own, its streams piped, without a terminal."""

    def run(*arguments: str, stdin: str | bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "tinyagent_cli", *arguments],
            check=False,
            input=_as_bytes(stdin),
            capture_output=True,
            env=environment | more,
            cwd=tmp_path,
            timeout=TIMEOUT,
            start_new_session=True,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def _as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


@pytest.fixture
def served(server: PlanServer) -> dict[str, str]:
    """Settings that make the scripted server the engine."""
    return {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}


@pytest.fixture
def scripted(cli: Cli, served: dict[str, str]) -> Cli:
    """`cli` with the scripted server as its engine."""
    return partial(cli, **served)


@pytest.fixture(scope="session")
def trained() -> None:
    """Skips a test that needs the planner that ships, while it is not there."""
    if not PLANNER.exists():
        pytest.skip("the trained planner is not there yet: tinyagent_cli/models/planner.gguf")


class Terminal:
    """A program on a pseudo-terminal of its own, which is its controlling one, whatever its stdin is."""

    def __init__(self, arguments: list[str], environment: dict[str, str], stdin: str | None, cwd: Path) -> None:
        self._master, slave = os.openpty()

        def control() -> None:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [sys.executable, "-m", "tinyagent_cli", *arguments],
            stdin=slave if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=slave,
            env=environment,
            cwd=cwd,
            preexec_fn=control,  # noqa: PLW1509 - it only makes two system calls
        )
        os.close(slave)
        if stdin is not None:
            assert self.process.stdin is not None
            self.process.stdin.write(stdin.encode())
            self.process.stdin.close()
        self.screen = ""
        self._seen = 0

    def wait_for(self, text: str) -> None:
        """Read the screen until the text is on it, behind what was waited for before."""
        deadline = time.monotonic() + TIMEOUT
        while (found := self.screen.find(text, self._seen)) < 0:
            ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
            assert ready and self._read(), f"{text!r} never came; the screen is: {self.screen}"
        self._seen = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> tuple[int, str]:
        """Exit status and standard output, once the program has ended."""
        assert self.process.stdout is not None
        killer = threading.Timer(TIMEOUT, self.process.kill)
        killer.start()
        reader = threading.Thread(target=self._drain)
        reader.start()
        output = self.process.stdout.read().decode()
        status = self.process.wait()
        killer.cancel()
        reader.join()
        return status, output

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self._master)

    def _drain(self) -> None:
        while self._read():
            pass

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux's way to say that nobody holds the other end
            return False
        if b"\x1b[6n" in data:
            os.write(self._master, b"\x1b[1;1R")
        self.screen += _ESCAPES.sub("", data.decode(errors="replace"))
        return bool(data)


_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")


@pytest.fixture
def terminal(environment: dict[str, str], served: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `tinyagent` on a terminal, with the scripted server as its engine."""
    opened: list[Terminal] = []

    def start(*arguments: str, stdin: str | None = None) -> Terminal:
        opened.append(Terminal([*arguments], environment | served, stdin, tmp_path))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
