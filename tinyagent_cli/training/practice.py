"""What the planner practises on, pass by pass: hard requests more often than easy ones, and tools it never met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from tinyagent_cli.errors import PlanError, UsageError
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import check_seed, seed_key
from tinyagent_cli.training.disguise import disguised
from tinyagent_cli.training.multiply import varied, vary
from tinyagent_cli.training.remarks import remarked
from tinyagent_cli.training.restyle import retell
from tinyagent_cli.training.seeds import Seed

SHARES = {0: 0.5, 1: 0.4, 2: 0.6, 3: 0.7, 4: 0.8, 5: 0.9}
"""How many of the requests with so many calls a later pass holds: the short ones are learned first."""


def practice(seeds: Sequence[Seed], builtin: Signatures, rng: Random, *, written: bool = True) -> Iterator[list[Seed]]:
    """Endless passes, each in random order: first, if `written`, the seeds as they are, then new forms of them."""
    if written:
        yield rng.sample(seeds, len(seeds))
    while True:
        yield harder(seeds, builtin, rng)


def harder(seeds: Sequence[Seed], builtin: Signatures, rng: Random) -> list[Seed]:
    """Built-in tools as they are, with remarks that change them and in disguise, a user's own tools retold."""
    usual = [seed for seed in seeds if seed.tools is None and rng.random() < SHARES.get(len(seed.plan), 1.0)]
    remarks = list(remarked(usual, rng))
    passed = varied(usual, rng) + [vary(seed, rng) for seed in remarks]
    alone = [seed for seed in [*usual, *remarks] if seed.document is None]
    passed += islice(disguised(alone, builtin, rng), 2 * len(alone) // 3)
    passed += retell(seeds, rng)
    rng.shuffle(passed)
    return passed


def distinct(seeds: Sequence[Seed], builtin: Signatures, rng: Random) -> Iterator[Seed]:
    """Practice without a request that was there before with the same tools, and without one that fails a seed's checks.

    It ends where a hundred passes bring nothing new: of a few seeds a pass holds hardly one.
    """
    seen: set[tuple[str, frozenset[str]]] = set()
    idle = 0
    for passed in practice(seeds, builtin, rng):
        before = len(seen)
        for seed in passed:
            key = seed_key(seed)
            if key not in seen and _passes(seed, builtin):
                seen.add(key)
                yield seed
        idle = idle + 1 if len(seen) == before else 0
        if idle == 100:
            return


def _passes(seed: Seed, builtin: Signatures) -> bool:
    try:
        check_seed(seed, builtin)
    except (PlanError, UsageError):
        return False
    return True
