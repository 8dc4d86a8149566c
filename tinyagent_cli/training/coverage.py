"""Which tools stand together in plans, and which combination to ask for next: every tool, every pair, most triples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from random import Random


class Coverage:
    """Counts in how many plans each tool, pair and triple of tools stands."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` are the tools that can be combined; others are not counted."""
        self._names = tuple(dict.fromkeys(names))
        self._counts: Counter[frozenset[str]] = Counter()

    def add(self, called: Iterable[str], times: int = 1) -> None:
        """Count a plan that calls these tools."""
        known = [name for name in dict.fromkeys(called) if name in self._names]
        for size in (1, 2, 3):
            for group in combinations(known, size):
                self._counts[frozenset(group)] += times

    def count(self, *names: str) -> int:
        """Plans that call all of these one to three tools."""
        return self._counts[frozenset(names)]

    def groups(self, size: int) -> list[tuple[str, ...]]:
        """All groups of one to three tools, in the tools' order."""
        return list(combinations(self._names, size))

    def missing(self, size: int) -> list[tuple[str, ...]]:
        """Groups of one to three tools that no plan calls together."""
        return [group for group in self.groups(size) if not self.count(*group)]

    def combination(self, size: int, rng: Random) -> tuple[str, ...]:
        """So many tools (or all there are) that stood together least: the rarest pair, and what is new beside it."""
        names = rng.sample(self._names, len(self._names))
        size = min(size, len(names))
        chosen = list(min(combinations(names, min(size, 2)), key=lambda group: self.count(*group)))
        while len(chosen) < size:
            free = [name for name in names if name not in chosen]
            chosen.append(min(free, key=lambda name: self._times_beside(chosen, name)))
        return tuple(chosen)

    def _times_beside(self, chosen: Sequence[str], name: str) -> tuple[int, int]:
        triples = sum(self.count(*pair, name) for pair in combinations(chosen, 2))
        return triples, sum(self.count(other, name) for other in chosen)
