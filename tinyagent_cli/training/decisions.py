"""Where a plan is decided: in the names of its tools, and in the results that it carries on.

Whether a plan succeeds is a matter of its graph, but most of its tokens are copies, and most of what a planner can
still lose about tools that it knows is how a message is worded. So what makes the graph counts more in the loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Weights: TypeAlias = tuple[float, ...]

DECISIVE = 3.0
"""What a token of the graph counts for; any other token counts for one."""

_GRAPH = re.compile(r"^\d+\. (?P<tool>[^(\n]+)\(|(?<!\\)(?P<result>\$\d+)", re.MULTILINE)


def weights_of(plan: str, offsets: Iterable[Sequence[int]]) -> Weights:
    """What each token of a plan's text counts for; `offsets` are where each one begins and ends."""
    spans = [found.span(found.lastgroup or 0) for found in _GRAPH.finditer(plan)]
    return tuple(
        DECISIVE if any(first < end and begin < last for begin, end in spans) else 1.0 for first, last in offsets
    )
