"""Ranking by shared words (Okapi BM25), for tools that no classifier was trained on."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval.ranking import Ranked

SATURATION = 1.2
LENGTH_NORM = 0.75
"""The usual k1 and b of BM25 (Robertson and Zaragoza, 2009)."""

NAME_WEIGHT = 3
"""How often the words of a tool's name count."""

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ENDING = re.compile(r"(?:ing|ed|es|s|e)$")


class LexicalRetriever:
    """BM25 over the words of each tool's name, description and parameters; it can judge any tool."""

    def rank(self, request: str, tools: Sequence[Signature]) -> list[Ranked]:
        """All of `tools`, best first; those that share nothing with the request keep their order, at 0."""
        documents = [Counter(_tool_words(tool)) for tool in tools]
        average = sum(document.total() for document in documents) / max(len(documents), 1) or 1.0
        weights = {word: _rarity(word, documents) for word in set(words(request))}

        def score(document: Counter[str]) -> float:
            norm = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * document.total() / average)
            counts = {word: document[word] for word in weights}
            return sum(weights[word] * n * (SATURATION + 1) / (n + norm) for word, n in counts.items())

        ranked = [Ranked(tool.name, score(document)) for tool, document in zip(tools, documents, strict=True)]
        return sorted(ranked, key=lambda item: -item.score)


def words(text: str) -> list[str]:
    """Lower-case word stems; `snake_case` and `camelCase` names fall into their words."""
    return [_stem(word.lower()) for word in _WORD.findall(_HUMP.sub(" ", text))]


def _tool_words(tool: Signature) -> list[str]:
    named = " ".join(f"{parameter.name} {parameter.description}" for parameter in tool.parameters)
    return words(tool.name) * NAME_WEIGHT + words(f"{tool.description} {named}")


def _rarity(word: str, documents: Sequence[Counter[str]]) -> float:
    """Inverse document frequency in the form that never turns negative."""
    holding = sum(word in document for document in documents)
    return math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))


def _stem(word: str) -> str:
    """The word without a common English ending; short words lose no more than a plural's s."""
    if len(word) > 5:
        return _ENDING.sub("", word)
    return word.removesuffix("s") if len(word) > 3 else word
