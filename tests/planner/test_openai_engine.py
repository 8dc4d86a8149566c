"""The engine for OpenAI-compatible servers, against a real server on the loopback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from servers import Exchange, ScriptedServer, running

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.planner.engines.openai import WAITS, OpenAI

KEY = "sk-secret-4711"
PROMPT = [Message("system", "Plan."), Message("user", "email Sid")]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with running(ScriptedServer()) as scripted:
        yield scripted


@pytest.fixture
def engine(server: ScriptedServer) -> Iterator[OpenAI]:
    loaded = OpenAI(server.url, model="test-model", api_key=KEY, timeout=5)
    yield loaded
    loaded.close()


def failing(times: int, status: int, **headers: str) -> Callable[[Exchange], None]:
    """Fails so many times, then answers."""
    left = [times]

    def answer(exchange: Exchange) -> None:
        if left[0]:
            left[0] -= 1
            exchange.reply(status, {"error": {"message": f"no: {exchange.headers['Authorization']}"}}, **headers)
        else:
            exchange.stream("done")

    return answer


def test_streams_pieces(server: ScriptedServer, engine: OpenAI) -> None:
    server.answer = lambda exchange: exchange.stream("1. open_", 'note("é")', "\n")
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


def test_pieces_come_while_the_server_still_writes(server: ScriptedServer, engine: OpenAI) -> None:
    first_read = threading.Event()

    def answer(exchange: Exchange) -> None:
        exchange.stream("a", end=False)
        assert first_read.wait(5)
        exchange.event({"choices": [{"delta": {"content": "b"}}]})

    server.answer = answer
    pieces = engine.generate(PROMPT)
    assert next(pieces) == "a"
    first_read.set()
    assert list(pieces) == ["b"]


def test_plain_text_is_continued(server: ScriptedServer, engine: OpenAI) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.stream(end=False)
        exchange.event({"choices": [{"text": "1. join()"}]})

    server.answer = answer
    assert list(engine.generate("Plan:")) == ["1. join()"]
    path, _, body = server.requests[0]
    assert (path, body["prompt"]) == ("/v1/completions", "Plan:")


def test_takes_the_first_model_where_none_is_named(server: ScriptedServer) -> None:
    engine = OpenAI(server.url)
    for _ in range(2):
        list(engine.generate(PROMPT))
    assert [path for path, _, _ in server.requests] == ["/v1/models", *["/v1/chat/completions"] * 2]
    assert server.requests[1][2]["model"] == "first-model"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_failures_are_tried_again(server: ScriptedServer, engine: OpenAI, status: int) -> None:
    server.answer = failing(2, status)
    assert list(engine.generate(PROMPT)) == ["done"]
    assert len(server.requests) == 3


def test_gives_up_at_last(server: ScriptedServer, engine: OpenAI) -> None:
    server.answer = failing(99, 503)
    with pytest.raises(ModelError, match=r"127\.0\.0\.1.*503"):
        list(engine.generate(PROMPT))
    assert len(server.requests) == len(WAITS) + 1


def test_waits_as_long_as_the_server_asks(server: ScriptedServer, engine: OpenAI) -> None:
    server.answer = failing(1, 429, Retry_After="1")
    from time import monotonic

    start = monotonic()
    assert list(engine.generate(PROMPT)) == ["done"]
    assert monotonic() - start >= 1


@pytest.mark.parametrize(("status", "advice"), [(401, "api_key"), (404, "openai.model"), (400, "long")])
def test_final_failures_say_what_to_do(server: ScriptedServer, engine: OpenAI, status: int, advice: str) -> None:
    server.answer = failing(99, status)
    with pytest.raises(ModelError) as failure:
        list(engine.generate(PROMPT))
    assert server.url in failure.value.message
    assert advice in failure.value.hint
    assert len(server.requests) == 1


def test_the_key_is_never_shown(server: ScriptedServer, engine: OpenAI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = failing(99, 401)
    with pytest.raises(ModelError) as failure:
        list(engine.generate(PROMPT))
    assert "***" in str(failure.value)
    assert KEY not in str(failure.value) + repr(engine) + caplog.text


def test_nobody_there() -> None:
    with ScriptedServer() as stopped:
        url = stopped.url
    with pytest.raises(ModelError, match=r"cannot be reached.*start the server"):
        list(OpenAI(url, model="m").generate(PROMPT))


def test_a_server_that_hangs_is_left(server: ScriptedServer) -> None:
    released = threading.Event()
    server.answer = lambda exchange: (released.wait(10), None)[1]
    with pytest.raises(ModelError, match=r"did not answer within 0\.2 s"):
        list(OpenAI(server.url, model="m", timeout=0.2).generate(PROMPT))
    released.set()


def test_cancelling_does_not_wait_for_the_server(server: ScriptedServer) -> None:
    asked, released, cancelled = threading.Event(), threading.Event(), threading.Event()

    def answer(exchange: Exchange) -> None:
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


def test_an_answer_that_breaks_off(server: ScriptedServer, engine: OpenAI) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Length", "1000")
        exchange.end_headers()
        exchange.event({"choices": [{"delta": {"content": "1. "}}]})

    server.answer = answer
    with pytest.raises(ModelError, match="broke off"):
        list(engine.generate(PROMPT))


@pytest.mark.parametrize("event", [{"error": {"message": "out of memory"}}, ["?"], {"choices": [3]}])
def test_events_that_are_no_text(server: ScriptedServer, engine: OpenAI, event: Any) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.stream(end=False)
        exchange.event(event)

    server.answer = answer
    with pytest.raises(ModelError, match=server.url):
        list(engine.generate(PROMPT))


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host/v1", "http://", "http://user:pass@host/v1"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ModelError, match=r"openai\.base_url") as failure:
        OpenAI(url)
    assert "pass" not in str(failure.value)
