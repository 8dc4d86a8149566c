"""The real program in a process of its own, and a server that plans as a test tells it to."""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PLANNER = Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf"
TIMEOUT = 60.0

Cli = Callable[..., "subprocess.CompletedProcess[str]"]

NOTES_PLAN = """\
1. get_email_address("Sid")
2. open_note("Notes", "")
3. compose_new_email(["$1"], [], "Notes", "$2", [])
4. join()
"""


class PlanServer(ThreadingHTTPServer):
    """Speaks OpenAI's completions; writes the plan whose request stands last in the prompt, else `join()`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plans: dict[str, str] = {"email Sid the notes": NOTES_PLAN}
        self.prompts: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was interrupted has hung up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def plan_for(self, prompt: str) -> str:
        self.prompts.append(prompt)
        request = re.findall(r"Request: (.*)", prompt)[-1]
        return self.plans.get(request, "1. join()\n")


class _Handler(BaseHTTPRequestHandler):
    server: PlanServer

    def do_GET(self) -> None:
        self._reply("application/json", json.dumps({"data": [{"id": "scripted"}]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        plan = self.server.plan_for(body["messages"][-1]["content"])
        events = [{"choices": [{"delta": {"content": line}}]} for line in plan.splitlines(keepends=True)]
        self._reply(
            "text/event-stream", "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        )

    def _reply(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[PlanServer]:
    with PlanServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


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
    """Runs `tinyagent` without a terminal, its streams piped."""

    def run(*arguments: str, stdin: str | bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "tinyagent_cli", *arguments],
            check=False,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=environment | more,
            cwd=tmp_path,
            timeout=TIMEOUT,
            start_new_session=True,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def scripted(cli: Cli, server: PlanServer) -> Cli:
    """`cli` with the scripted server as its engine."""

    def run(*arguments: str, stdin: str | bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
        settings = {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}
        return cli(*arguments, stdin=stdin, **settings, **more)

    return run


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
def terminal(environment: dict[str, str], server: PlanServer, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `tinyagent` on a terminal, with the scripted server as its engine."""
    opened: list[Terminal] = []

    def start(*arguments: str, stdin: str | None = None) -> Terminal:
        settings = {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}
        opened.append(Terminal([*arguments], environment | settings, stdin, tmp_path))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
