"""`tinyagent` alone: requests one after the other, slash commands, and ways to leave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

PROMPT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


def test_a_session(terminal: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["Sid's email address"] = '1. get_email_address("Sid")\n2. join()\n'
    screen = terminal()
    screen.wait_for(PROMPT)
    screen.type("Sid's email address\r")
    screen.wait_for("sid@acme.com")
    screen.wait_for(PROMPT)
    screen.type("email Sid the notes\r")
    screen.wait_for("cancel")
    screen.type("y")
    screen.wait_for(PROMPT)
    screen.type("/undo\r")
    screen.wait_for("/undo")
    screen.wait_for(PROMPT)
    screen.type("/quit\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "removed" in output
    assert not list((home / "data" / "drafts").glob("*.eml"))
    assert "Sid's email address" in (home / "state" / "history").read_text()


def test_a_problem_does_not_end_it(terminal: Callable[..., Any]) -> None:
    screen = terminal()
    screen.wait_for(PROMPT)
    screen.type("play jazz\r")
    screen.wait_for("no tool serves")
    screen.wait_for(PROMPT)
    screen.type("/nonsense\r")
    screen.wait_for("there is no command")
    screen.wait_for(PROMPT)
    screen.type("\x04")
    status, _ = screen.finish()
    assert status == 0


def test_a_plan_is_shown_without_running(terminal: Callable[..., Any], home: Path) -> None:
    screen = terminal("--color", "never")
    screen.wait_for(PROMPT)
    screen.type("/plan email Sid the notes\r")
    screen.wait_for("the notes")
    screen.wait_for(PROMPT)
    screen.type("/quit\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "compose_new_email" in output and "sid@acme.com" not in output


def test_ctrl_c_twice_leaves(terminal: Callable[..., Any]) -> None:
    screen = terminal()
    screen.wait_for(PROMPT)
    screen.type("half a requ\x03\x03")
    screen.wait_for("again to leave")
    screen.type("\x03")
    status, _ = screen.finish()
    assert status == 0
