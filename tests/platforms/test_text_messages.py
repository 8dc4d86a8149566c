"""Text messages: kept, and handed to a real command where one is set."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import pytest

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Delivery
from tinyagent_cli.platforms.local import messages
from tinyagent_cli.platforms.local.messages import GatewayMessages
from tinyagent_cli.platforms.local.store import FileStore


def send(
    folder: Path,
    gateway: list[str],
    now: datetime,
    *,
    recipients: tuple[str, ...] = ("+1-555-0101",),
    text: str = "See you",
    stoppable: Callable[[Callable[[], None]], AbstractContextManager[None]] = lambda stop: nullcontext(),
) -> Delivery:
    return GatewayMessages(folder / "messages", FileStore(folder), gateway).send(recipients, text, now, stoppable)


def test_without_a_gateway_the_message_is_kept(tmp_path: Path, now: datetime) -> None:
    delivery = send(tmp_path, [], now, recipients=("+1 (555) 0101", "+15550101", "020 7946-0104"), text='Say "hi"\nZoë')
    assert not delivery.sent
    assert delivery.recipients == ("+15550101", "02079460104")
    assert json.loads(delivery.written.path.read_text()) == {
        "status": "draft",
        "created": "2026-03-04T09:30:00+01:00",
        "recipients": ["+15550101", "02079460104"],
        "message": 'Say "hi"\nZoë',
    }


def test_the_gateway_reads_the_message_from_its_input(tmp_path: Path, now: datetime) -> None:
    copy = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    text = "$(touch evil) `x`; 'é'"
    delivery = send(tmp_path, [sys.executable, "-c", copy, str(tmp_path / "got.json")], now, text=text)
    assert delivery.sent
    assert json.loads((tmp_path / "got.json").read_text()) == {"recipients": ["+15550101"], "message": text}
    assert json.loads(delivery.written.path.read_text())["status"] == "sent"


def test_a_gateway_that_fails_says_why_and_the_message_is_kept(tmp_path: Path, now: datetime) -> None:
    fail = "import sys; print('noise', file=sys.stderr); print('no credit left', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ToolError, match="failed: no credit left"):
        send(tmp_path, [sys.executable, "-c", fail], now)
    (kept,) = (tmp_path / "messages").iterdir()
    assert json.loads(kept.read_text())["status"] == "draft"


def test_a_gateway_that_does_not_read_its_input_may_still_succeed(tmp_path: Path, now: datetime) -> None:
    assert send(tmp_path, ["true"], now, text="x" * 1_000_000).sent


def test_a_gateway_that_is_not_there_names_the_setting(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(ToolError, match=r"/no/such/program: No such file.*messages\.gateway"):
        send(tmp_path, ["/no/such/program"], now)


HANG = (
    "import os, subprocess, sys; "
    "child = subprocess.Popen(['sleep', '600']); "
    "open(sys.argv[1], 'w').write(str(child.pid)); "
    "child.wait()"
)


def test_a_gateway_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "GATEWAY_TIMEOUT", 2.0)
    with pytest.raises(ToolError, match="took longer than 2 s; the message may have been sent"):
        send(tmp_path, [sys.executable, "-c", HANG, str(tmp_path / "pid")], now)
    assert_gone(int((tmp_path / "pid").read_text()))


def test_a_cancelled_call_ends_the_gateway(tmp_path: Path, now: datetime) -> None:
    pid = tmp_path / "pid"
    stop_at: list[Callable[[], None]] = []
    running = threading.Event()

    @contextmanager
    def stoppable(stop: Callable[[], None]) -> Iterator[None]:
        stop_at.append(stop)
        running.set()
        yield

    def cancel() -> None:
        running.wait(20)
        while not (pid.exists() and pid.read_text()):
            running.wait(0.01)
        stop_at[0]()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(ToolError, match=f"failed: exit status -{signal.SIGKILL.value}"):
        send(tmp_path, [sys.executable, "-c", HANG, str(pid)], now, stoppable=stoppable)
    thread.join()
    assert_gone(int(pid.read_text()))


def assert_gone(pid: int) -> None:
    """Whether a process that was killed ends: a busy machine takes a moment to let it."""
    deadline = time.monotonic() + 20
    while not is_gone(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except ProcessLookupError:
        return True
    except FileNotFoundError:
        return Path("/proc/self").exists()


@pytest.mark.parametrize("number", ["Sid", "", "12", "call me", "+1 555 0101 x", "1" * 16, "555;rm -rf /", "٣٣٣٣٣"])
def test_what_is_no_number_is_refused(tmp_path: Path, now: datetime, number: str) -> None:
    with pytest.raises(ToolError, match="is not a phone number"):
        send(tmp_path, [], now, recipients=(number,))
    assert not (tmp_path / "messages").exists()


@pytest.mark.parametrize(("recipients", "text"), [((), "hi"), (("+15550101",), "  ")])
def test_a_message_needs_a_recipient_and_words(
    tmp_path: Path, now: datetime, recipients: tuple[str, ...], text: str
) -> None:
    with pytest.raises(ToolError, match="the text message has no"):
        send(tmp_path, [], now, recipients=recipients, text=text)
