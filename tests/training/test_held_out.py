"""The held-out requests are right by every check, and no planner is tuned on them."""

from pathlib import Path

from own_seeds import own_seeds

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import Placed, check_files, request_key
from tinyagent_cli.training.seeds import Seed, read_seeds, seed_files

DATA = Path(__file__).parents[2] / "data"


def test_held_out_requests_pass_the_checks(builtin: Signatures) -> None:
    checked = list(check_files([DATA / "held_out"], builtin))
    assert len(checked) == 400
    assert [one for one in checked if not isinstance(one, Placed)] == []


def test_none_of_them_is_a_seed() -> None:
    assert DATA / "held_out" not in [path.parent for path in seed_files([DATA / "seeds"])]
    seeds = {request_key(seed.query) for seed in own_seeds()}
    assert seeds.isdisjoint(request_key(seed.query) for seed in read_seeds(DATA / "held_out"))


def test_none_of_their_tool_sets_is_trained_on() -> None:
    def shapes(seeds: list[Seed]) -> set[frozenset[str]]:
        return {frozenset(tool["name"] for tool in seed.tools) for seed in seeds if seed.tools is not None}

    trained = shapes(own_seeds())
    for held_out in shapes(read_seeds(DATA / "held_out")):
        for known in trained:
            assert len(held_out & known) < 3
