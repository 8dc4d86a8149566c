"""The engine for OpenAI-compatible servers, against a real server on the loopback."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.planner.engines.openai import WAITS, OpenAI

KEY = "sk-secret-4711"
PROMPT = [Message("system", "Plan."), Message("user", "email Sid")]


class Server(ThreadingHTTPServer):
    """Answers with what the test puts into `answer`, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[_Handler], None] = lambda handler: handler.stream("1. join()")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers), None))
        self.reply(200, {"data": [{"id": "first-model"}, {"id": "second-model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def reply(self, status: int, body: Any, **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def stream(self, *pieces: str, end: bool = True) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in pieces:
            self.event({"choices": [{"delta": {"content": piece}}]})
        if end:
            self.wfile.write(b"data: [DONE]\n\n")

    def event(self, event: Any) -> None:
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def engine(server: Server) -> Iterator[OpenAI]:
    loaded = OpenAI(server.url, model="test-model", api_key=KEY, timeout=5)
    yield loaded
    loaded.close()


def failing(times: int, status: int, **headers: str) -> Callable[[_Handler], None]:
    """Fails so many times, then answers."""
    left = [times]

    def answer(handler: _Handler) -> None:
        if left[0]:
            left[0] -= 1
            handler.reply(status, {"error": {"message": f"no: {handler.headers['Authorization']}"}}, **headers)
        else:
            handler.stream("done")

    return answer


def test_streams_pieces(server: Server, engine: OpenAI) -> None:
    server.answer = lambda handler: handler.stream("1. open_", 'note("é")', "\n")
    assert list(engine.generate(PROMPT, max_tokens=77)) == ["1. open_", 'note("é")', "\n"]
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "test-model",
        "messages": [{"role": "system", "content": "Plan."}, {"role": "user", "content": "email Sid"}],
        "temperature": 0,
        "max_tokens": 77,
        "stream": True,
    }


def test_pieces_come_while_the_server_still_writes(server: Server, engine: OpenAI) -> None:
    first_read = threading.Event()

    def answer(handler: _Handler) -> None:
        handler.stream("a", end=False)
        assert first_read.wait(5)
        handler.event({"choices": [{"delta": {"content": "b"}}]})

    server.answer = answer
    pieces = engine.generate(PROMPT)
    assert next(pieces) == "a"
    first_read.set()
    assert list(pieces) == ["b"]


def test_plain_text_is_continued(server: Server, engine: OpenAI) -> None:
    def answer(handler: _Handler) -> None:
        handler.stream(end=False)
        handler.event({"choices": [{"text": "1. join()"}]})

    server.answer = answer
    assert list(engine.generate("Plan:")) == ["1. join()"]
    path, _, body = server.requests[0]
    assert (path, body["prompt"]) == ("/v1/completions", "Plan:")


def test_takes_the_first_model_where_none_is_named(server: Server) -> None:
    engine = OpenAI(server.url)
    for _ in range(2):
        list(engine.generate(PROMPT))
    assert [path for path, _, _ in server.requests] == ["/v1/models", *["/v1/chat/completions"] * 2]
    assert server.requests[1][2]["model"] == "first-model"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_failures_are_tried_again(server: Server, engine: OpenAI, status: int) -> None:
    server.answer = failing(2, status)
    assert list(engine.generate(PROMPT)) == ["done"]
    assert len(server.requests) == 3


def test_gives_up_at_last(server: Server, engine: OpenAI) -> None:
    server.answer = failing(99, 503)
    with pytest.raises(ModelError, match=r"127\.0\.0\.1.*503"):
        list(engine.generate(PROMPT))
    assert len(server.requests) == len(WAITS) + 1


def test_waits_as_long_as_the_server_asks(server: Server, engine: OpenAI) -> None:
    server.answer = failing(1, 429, Retry_After="1")
    from time import monotonic

    start = monotonic()
    assert list(engine.generate(PROMPT)) == ["done"]
    assert monotonic() - start >= 1


@pytest.mark.parametrize(("status", "advice"), [(401, "api_key"), (404, "openai.model"), (400, "long")])
def test_final_failures_say_what_to_do(server: Server, engine: OpenAI, status: int, advice: str) -> None:
    server.answer = failing(99, status)
    with pytest.raises(ModelError) as failure:
        list(engine.generate(PROMPT))
    assert server.url in failure.value.message
    assert advice in failure.value.hint
    assert len(server.requests) == 1


def test_the_key_is_never_shown(server: Server, engine: OpenAI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = failing(99, 401)
    with pytest.raises(ModelError) as failure:
        list(engine.generate(PROMPT))
    assert "***" in str(failure.value)
    assert KEY not in str(failure.value) + repr(engine) + caplog.text


def test_nobody_there() -> None:
    with Server() as stopped:
        url = stopped.url
    with pytest.raises(ModelError, match=r"cannot be reached.*start the server"):
        list(OpenAI(url, model="m").generate(PROMPT))


def test_a_server_that_hangs_is_left(server: Server) -> None:
    released = threading.Event()
    server.answer = lambda handler: (released.wait(10), None)[1]
    with pytest.raises(ModelError, match=r"did not answer within 0\.2 s"):
        list(OpenAI(server.url, model="m", timeout=0.2).generate(PROMPT))
    released.set()


def test_cancelling_does_not_wait_for_the_server(server: Server) -> None:
    asked, released, cancelled = threading.Event(), threading.Event(), threading.Event()

    def answer(handler: _Handler) -> None:
        asked.set()
        released.wait(30)

    server.answer = answer
    engine = OpenAI(server.url, model="m", timeout=60)
    ended = threading.Event()

    def work() -> None:
        list(engine.generate(PROMPT, cancelled=cancelled.is_set))
        ended.set()

    threading.Thread(target=work).start()
    assert asked.wait(10)
    cancelled.set()
    assert ended.wait(10)
    released.set()


def test_an_answer_that_breaks_off(server: Server, engine: OpenAI) -> None:
    def answer(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.event({"choices": [{"delta": {"content": "1. "}}]})

    server.answer = answer
    with pytest.raises(ModelError, match="broke off"):
        list(engine.generate(PROMPT))


@pytest.mark.parametrize("event", [{"error": {"message": "out of memory"}}, ["?"], {"choices": [3]}])
def test_events_that_are_no_text(server: Server, engine: OpenAI, event: Any) -> None:
    def answer(handler: _Handler) -> None:
        handler.stream(end=False)
        handler.event(event)

    server.answer = answer
    with pytest.raises(ModelError, match=server.url):
        list(engine.generate(PROMPT))


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host/v1", "http://", "http://user:pass@host/v1"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ModelError, match=r"openai\.base_url") as failure:
        OpenAI(url)
    assert "pass" not in str(failure.value)
