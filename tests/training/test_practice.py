"""What a pass of practice holds: first the seeds, then hard ones, disguises and tools retold."""

from itertools import islice
from random import Random

import pytest
from own_seeds import own_seeds

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.practice import distinct, practice
from tinyagent_cli.training.seeds import Seed

SEEDS = own_seeds()[::8]


def test_the_first_pass_is_as_written_and_the_next_one_harder(builtin: Signatures) -> None:
    first, second = islice(practice(SEEDS, builtin, Random(1)), 2)
    assert sorted(seed.query for seed in first) == sorted(seed.query for seed in SEEDS)
    assert mean_calls(second) > mean_calls(first)
    own = sum(seed.tools is not None for seed in SEEDS)
    assert sum(seed.tools is not None for seed in second) > own


def mean_calls(seeds: list) -> float:
    return sum(len(seed.plan) for seed in seeds) / len(seeds)


def test_distinct_requests_are_all_different_and_right(builtin: Signatures) -> None:
    many = list(islice(distinct(SEEDS, builtin, Random(2)), 2 * len(SEEDS)))
    assert len({(seed.query, repr(seed.tools)) for seed in many}) == 2 * len(SEEDS)
    for seed in many:
        check_seed(seed, builtin)


def test_seeds_that_give_nothing_new_end(builtin: Signatures) -> None:
    only = Seed("hello there, you", ())
    assert {seed.query.lower() for seed in distinct([only], builtin, Random(1))} >= {only.query}
