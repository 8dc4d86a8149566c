"""Seed files are read line by line, and every line that is no seed is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.jsonl import write_lines
from tinyagent_cli.training.seeds import (
    Seed,
    placed_seeds,
    read_seeds,
    rejects_file,
    seed_files,
    seed_from_json,
    seed_to_json,
)

LINE = '{"query": "where is the mill", "plan": ["maps_open_location(\\"mill\\")"]}\n'


def test_seeds_know_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "maps.jsonl"
    path.write_text(f"\n{LINE}", encoding="utf-8")
    (placed,) = placed_seeds([path])
    assert placed.where == f"{path}:2"
    assert placed.seed == Seed("where is the mill", ('maps_open_location("mill")',))


def test_rejects_are_no_seeds(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(LINE)
    (tmp_path / "a.jsonl").write_text(LINE)
    rejects_file(tmp_path / "b.jsonl").write_text('{"reason": "not JSON"}\n')
    assert [path.name for path in seed_files([tmp_path])] == ["a.jsonl", "b.jsonl"]
    assert len(read_seeds(tmp_path)) == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Expecting"),
        ("[]", "it must be an object"),
        ('{"plan": []}', "query must be a text"),
        ('{"query": "x", "plan": "join()"}', "plan must be a list of texts"),
        ('{"query": "x", "plan": [], "tools": [1]}', "tools must be a list of objects"),
        ('{"query": "x", "plan": [], "document": 7}', "document must be a text"),
        ('{"query": "x", "plan": ["a(\\"\\ud800\\")"]}', "it holds half a character"),
        ("[" * 100_000, "maximum recursion"),
    ],
)
def test_a_line_that_is_no_seed(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f"{LINE}{line}\n")
    with pytest.raises(UsageError, match=rf"bad\.jsonl:2 is not a seed: {problem}"):
        placed_seeds([path])


@pytest.mark.parametrize(
    "record",
    [
        {"query": "hello", "plan": []},
        {"query": "keep this", "document": "Cone 04", "plan": ['create_note("Kiln", "$0", "")']},
        {"query": "pour", "tools": [{"name": "pour", "parameters": []}], "plan": ["pour()"]},
    ],
)
def test_a_seed_survives_json(record: dict[str, Any]) -> None:
    assert seed_to_json(seed_from_json(record)) == record


def test_a_line_break_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    write_lines(path, [json.dumps({"query": "one\u2028two", "plan": []}, ensure_ascii=False)])
    assert [seed.query for seed in read_seeds(tmp_path)] == ["one\u2028two"]
