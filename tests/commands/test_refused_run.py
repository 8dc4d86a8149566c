"""Without a terminal and without --yes, nothing runs that would have to be asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def listing(home: Path) -> list[str]:
    return sorted(str(path) for path in (home / "data").rglob("*") if path.is_file())


def test_nothing_is_written_and_the_status_says_so(
    program: Callable[..., Any], served: dict[str, str], home: Path
) -> None:
    before = listing(home)
    done = program("email Sid the notes", **served)
    assert done.returncode == 3
    assert "consent" in done.stderr and "--yes" in done.stderr
    assert done.stdout == ""
    assert listing(home) == before
    assert not (home / "state" / "journal.jsonl").exists()


def test_a_denied_tool_does_not_run_even_with_yes(scripted: Callable[..., Any], home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text('[policy]\nwrite = "deny"\n')
    before = listing(home)
    done = scripted("--yes", "email Sid the notes")
    assert done.returncode == 3, done.stderr
    assert "Refused: 3 compose_new_email" in done.stdout
    assert listing(home) == before


def test_out_of_reach_is_said_plainly(scripted: Callable[..., Any]) -> None:
    done = scripted("--yes", "play some jazz")
    assert done.returncode == 4
    assert "no tool" in done.stderr
    assert "tinyagent tools" in done.stderr
