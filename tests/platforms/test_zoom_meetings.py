"""Zoom over real HTTP, answered by a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tinyagent_cli.config import ZoomConfig
from tinyagent_cli.errors import MissingSettingError, ToolError
from tinyagent_cli.platforms.local.meetings import ZoomMeetings

SET_UP = ZoomConfig("account", "client", "s3cret")


class Zoom(ThreadingHTTPServer):
    """Remembers requests as (path, authorization, body), and answers by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.requests: list[tuple[str, str, str]] = []
        self.answers: dict[str, tuple[int, Any]] = {
            "/oauth/token": (200, {"access_token": "t0ken"}),
            "/v2/users/me/meetings": (201, {"join_url": "https://zoom.us/j/123"}),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Zoom

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests.append((self.path, self.headers["Authorization"], body))
        status, answer = self.server.answers[self.path]
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def zoom(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zoom]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Zoom() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def create(server: Zoom, now: datetime, minutes: int = 45) -> str:
    meetings = ZoomMeetings(SET_UP, server.url, f"{server.url}/v2")
    return meetings.create("Launch", now, minutes, ["sid@acme.com"])


def test_missing_settings_are_named(now: datetime) -> None:
    with pytest.raises(MissingSettingError, match=r"zoom\.account_id, zoom\.client_secret not set"):
        ZoomMeetings(ZoomConfig(client_id="client")).create("Launch", now, 60, [])


def test_a_meeting_is_scheduled_and_its_link_returned(zoom: Zoom, now: datetime) -> None:
    assert create(zoom, now) == "https://zoom.us/j/123"
    (login, authorization, grant), (path, token, body) = zoom.requests
    assert (login, authorization) == ("/oauth/token", "Basic Y2xpZW50OnMzY3JldA==")
    assert grant == "grant_type=account_credentials&account_id=account"
    assert (path, token) == ("/v2/users/me/meetings", "Bearer t0ken")
    assert json.loads(body) == {
        "topic": "Launch",
        "type": 2,
        "start_time": "2026-03-04T08:30:00Z",
        "duration": 45,
        "settings": {"meeting_invitees": [{"email": "sid@acme.com"}]},
    }


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        (
            "/oauth/token",
            (400, {"reason": "Invalid client_id", "error": "invalid_client"}),
            r"Invalid client_id \(400\)",
        ),
        (
            "/v2/users/me/meetings",
            (429, {"code": 429, "message": "Daily limit reached"}),
            r"Daily limit reached \(429\)",
        ),
        ("/v2/users/me/meetings", (502, b"<html>bad gateway</html>"), r"Bad Gateway \(502\)"),
        ("/v2/users/me/meetings", (200, [1, 2]), r"Zoom refused"),
        ("/v2/users/me/meetings", (201, {"join_url": "javascript:x"}), r"no link"),
    ],
)
def test_a_refusal_is_one_line(zoom: Zoom, now: datetime, path: str, answer: tuple[int, Any], reason: str) -> None:
    zoom.answers[path] = answer
    with pytest.raises(ToolError, match=reason) as caught:
        create(zoom, now)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_meeting_without_a_length_is_refused(zoom: Zoom, now: datetime) -> None:
    with pytest.raises(ToolError, match="0 minutes"):
        create(zoom, now, 0)
    assert zoom.requests == []


def test_zoom_out_of_reach_is_one_line(zoom: Zoom, now: datetime) -> None:
    zoom.shutdown()
    zoom.server_close()
    with pytest.raises(ToolError, match="cannot reach Zoom"):
        create(zoom, now)
