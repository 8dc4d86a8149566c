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


def say(screen: Any, line: str, answer: str = "") -> None:
    """Type a line at the prompt, and wait for the next one."""
    screen.type(f"{line}\r")
    if answer:
        screen.wait_for(answer)
    screen.wait_for(PROMPT)


def test_undo_is_offered_once_there_is_something_to_undo(terminal: Callable[..., Any], server: Any) -> None:
    server.plans["make a note called milk"] = '1. create_note("milk", "two bottles", "")\n2. join()\n'
    screen = terminal("--yes")
    screen.wait_for(PROMPT)
    say(screen, "/undo", "/undo: there is nothing to undo")
    say(screen, "make a note called milk")
    screen.wait_for("1 step can be undone")
    say(screen, "/undo")
    say(screen, "/undo", "/undo: there is nothing to undo")
    screen.type("/quit\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert "removed" in output


def test_the_model_is_shown_and_changed_for_the_session(terminal: Callable[..., Any], server: Any) -> None:
    server.plans["Sid's email address"] = '1. get_email_address("Sid")\n2. join()\n'
    screen = terminal()
    screen.wait_for(f"the first model at 127.0.0.1:{server.server_port} · server · local")
    say(screen, "/model llamacpp /nowhere/a.gguf", "there is no model at /nowhere/a.gguf")
    say(screen, "Sid's email address")
    say(screen, "/model other-model")
    screen.wait_for("other-model at 127.0.0.1")
    say(screen, "Sid's email address")
    screen.type("/quit\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert output.count("sid@acme.com") == 2
    assert [body["model"] for _, _, body in server.requests if body] == ["first-model", "other-model"]


def test_settings_are_shown_and_set(terminal: Callable[..., Any], home: Path) -> None:
    screen = terminal()
    screen.wait_for(PROMPT)
    say(screen, "/config policy.send perhaps", "must be one of")
    say(screen, "/config policy.write deny")
    say(screen, "/config user.name Robin Day")
    say(screen, "/config")
    say(screen, "email Sid the notes", "the policy denies it")
    screen.type("/quit\r")
    status, output = screen.finish()
    assert status == 0, screen.screen
    assert f'user.name = "Robin Day"  # {home / "config" / "config.toml"}' in output
    assert "execution.retries = 2\n" in output


def test_ctrl_c_twice_leaves(terminal: Callable[..., Any]) -> None:
    screen = terminal()
    screen.wait_for(PROMPT)
    screen.type("half a requ\x03\x03")
    screen.wait_for("again to leave")
    screen.type("\x03")
    status, _ = screen.finish()
    assert status == 0
