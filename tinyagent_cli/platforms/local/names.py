"""Comparing names as people do: case, accents, plurals and spelling slips aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_ACCENT = re.compile(r"[\u0300-\u036f]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Za-z]{2})(?=\d)")
_WORD = re.compile(r"[^\W_]+")

_ARTICLE = re.compile(r"^(?:the|a|an|my|our|your)\s+(?=\S)", re.IGNORECASE)

_NEAR = 55.0
_SWAPPED = 95.0


def fold(text: str) -> str:
    """Lower case without accents, white space collapsed: "Zoë  KRÜGER" is "zoe kruger"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    return " ".join(_ACCENT.sub("", decomposed).split())


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name, in the singular: "Q3_BudgetReports" is ("q3", "budget", "report")."""
    return tuple(_singular(word) for word in _WORD.findall(fold(_HUMP.sub(" ", text))))


def bare(text: str) -> str:
    """A name without the article or possessive before it, and without the white space around it."""
    return _ARTICLE.sub("", text.strip())


def similarities(wanted: str, others: Sequence[str], at_least: float) -> dict[int, float]:
    """How alike folded names are to `wanted`, 0 to 100, by their place in `others`; those below `at_least` left out.

    The order of words does not matter, and two swapped letters count little.
    """
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import OSA

    scores: dict[int, float] = {}
    for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
        for _, score, index in process.extract(wanted, others, scorer=scorer, score_cutoff=at_least, limit=None):
            scores[index] = max(score, scores.get(index, 0.0))
    letters = sorted(wanted)
    for index, other in enumerate(others):
        if len(other) == len(wanted) and sorted(other) == letters and OSA.distance(wanted, other) == 1:
            scores[index] = max(_SWAPPED, scores.get(index, 0.0))
    return scores


def most_similar(wanted: str, others: Sequence[str], at_least: float) -> list[int]:
    """The places in `others` of the names most like `wanted`; several if they are equally like it."""
    scores = similarities(wanted, others, at_least)
    best = max(scores.values(), default=0.0)
    return sorted(index for index, score in scores.items() if score == best)


def near_misses(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The names most like `name`, best first; none that is unlike it."""
    known = sorted(names)
    scores = similarities(fold(name), [fold(other) for other in known], _NEAR)
    best = sorted(scores, key=lambda index: (-scores[index], index))[:limit]
    return [known[index] for index in best]


def did_you_mean(names: Iterable[str], otherwise: str) -> str:
    """A hint that names near misses, or else says what to do."""
    listed = ", ".join(f'"{name}"' for name in names)
    return f"did you mean {listed}?" if listed else otherwise


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
