"""Where a plan is decided: in the names of its tools, and in what its arguments begin with, a text or a result.

Whether a plan succeeds is a matter of its graph, but most of its tokens are copies, and most of what a planner can
still lose about tools that it knows is how a message is worded. So the tokens at which the graph takes one way or
another count more in the loss, whichever way is right: to weigh results alone would make them likelier than they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from tinyagent_cli.training.slots import LITERAL

Weights: TypeAlias = tuple[float, ...]

DECISIVE = 3.0
"""What a token that decides counts for; any other token counts for one."""

_NAME = re.compile(r"^[0-9]+\.( [^(\n]+\()", re.MULTILINE)
_RESULT = re.compile(r"(?<!\\)(?:\\\\)*\$\{?([0-9]{1,2})(?![0-9])")


def weights_of(plan: str, offsets: Iterable[Sequence[int]]) -> Weights:
    """What each token of a plan's text counts for; `offsets` are where each one begins and ends."""
    spans = [found.span(1) for pattern in (_NAME, _RESULT) for found in pattern.finditer(plan)]
    spans += [(found.start(), found.start() + 2) for found in LITERAL.finditer(plan)]
    return tuple(
        DECISIVE if any(first < end and begin < last for begin, end in spans) else 1.0 for first, last in offsets
    )
