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


@pytest.fixture(scope="module")
def passes(builtin: Signatures) -> tuple[list[Seed], list[Seed]]:
    first, second = islice(practice(SEEDS, builtin, Random(1)), 2)
    return first, second


def test_the_first_pass_is_as_written_and_the_next_one_harder(passes: tuple[list[Seed], list[Seed]]) -> None:
    first, second = passes
    assert sorted(seed.query for seed in first) == sorted(seed.query for seed in SEEDS)
    assert mean_calls(usual(second)) > 1.2 * mean_calls(usual(first))


def test_a_later_pass_holds_the_builtin_tools_in_disguise_beside_a_user_s_own(
    passes: tuple[list[Seed], list[Seed]],
) -> None:
    first, second = passes
    assert len(second) - len(usual(second)) > 1.3 * (len(first) - len(usual(first)))


def test_a_later_pass_holds_remarks_that_revise_a_request(passes: tuple[list[Seed], list[Seed]]) -> None:
    remarks = ("never mind", "forget", "scrap that", "instead", "skip the", "I meant")
    first, second = ([seed for seed in usual(passed) if any(r in seed.query for r in remarks)] for passed in passes)
    assert len(second) > 2 * len(first)


def usual(seeds: list[Seed]) -> list[Seed]:
    return [seed for seed in seeds if seed.tools is None]


def mean_calls(seeds: list[Seed]) -> float:
    return sum(len(seed.plan) for seed in seeds) / len(seeds)


def test_distinct_requests_are_all_different_and_right(builtin: Signatures) -> None:
    many = list(islice(distinct(SEEDS, builtin, Random(2)), 2 * len(SEEDS)))
    assert len({(seed.query, repr(seed.tools)) for seed in many}) == 2 * len(SEEDS)
    for seed in many:
        check_seed(seed, builtin)


def test_seeds_that_give_nothing_new_end(builtin: Signatures) -> None:
    only = Seed("hello there, you", ())
    assert {seed.query.lower() for seed in distinct([only], builtin, Random(1))} >= {only.query}
