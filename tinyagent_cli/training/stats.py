"""What a set of seeds holds: counts by file, split, length and tool, and which tools stand together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tinyagent_cli.plan.words import words
from tinyagent_cli.training.coverage import Coverage
from tinyagent_cli.training.seeds import Placed, split_of


@dataclass(frozen=True)
class Groups:
    """Pairs or triples of tools: how many there are, and which no plan calls together."""

    possible: int
    missing: tuple[tuple[str, ...], ...]

    @property
    def covered(self) -> int:
        """How many stand together in some plan."""
        return self.possible - len(self.missing)


@dataclass(frozen=True)
class Stats:
    """Seeds by file, split and number of calls; seeds that call a tool, by tool.

    `own_tools` counts seeds that bring tools, `tool_sets` how many different sets they bring. `words` are those of the
    middle request, of the longest one, and how many different ones there are.
    """

    seeds: int
    files: dict[str, int]
    splits: dict[str, int]
    lengths: dict[int, int]
    tools: dict[str, int]
    pairs: Groups
    triples: Groups
    refusals: int
    documents: int
    own_tools: int
    tool_sets: int
    words: tuple[int, int, int]

    def to_json(self) -> dict[str, Any]:
        """The statistics as one JSON object."""
        middle, longest, different = self.words
        return {
            "seeds": self.seeds,
            "files": self.files,
            "splits": self.splits,
            "calls": {str(length): count for length, count in self.lengths.items()},
            "tools": self.tools,
            "pairs": _groups_to_json(self.pairs),
            "triples": {"possible": self.triples.possible, "covered": self.triples.covered},
            "out_of_reach": self.refusals,
            "documents": self.documents,
            "own_tools": {"seeds": self.own_tools, "tool_sets": self.tool_sets},
            "words": {"median": middle, "longest": longest, "different": different},
        }


def stats(seeds: Sequence[Placed], tools: Iterable[str]) -> Stats:
    """Statistics of at least one seed. Tools, pairs and triples are counted among `tools`, given by name."""
    names = list(tools)
    coverage = Coverage(names)
    for placed in seeds:
        coverage.add(placed.seed.called)
    requests = [words(placed.seed.query) for placed in seeds]
    brought = [placed.seed.tools for placed in seeds if placed.seed.tools is not None]
    lengths = [len(request) for request in requests]
    return Stats(
        seeds=len(seeds),
        files=_by_file(placed.path for placed in seeds),
        splits=_sorted_by(("train", "validation", "test"), (split_of(placed.seed.query) for placed in seeds)),
        lengths=dict(sorted(Counter(len(placed.seed.plan) for placed in seeds).items())),
        tools={name: coverage.count(name) for name in names},
        pairs=Groups(len(coverage.groups(2)), tuple(coverage.missing(2))),
        triples=Groups(len(coverage.groups(3)), tuple(coverage.missing(3))),
        refusals=sum(not placed.seed.plan for placed in seeds),
        documents=sum(placed.seed.document is not None for placed in seeds),
        own_tools=len(brought),
        tool_sets=len({frozenset(str(tool.get("name")) for tool in own) for own in brought}),
        words=(round(median(lengths)), max(lengths), len({word for request in requests for word in request})),
    )


def _by_file(paths: Iterable[Path]) -> dict[str, int]:
    """Counts by file name; files that share one go by their paths."""
    counts = Counter(paths)
    sharing = Counter(path.name for path in counts)
    return {path.name if sharing[path.name] == 1 else str(path): count for path, count in counts.items()}


def _groups_to_json(groups: Groups) -> dict[str, Any]:
    return {
        "possible": groups.possible,
        "covered": groups.covered,
        "missing": [list(group) for group in groups.missing],
    }


def _sorted_by(order: Sequence[str], values: Iterable[str]) -> dict[str, int]:
    counts = Counter(values)
    return {name: counts[name] for name in order}
