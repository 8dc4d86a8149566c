"""The seeds of this repository, read once for all the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tinyagent_cli.training.seeds import Seed, read_seeds

FOLDER = Path(__file__).parents[1] / "data" / "seeds"


def own_seeds() -> list[Seed]:
    """All of them, in a new list."""
    return [*_read()]


@cache
def _read() -> list[Seed]:
    return read_seeds(FOLDER)
