"""Calibrating and measuring a tool retriever: recall of the needed tools against the number offered."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyagent_cli.errors import ModelError
from tinyagent_cli.evaluation.embedding import load_embedding
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval.lexical import LexicalRetriever
from tinyagent_cli.retrieval.ranking import Ranked, Retriever
from tinyagent_cli.retrieval.select import FEWEST, likely
from tinyagent_cli.training.retriever_data import Labelled

WANTED_RECALL = 0.999
MOST_NEEDLESS = 1.5
"""What calibration aims at: this recall, unless it would take more needless tools than this on average."""

BASELINES = (FEWEST, 6)
"""So many tools plain retrieval offers, as in the paper and twice that."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recall:
    """How well a retriever serves a set of requests.

    `recall` is the share of needed tools that were offered, `complete` the share of requests all of whose
    tools were, and `offered` the mean number of tools offered.
    """

    requests: int
    recall: float
    complete: float
    offered: float


def measure(offers: Sequence[Sequence[str]], items: Sequence[Labelled]) -> Recall:
    """Compare the names offered for each request with the tools it needs."""
    found = [item.tools.intersection(names) for names, item in zip(offers, items, strict=True)]
    needed = sum(len(item.tools) for item in items)
    return Recall(
        requests=len(items),
        recall=round(sum(map(len, found)) / needed, 4),
        complete=round(sum(got == item.tools for got, item in zip(found, items, strict=True)) / len(items), 4),
        offered=round(sum(map(len, offers)) / len(items), 2),
    )


def measure_classifier(retriever: Retriever, items: Sequence[Labelled], tools: Sequence[Signature]) -> Recall:
    """Recall under the rule of `select`: more likely than not, and never fewer than the best three."""
    return measure([_names(likely(retriever.rank(item.request, tools))) for item in items], items)


def measure_best(retriever: Retriever, count: int, items: Sequence[Labelled], tools: Sequence[Signature]) -> Recall:
    """Recall of the best `count` tools, whatever their scores: plain retrieval, the baseline."""
    return measure([_names(retriever.rank(item.request, tools)[:count]) for item in items], items)


def plain_retrievers(encoder: Path | None = None) -> dict[str, Retriever]:
    """What a classifier is compared with: shared words, and a sentence encoder where there is one.

    `encoder` is its folder, by default the package's; raises ModelError where there is none in that folder.
    """
    retrievers: dict[str, Retriever] = {"bm25": LexicalRetriever()}
    try:
        retrievers["embedding"] = load_embedding(encoder)
    except ModelError as error:
        if encoder is not None:
            raise
        _log.warning("no figures for embeddings: %s", error)
    return retrievers


def baselines(
    retrievers: Mapping[str, Retriever], items: Sequence[Labelled], tools: Sequence[Signature]
) -> dict[str, Recall]:
    """Recall of the best few tools of each: `bm25_top_3` and so on."""
    return {
        f"{name}_top_{count}": measure_best(retriever, count, items, tools)
        for name, retriever in retrievers.items()
        for count in BASELINES
    }


def bias_shift(probabilities: Sequence[Mapping[str, float]], items: Sequence[Labelled]) -> float:
    """What to add to every logit so that p > 0.5 keeps `WANTED_RECALL` of the needed tools, not offering too many.

    `probabilities` holds those of all tools for each of `items`.
    """
    threshold = max(_threshold_by_recall(probabilities, items), _threshold_by_count(probabilities, items))
    threshold = min(max(threshold, 1e-4), 0.5)
    return math.log((1 - threshold) / threshold)


def _threshold_by_recall(probabilities: Sequence[Mapping[str, float]], items: Sequence[Labelled]) -> float:
    """The highest threshold that misses no more needed tools than is allowed; 1 where the best three suffice."""
    at_risk = []
    for scores, item in zip(probabilities, items, strict=True):
        best = sorted(scores, key=lambda name: -scores[name])[:FEWEST]
        at_risk += [scores[name] for name in item.tools.difference(best)]
    allowed = int((1 - WANTED_RECALL) * sum(len(item.tools) for item in items))
    return sorted(at_risk)[allowed] - 1e-6 if len(at_risk) > allowed else 1.0


def _threshold_by_count(probabilities: Sequence[Mapping[str, float]], items: Sequence[Labelled]) -> float:
    """The lowest threshold at which no more than `MOST_NEEDLESS` tools too many are offered on average."""
    needless: list[float] = []
    for scores, item in zip(probabilities, items, strict=True):
        best = sorted(scores, key=lambda name: -scores[name])[:FEWEST]
        needless += [1.0 if name in best else scores[name] for name in scores.keys() - item.tools]
    allowed = int(MOST_NEEDLESS * len(items))
    return sorted(needless, reverse=True)[allowed] if len(needless) > allowed else 0.0


def _names(ranked: Sequence[Ranked]) -> list[str]:
    return [item.name for item in ranked]
