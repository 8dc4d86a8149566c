"""Ways to choose the tools that a planner is offered, as `--tools` names them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyagent_cli.errors import UsageError
from tinyagent_cli.plan.signature import Signature, by_name
from tinyagent_cli.retrieval.lexical import LexicalRetriever
from tinyagent_cli.retrieval.ranking import Retriever

RETRIEVED = "retrieved"
ALL = "all"
_BEST = re.compile(r"(?P<kind>top|embedding)(?P<count>[1-9][0-9]?)(?::(?P<folder>.+))?")


@dataclass(frozen=True)
class Best:
    """The best `count` tools of plain retrieval: by shared words, or by `embedding`, of the encoder in `folder`."""

    count: int
    embedding: bool = False
    folder: Path | None = None

    @property
    def label(self) -> str:
        """How a table calls it."""
        if not self.embedding:
            return f"top {self.count}"
        return f"embedding top {self.count}" + (f" ({self.folder.name})" if self.folder else "")

    @property
    def retriever(self) -> Retriever:
        """What ranks the tools, loaded once. Raises ModelError if the encoder is not there."""
        if not self.embedding:
            return LexicalRetriever()
        from tinyagent_cli.evaluation.embedding import load_embedding

        return load_embedding(self.folder)

    def choose(self, request: str, tools: Sequence[Signature]) -> list[Signature]:
        """Those of the tools that are offered, best first."""
        signatures = by_name(tools)
        return [signatures[item.name] for item in self.retriever.rank(request, tools)[: self.count]]


def read_way(tools: str) -> Best | None:
    """Plain retrieval, or None for `retrieved` and `all`; raises UsageError for a way that there is not."""
    if tools in (RETRIEVED, ALL):
        return None
    match = _BEST.fullmatch(tools)
    if not match or (match["folder"] and match["kind"] == "top"):
        raise UsageError(f"--tools must be retrieved, all, top3 or embedding3 (any number), not {tools!r}")
    folder = match["folder"]
    return Best(int(match["count"]), match["kind"] == "embedding", Path(folder) if folder else None)


def label_of(tools: str) -> str:
    """How a table calls a way."""
    way = read_way(tools)
    return way.label if way else {RETRIEVED: "classifier", ALL: "all tools"}[tools]


def check_way(tools: str) -> None:
    """Raises UsageError for a way that there is not, and ModelError if its encoder is not there."""
    way = read_way(tools)
    if way is not None and way.embedding:
        from tinyagent_cli.evaluation.embedding import find_encoder

        find_encoder(way.folder)
