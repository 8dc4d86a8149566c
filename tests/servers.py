"""Servers that speak OpenAI's interface on the loopback and answer as a test tells them to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, TypeVar

NOTES_PLAN = """\
1. get_email_address("Sid")
2. open_note("Notes", "")
3. compose_new_email(["$1"], [], "Notes", "$2", [])
4. join()
"""

_REQUEST = re.compile(r"Request: (.*)")
_BRIEF = re.compile(r"^([0-9]+)\. ([^;(]+)", re.MULTILINE)


class Exchange(BaseHTTPRequestHandler):
    """One request to a scripted server, and ways to answer it. `body` is its JSON; None for a GET."""

    server: ScriptedServer
    body: Any = None

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers), None))
        self.reply(200, {"data": [{"id": "first-model"}, {"id": "second-model"}]})

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), self.body))
        self.server.answer(self)

    def reply(self, status: int, body: Any, **headers: str) -> None:
        """A whole answer as JSON; `Retry_After="1"` is a header."""
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def stream(self, *pieces: str, end: bool = True) -> None:
        """An answer in pieces, each sent at once; more may follow if it is not the end."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in pieces:
            self.event({"choices": [{"delta": {"content": piece}}]})
        if end:
            self.wfile.write(b"data: [DONE]\n\n")

    def event(self, event: Any) -> None:
        """One event of a stream."""
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class ScriptedServer(ThreadingHTTPServer):
    """Answers with what the test puts into `answer`; `requests` are path, headers and body of each, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[Exchange], None] = lambda exchange: exchange.stream("1. join()")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was interrupted has hung up."""

    @property
    def url(self) -> str:
        """The base URL, with its version."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class PlanServer(ScriptedServer):
    """Writes the plan of the request that stands last in the prompt, else `join()`."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: dict[str, str] = {"email Sid the notes": NOTES_PLAN}
        self.answer = self._write_plan

    def _write_plan(self, exchange: Exchange) -> None:
        request = _REQUEST.findall(exchange.body["messages"][-1]["content"])[-1]
        exchange.stream(*self.plans.get(request, "1. join()\n").splitlines(keepends=True))


class SeedServer(ScriptedServer):
    """Writes a right seed for each brief about tools that take one copied text each, and counts ten tokens an answer.

    `spoil` may change what is about to be written, a list of objects.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answer = self._write_seeds
        self.spoil: Callable[[list[Any]], list[Any]] = lambda seeds: seeds
        self._numbers = count(1)

    def _write_seeds(self, exchange: Exchange) -> None:
        briefs = _BRIEF.findall(exchange.body["messages"][-1]["content"])
        seeds = self.spoil([self._seed(int(number), wanted) for number, wanted in briefs])
        exchange.stream(*(f"{json.dumps(seed)}\n" for seed in seeds), end=False)
        exchange.event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
        exchange.event({"choices": []})

    def _seed(self, brief: int, wanted: str) -> dict[str, Any]:
        tools = [] if wanted.startswith("out of reach") else wanted.strip().split(", ")
        things = {tool: f"x{next(self._numbers)}" for tool in tools}
        query = " and ".join(f"{tool} {thing}" for tool, thing in things.items())
        plan = [f'{tool}("{thing}")' for tool, thing in things.items()]
        return {"brief": brief, "query": query or f"hum {next(self._numbers)}", "plan": plan}


Served = TypeVar("Served", bound=ScriptedServer)


@contextmanager
def running(server: Served) -> Iterator[Served]:
    """The server while it answers, in a thread of its own."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
