"""What every retriever does: rank tools by how likely a request needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tinyagent_cli.plan.signature import Signature


@dataclass(frozen=True)
class Ranked:
    """A tool and how well it fits a request: a probability, or a score without unit, by retriever."""

    name: str
    score: float


class Retriever(Protocol):
    """Ranks tools for a request."""

    def rank(self, request: str, tools: Sequence[Signature]) -> list[Ranked]:
        """Those of `tools` that this retriever can judge, best first."""
        ...
