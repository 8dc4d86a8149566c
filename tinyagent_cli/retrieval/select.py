"""Which tools the planner is offered for a request."""

from __future__ import annotations

from collections.abc import Sequence

from tinyagent_cli.plan.signature import Signature, by_name
from tinyagent_cli.retrieval.lexical import LexicalRetriever
from tinyagent_cli.retrieval.ranking import Ranked, Retriever

THRESHOLD = 0.5
FEWEST = 3
"""The rule of the TinyAgent paper: every tool more likely than not, and never fewer than the best three."""

MOST_OWN = 12
"""Tools that the retriever cannot judge are all offered up to this many, which is as many as the shipped
planner has met at once; of more, the ones that share most words with the request."""


def select(request: str, tools: Sequence[Signature], retriever: Retriever) -> list[Signature]:
    """The tools to offer: those that `retriever` finds likely, best first, then those it cannot judge."""
    ranked = retriever.rank(request, tools)
    judged = {item.name for item in ranked}
    own = [tool for tool in tools if tool.name not in judged]
    if len(own) > MOST_OWN:
        own = _named(LexicalRetriever().rank(request, own)[:MOST_OWN], own)
    return _named(likely(ranked), tools) + own


def likely(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The part of a ranking by probability that is worth offering."""
    return [item for place, item in enumerate(ranked) if place < FEWEST or item.score > THRESHOLD]


def _named(ranked: Sequence[Ranked], tools: Sequence[Signature]) -> list[Signature]:
    signatures = by_name(tools)
    return [signatures[item.name] for item in ranked]
