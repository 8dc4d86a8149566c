"""The checkpoint that is kept is the one that plans best under the real decoder."""

import shutil
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.training import choice
from tinyagent_cli.training.choice import Choice, item_of, plan_success
from tinyagent_cli.training.seeds import Seed

SHIPPED = Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf"
RIGHT = Seed("open plan.pdf", ('open_and_get_file_path("plan.pdf")',))
WRONG = Seed("open plan.pdf now", ('open_note("plan.pdf", "")',))


def test_success_is_the_share_of_requests_that_the_shipped_planner_plans_rightly() -> None:
    assert plan_success(SHIPPED, [item_of(RIGHT, 1), item_of(WRONG, 2)]) == 0.5


def test_the_best_file_stays_and_a_later_one_wins_a_tie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = iter([0.5, 0.7, 0.6, 0.7])
    monkeypatch.setattr(choice, "plan_success", lambda weights, items: next(outcomes))

    kept = []
    for number in range(4):
        # A new one each time, as when a run goes on.
        chosen = Choice([item_of(RIGHT, 1)], tmp_path)
        chosen.offer(partial(Path.write_text, data=str(number)), number * 1000)
        kept.append(chosen.best.read_text())
    assert kept == ["0", "1", "1", "3"]
    assert chosen.measured == {"0": 0.5, "1000": 0.7, "2000": 0.6, "3000": 0.7}
    assert not (tmp_path / "candidate.gguf").exists()


def test_a_real_file_is_kept(tmp_path: Path) -> None:
    chosen = Choice([item_of(RIGHT, 1)], tmp_path)
    assert chosen.offer(partial(shutil.copy, SHIPPED), 10) == 1.0
    assert chosen.best.stat().st_size == SHIPPED.stat().st_size
