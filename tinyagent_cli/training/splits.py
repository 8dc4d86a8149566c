"""Seeds in files of their own for training, validation and test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tinyagent_cli.errors import UsageError
from tinyagent_cli.jsonl import write_lines
from tinyagent_cli.training.seeds import Placed, Split, seed_to_json, split_of


def write_splits(seeds: Sequence[Placed], folder: Path) -> dict[Path, int]:
    """Write `train.jsonl`, `validation.jsonl` and `test.jsonl`; gives how many seeds went into each.

    Every request has its split from its own words, so that it never changes sides as seeds come and go. Raises
    UsageError if a file is there already, or cannot be written.
    """
    targets = {split: folder / f"{split}.jsonl" for split in get_args(Split)}
    for target in targets.values():
        if target.exists():
            raise UsageError(f"{target} is there already", hint="give another folder as --out")
    written: dict[Path, int] = {}
    for split, target in targets.items():
        chosen = [placed.seed for placed in seeds if split_of(placed.seed.query) == split]
        write_lines(target, (json.dumps(seed_to_json(seed), ensure_ascii=False) for seed in chosen))
        written[target] = len(chosen)
    return written
