"""The question before anything happens, on a real terminal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def drafts(home: Path) -> list[Path]:
    return list((home / "data" / "drafts").glob("*.eml"))


def test_a_yes_runs_it(terminal: Callable[..., Any], home: Path) -> None:
    screen = terminal("email Sid the notes")
    screen.wait_for("cancel")
    assert drafts(home) == []
    screen.type("y")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "sid@acme.com" in output
    assert len(drafts(home)) == 1


def test_a_no_changes_nothing(terminal: Callable[..., Any], home: Path) -> None:
    screen = terminal("email Sid the notes")
    screen.wait_for("cancel")
    screen.type("n")
    status, output = screen.finish()
    assert status == 3
    assert output == ""
    assert drafts(home) == []


def test_it_asks_on_the_terminal_while_stdin_is_a_pipe(terminal: Callable[..., Any], home: Path, server: Any) -> None:
    server.plans["email Sid these notes"] = (
        '1. get_email_address("Sid")\n2. compose_new_email(["$1"], [], "notes", "$0", [])\n3. join()\n'
    )
    screen = terminal("email Sid these notes", stdin="Milk and honey.")
    screen.wait_for("cancel")
    screen.type("y")
    status, _ = screen.finish()
    assert status == 0, screen.screen
    (draft,) = drafts(home)
    assert "Milk and honey." in draft.read_text()


@pytest.mark.parametrize(
    ("request_", "changed"),
    [
        ("email Sid the notes", "email Sid the notes. only look up his number"),
        ("can you email Sid the notes?", "can you email Sid the notes? only look up his number"),
    ],
)
def test_a_remark_makes_a_new_plan(
    request_: str, changed: str, terminal: Callable[..., Any], home: Path, server: Any
) -> None:
    server.plans[request_] = server.plans["email Sid the notes"]
    server.plans[changed] = '1. get_phone_number("Sid")\n2. join()\n'
    screen = terminal(request_)
    screen.wait_for("cancel")
    screen.type("r")
    screen.wait_for("different")
    screen.type("only look up his number\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "Sid" in output and "@" not in output
    assert drafts(home) == []


def test_dropping_every_step_does_nothing(terminal: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["make a note called milk"] = '1. create_note("Milk", "", "")\n2. join()\n'
    screen = terminal("make a note called milk")
    screen.wait_for("cancel")
    screen.type("d")
    status, _ = screen.finish()
    assert status == 3
    assert not (home / "data" / "notes" / "Milk.md").exists()


def test_dropping_a_failed_lookup_takes_what_needs_it(terminal: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["email Zebedee hi and make a note called milk"] = (
        '1. get_email_address("Zebedee")\n2. compose_new_email(["$1"], [], "", "hi", [])\n'
        '3. create_note("milk", "", "")\n4. join()\n'
    )
    screen = terminal("email Zebedee hi and make a note called milk")
    screen.wait_for("cancel")
    screen.type("d")
    screen.wait_for("Drop which step")
    screen.type("1\r")
    screen.wait_for("Run 1 step?")
    screen.wait_for("cancel")
    screen.type("y")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "milk.md" in output and "Zebedee" not in output


def test_ctrl_c_while_it_plans_is_an_interruption(terminal: Callable[..., Any], server: Any, home: Path) -> None:
    asked, release = threading.Event(), threading.Event()

    def slowly(exchange: Any) -> None:
        asked.set()
        release.wait(60)

    server.answer = slowly
    screen = terminal("email Sid the notes")
    assert asked.wait(60)
    screen.process.send_signal(signal.SIGINT)
    try:
        status, output = screen.finish()
    finally:
        release.set()
    assert status == 130
    assert output == ""
    assert "Traceback" not in screen.screen


def test_ctrl_c_while_a_step_runs_ends_the_step(terminal: Callable[..., Any], server: Any, home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "tools.toml").write_text(
        '[tools.wait_long]\ndescription = "Waits."\neffect = "write"\ncommand = ["sleep", "120"]\n'
    )
    server.plans["wait"] = "1. wait_long()\n2. join()\n"
    screen = terminal("--yes", "--jsonl", "wait")
    assert screen.process.stdout is not None
    assert any(b"step_started" in line for line in iter(screen.process.stdout.readline, b"")), screen.screen
    screen.process.send_signal(signal.SIGINT)
    status, output = screen.finish()
    assert status == 130, screen.screen
    assert '"state": "cancelled"' in output
