"""`tinyagent --yes "..."`: from words to effects, results on stdout, the rest on stderr."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from pathlib import Path
from typing import Any


def drafts(folder: Path) -> list[Any]:
    """The drafts written into a data folder."""
    found = sorted((folder / "drafts").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def sandbox_of(stderr: str) -> Path:
    """What TINYAGENT_HOME has to be to go on in the sandbox of a run."""
    line = next(line for line in stderr.splitlines() if line.startswith("tinyagent: sandbox: "))
    return Path(line.removeprefix("tinyagent: sandbox: "))


def check_draft(folder: Path) -> None:
    (draft,) = drafts(folder)
    assert draft["To"] == "sid@acme.com" or "sid@acme.com" in str(draft["To"])
    note = (folder / "notes" / "Notes.md").read_text()
    line = next(line for line in note.splitlines()[1:] if line.strip())
    assert line.strip() in draft.get_body().get_content()


def test_the_notes_end_in_a_draft_with_sids_address(program: Callable[..., Any], served: dict[str, str]) -> None:
    done = program("--sandbox", "--yes", "email Sid the notes", **served)
    assert done.returncode == 0, done.stderr
    folder = sandbox_of(done.stderr) / "data"
    check_draft(folder)
    assert "sid@acme.com" in done.stdout
    assert str(folder) in done.stdout


def test_the_trained_planner_does_the_main_job(program: Callable[..., Any], trained: None) -> None:
    done = program("--sandbox", "--yes", "email Sid the notes")
    assert done.returncode == 0, done.stderr
    check_draft(sandbox_of(done.stderr) / "data")


def test_options_may_stand_before_and_behind_the_request(scripted: Callable[..., Any], home: Path) -> None:
    done = scripted("--yes", "email", "Sid", "the", "notes", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    check_draft(home / "data")


def test_the_tree_goes_to_stderr_with_real_values(scripted: Callable[..., Any]) -> None:
    done = scripted("--yes", "email Sid the notes")
    assert "get_email_address" in done.stderr and "sid@acme.com" in done.stderr
    assert "get_email_address" not in done.stdout


def test_a_read_needs_no_consent(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["what is Sid's address"] = '1. get_email_address("Sid")\n2. join()\n'
    done = scripted("what is Sid's address")
    assert done.returncode == 0, done.stderr
    assert "sid@acme.com" in done.stdout


def test_a_shown_note_is_printed_whole(scripted: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["show me the notes"] = '1. open_note("Notes", "")\n2. join()\n'
    done = scripted("show me the notes")
    note = (home / "data" / "notes" / "Notes.md").read_text()
    for line in note.splitlines()[1:]:
        assert line.strip() in done.stdout


def test_a_failed_step_is_told_with_what_was_skipped(scripted: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["email Zebedee hello"] = (
        '1. get_email_address("Zebedee")\n2. compose_new_email(["$1"], [], "", "hello", [])\n3. join()\n'
    )
    done = scripted("--yes", "email Zebedee hello")
    assert done.returncode == 1
    assert "Failed: 1 get_email_address" in done.stdout
    assert "Skipped: 2 compose_new_email" in done.stdout
    assert drafts(home / "data") == []


def test_a_command_name_as_a_request(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["undo email address of Sid"] = '1. get_email_address("Sid")\n2. join()\n'
    for arguments in (
        ("--", "undo", "email address of Sid"),
        ("ask", "undo email address of Sid"),
        ("ask", "undo", "email address of Sid", "--quiet"),
    ):
        done = scripted(*arguments)
        assert done.returncode == 0, done.stderr
        assert "sid@acme.com" in done.stdout


def test_dates_count_from_the_given_now(scripted: Callable[..., Any], server: Any, home: Path) -> None:
    server.plans["remind me to call mom next Friday at 3pm"] = (
        '1. create_reminder("call mom", "next Friday at 3pm", "", "", 0, False)\n2. join()\n'
    )
    done = scripted("--yes", "--now", "2026-03-04 09:30", "remind me to call mom next Friday at 3pm")
    assert done.returncode == 0, done.stderr
    assert "Friday 13 March 2026" in done.stderr
    written = "".join(path.read_text() for path in (home / "data").rglob("*.ics"))
    assert "20260313T1" in written
