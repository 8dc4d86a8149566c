"""How long a batch still takes."""

from __future__ import annotations

import pytest

from tinyagent_cli.ui.batch import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (150, "2 min"), (3599, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
