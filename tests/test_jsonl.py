"""JSON Lines are read with their numbers, written whole or not at all, or grown by whole lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.jsonl import GrowingFile, numbered_lines, write_lines


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text("\ufeff1\n\n \n4", encoding="utf-8")
    assert list(numbered_lines(path)) == [(1, "1"), (4, "4")]


@pytest.mark.parametrize(("content", "problem"), [(b"\xff\n", "is not UTF-8"), (None, "cannot read")])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "seeds.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=problem):
        list(numbered_lines(path))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out" / "train.jsonl"
    write_lines(path, ["old"])

    def lines() -> Any:
        yield "new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_lines(path, lines())
    assert path.read_text() == "old\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("found", "kept"),
    [("", ""), ('{"a": 1}\n', '{"a": 1}\n'), ('{"a": 1}\n{"b', '{"a": 1}\n'), ('{"a": 1}', '{"a": 1}\n')],
)
def test_a_growing_file_goes_on_behind_its_last_whole_line(tmp_path: Path, found: str, kept: str) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text(found)
    GrowingFile(path).add([{"c": "ü"}])
    assert path.read_text(encoding="utf-8") == kept + '{"c": "ü"}\n'


def test_a_growing_file_is_made_with_its_first_line(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "own" / "seeds.jsonl")
    file.add([])
    assert not file.path.exists()
    file.add([{"a": 1}, {"b": 2}])
    assert file.lines() == 2
