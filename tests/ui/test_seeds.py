"""Seeds as tables: which counts have a share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tinyagent_cli.training.seeds import Placed, Seed
from tinyagent_cli.training.stats import stats
from tinyagent_cli.ui.seeds import stats_tables


def test_every_file_and_tool_has_a_share_whatever_it_is_called(drawn: Callable[..., str]) -> None:
    placed = [Placed(Seed("look it up", ('find_words("it")',)), Path("crosswords.jsonl"), 1)]
    lines = [line.split() for line in drawn(stats_tables(stats(placed, ["find_words", "list_sets"]))).splitlines()]
    assert ["crosswords.jsonl", "1", "100.0%"] in lines
    assert ["find_words", "1", "100.0%"] in lines
    assert ["list_sets", "0", "0.0%"] in lines
    assert ["words,", "median", "3"] in lines
