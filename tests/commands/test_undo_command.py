"""`tinyagent undo`: the last run, file by file, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_note_is_taken_back_and_then_nothing_is_left(scripted: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["make a note called milk"] = '1. create_note("milk", "two bottles", "")\n2. join()\n'
    assert scripted("--yes", "--now", "2026-03-04 09:30", "make a note called milk").returncode == 0
    note = home / "data" / "notes" / "milk.md"
    assert note.exists()
    done = scripted("undo")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f'"make a note called milk" of 2026-03-04 09:30:\nremoved {note}\n'
    assert not note.exists()
    again = scripted("undo")
    assert again.returncode == 1
    assert "no run to undo" in again.stderr


def test_what_was_changed_since_is_left_alone(scripted: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["make a note called milk"] = '1. create_note("milk", "two bottles", "")\n2. join()\n'
    scripted("--yes", "make a note called milk")
    note = home / "data" / "notes" / "milk.md"
    note.write_text("mine now")
    done = scripted("undo")
    assert "changed since" in done.stdout
    assert note.read_text() == "mine now"


def test_a_run_in_a_sandbox_is_taken_back_there(scripted: Callable[..., Any], home: Path) -> None:
    done = scripted("--sandbox", "--yes", "email Sid the notes")
    sandbox = done.stderr.splitlines()[0].removeprefix("tinyagent: sandbox: ")
    drafts = Path(sandbox) / "data" / "drafts"
    assert list(drafts.glob("*.eml"))
    assert "TINYAGENT_HOME=SANDBOX tinyagent undo" in scripted("undo").stderr
    again = scripted("--sandbox", "undo")
    assert again.returncode == 2
    assert "new in every run" in again.stderr and "TINYAGENT_HOME=SANDBOX tinyagent undo" in again.stderr
    assert scripted("undo", TINYAGENT_HOME=sandbox).returncode == 0
    assert not list(drafts.glob("*.eml"))
