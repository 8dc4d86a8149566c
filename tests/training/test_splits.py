"""Seeds go into files for training, validation and test, whole, and each always into the same one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.seeds import placed_seeds, read_seeds, split_of
from tinyagent_cli.training.splits import write_splits

SEEDS = Path(__file__).parents[2] / "data" / "seeds" / "toolsets_a.jsonl"


def test_every_seed_goes_into_the_file_of_its_split(tmp_path: Path) -> None:
    seeds = placed_seeds([SEEDS])
    written = write_splits(seeds, tmp_path / "split")
    assert {path.name for path in written} == {"train.jsonl", "validation.jsonl", "test.jsonl"}
    assert sum(written.values()) == len(seeds)
    for path, count in written.items():
        found = [placed.seed for placed in placed_seeds([path])]
        assert len(found) == count
        assert all(split_of(seed.query) == path.stem for seed in found)
    assert {seed.query for seed in read_seeds(tmp_path / "split")} == {placed.seed.query for placed in seeds}


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    source.write_text('{"query": "hello", "plan": []}\n')
    with pytest.raises(UsageError, match="is there already"):
        write_splits(placed_seeds([source]), tmp_path)
    assert source.read_text() == '{"query": "hello", "plan": []}\n'


def test_a_split_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        written = write_splits(placed_seeds([SEEDS]), tmp_path / "split")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in written} == {0o644}
