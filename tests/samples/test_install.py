"""The sample data: put anywhere, and in the way of nothing."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from tinyagent_cli import samples
from tinyagent_cli.errors import ToolError


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_fills_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    samples.install(tmp_path / "new" / "data")
    folders = {path.name for path in (tmp_path / "new" / "data").iterdir()}
    assert folders == {"contacts", "notes", "files", "calendars", "mail"}
    assert len(mailbox.Maildir(tmp_path / "new" / "data" / "mail")) == 3


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    samples.install(tmp_path)
    before = contents(tmp_path)
    samples.install(tmp_path)
    assert contents(tmp_path) == before


def test_what_is_there_stays(tmp_path: Path) -> None:
    note = tmp_path / "notes" / "Notes.md"
    note.parent.mkdir()
    note.write_text("my own")
    (tmp_path / "mail").mkdir()
    samples.install(tmp_path)
    assert note.read_text() == "my own"
    assert list((tmp_path / "mail").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ToolError, match=f"cannot write {tmp_path}/file/data: "):
        samples.install(tmp_path / "file" / "data")
