"""`tinyagent train` says what is wrong before it starts to work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the train extra is not installed")


def test_a_number_of_bits_that_no_engine_reads(cli: Callable[..., Any]) -> None:
    done = cli("train", "planner", "--bits", "5")
    assert (done.returncode, done.stderr.strip()) == (2, "tinyagent: error: --bits must be 4, 8 or 16, not 5")


def test_a_learning_rate_that_learns_nothing(cli: Callable[..., Any]) -> None:
    done = cli("train", "planner", "--learning-rate", "0")
    assert done.returncode == 2
    assert "--learning-rate must be more than 0" in done.stderr


def test_a_target_that_cannot_be_written_is_told_before_the_work(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = cli("train", "planner", "--target", str(tmp_path / "file" / "planner.gguf"))
    assert done.returncode == 1
    assert "cannot write" in done.stderr


def test_a_folder_without_seeds(cli: Callable[..., Any], tmp_path: Path) -> None:
    done = cli("train", "planner", "--seeds", str(tmp_path))
    assert done.returncode == 2
    assert f"no seeds in {tmp_path}" in done.stderr


def test_a_line_that_is_no_seed(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"query": "email Sid"}\n')
    done = cli("train", "planner", "--seeds", str(tmp_path))
    assert done.returncode == 2
    assert "bad.jsonl:1 is not a seed" in done.stderr


@pytest.mark.parametrize("model", ["planner", "retriever"])
def test_a_seed_with_tools_that_are_none(cli: Callable[..., Any], tmp_path: Path, model: str) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "own.jsonl").write_text('\n{"query": "play Blue", "tools": [{"nam": "play"}], "plan": []}\n')
    done = cli("train", model, "--seeds", str(seeds))
    assert done.returncode == 2
    assert "own.jsonl:2 cannot be learned from: a tool must have a name" in done.stderr
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [" error", " hint"]


def test_a_base_that_is_not_there(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "seeds.jsonl").write_text('{"query": "hello there", "plan": []}\n')
    done = cli("train", "planner", "--seeds", str(tmp_path), "--base", str(tmp_path / "none.gguf"))
    assert done.returncode == 5
    assert "no base model" in done.stderr


def test_a_pretrained_classifier_that_is_not_there(cli: Callable[..., Any], tmp_path: Path) -> None:
    calls = ('open_note("note {}", "")', 'create_note("note {}", "", "")')
    plans = [[calls[number % 2].format(number)] for number in range(120)]
    lines = [json.dumps({"query": f"note {number}", "plan": plan}) for number, plan in enumerate(plans)]
    (tmp_path / "seeds.jsonl").write_text("\n".join(lines))
    base = str(tmp_path / "none")
    done = cli("train", "retriever", "--seeds", str(tmp_path), "--base", base)
    assert done.returncode == 5, done.stderr
    assert f"there is no folder {base}" in done.stderr
