"""What the planner practises on, pass by pass: hard requests more often than easy ones, and tools it never met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.disguise import disguised
from tinyagent_cli.training.multiply import varied
from tinyagent_cli.training.restyle import retell
from tinyagent_cli.training.seeds import Seed

SHARES = {0: 0.4, 1: 0.3}
"""How many of the requests with so many calls a later pass holds: the short ones are learned first."""

RETOLD = 3
"""How often a pass holds each request that brings tools of its own: they are few, and the hardest."""


def practice(seeds: Sequence[Seed], builtin: Signatures, rng: Random) -> Iterator[list[Seed]]:
    """Endless passes, each in random order: first the seeds as written, then new forms of them."""
    yield rng.sample(seeds, len(seeds))
    while True:
        yield harder(seeds, builtin, rng)


def harder(seeds: Sequence[Seed], builtin: Signatures, rng: Random) -> list[Seed]:
    """Built-in tools as they are and in disguise, a user's own tools retold."""
    usual = [seed for seed in seeds if seed.tools is None and rng.random() < SHARES.get(len(seed.plan), 1.0)]
    passed = varied(usual, rng)
    passed += islice(disguised(usual, builtin, rng), len(usual) // 3)
    passed += [told for _ in range(RETOLD) for told in retell(seeds, rng)]
    rng.shuffle(passed)
    return passed
