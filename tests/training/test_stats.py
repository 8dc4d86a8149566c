"""Statistics say what the seeds hold, and which tools never stand together."""

from __future__ import annotations

import json
from pathlib import Path

from tinyagent_cli.training.seeds import Placed, Seed, split_of
from tinyagent_cli.training.stats import stats

PLAY = ({"name": "play"},)
SEEDS = [
    Seed("brew tea", ('brew("tea")',)),
    Seed("Brew, pour and stir it!", ('brew("it")', 'pour("$1")', 'stir("$1")', 'stir("$2")')),
    Seed("hello there", ()),
    Seed("play this", ('play("$0")',), PLAY, "Blue"),
    Seed("play that", ('play("that")',), PLAY),
]


def test_counts() -> None:
    placed = [Placed(seed, Path("a.jsonl" if number < 3 else "b.jsonl"), number) for number, seed in enumerate(SEEDS)]
    found = stats(placed, ("brew", "pour", "stir", "heat"))
    assert found.seeds == 5
    assert found.files == {"a.jsonl": 3, "b.jsonl": 2}
    assert found.lengths == {0: 1, 1: 3, 4: 1}
    assert found.tools == {"brew": 2, "pour": 1, "stir": 1, "heat": 0}
    assert found.pairs.possible == 6
    assert found.pairs.missing == (("brew", "heat"), ("pour", "heat"), ("stir", "heat"))
    assert (found.triples.possible, found.triples.covered) == (4, 1)
    assert (found.refusals, found.documents, found.own_tools, found.tool_sets) == (1, 1, 2, 1)
    assert found.words == (2, 5, 11)
    assert sum(found.splits.values()) == 5
    assert all(found.splits[split_of(seed.query)] for seed in SEEDS)
    assert json.loads(json.dumps(found.to_json()))["pairs"]["covered"] == 3


def test_files_that_share_a_name_are_counted_apart() -> None:
    paths = ("a/train.jsonl", "b/train.jsonl", "b/train.jsonl", "b/test.jsonl", "a/x.jsonl")
    found = stats([Placed(seed, Path(path), 1) for seed, path in zip(SEEDS, paths, strict=True)], ("brew",))
    assert found.files == {"a/train.jsonl": 1, "b/train.jsonl": 2, "test.jsonl": 1, "x.jsonl": 1}
