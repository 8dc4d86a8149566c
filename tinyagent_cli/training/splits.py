"""Seeds in files of their own for training, validation and test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

from tinyagent_cli.errors import UsageError
from tinyagent_cli.jsonl import write_lines
from tinyagent_cli.training.seeds import Placed, Split, seed_to_json, split_of


def write_splits(seeds: Sequence[Placed], folder: Path) -> dict[Path, int]:
    """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`; gives how many seeds went into each.

    Every request has its split from its own words, so that it never changes sides as seeds come and go. Raises
    UsageError if a file cannot be written, or is one of those the seeds come from.
    """
    targets = {split: folder / f"{split}.jsonl" for split in get_args(Split)}
    _check_apart(targets.values(), {placed.path for placed in seeds})
    written: dict[Path, int] = {}
    for split, target in targets.items():
        chosen = [placed.seed for placed in seeds if split_of(placed.seed.query) == split]
        write_lines(target, (json.dumps(seed_to_json(seed), ensure_ascii=False) for seed in chosen))
        written[target] = len(chosen)
    return written


def _check_apart(targets: Iterable[Path], sources: set[Path]) -> None:
    known = {source.resolve() for source in sources}
    for target in targets:
        if target.resolve() in known:
            raise UsageError(f"{target} is one of the files to be split", hint="give another folder as --out")
