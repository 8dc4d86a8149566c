"""Comparing names as people do: case, accents, plurals and spelling slips aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_ACCENT = re.compile(r"[\u0300-\u036f]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Za-z]{2})(?=\d)")
_WORD = re.compile(r"[^\W_]+")

_ARTICLE = re.compile(r"^(?:the|a|an|my|our|your)\s+(?=\S)", re.IGNORECASE)

_NEAR = 55.0
_SWAPPED = 95.0


def fold(text: str) -> str:
    """Lower case without accents, white space collapsed: "Zoë  KRÜGER" is "zoe kruger"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    return " ".join(_ACCENT.sub("", decomposed).split())


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name, in the singular: "Q3_BudgetReports" is ("q3", "budget", "report")."""
    return tuple(_singular(word) for word in _WORD.findall(fold(_HUMP.sub(" ", text))))


def bare(text: str) -> str:
    """A name without the article or possessive before it, and without the white space around it."""
    return _ARTICLE.sub("", text.strip())


def similarity(one: str, other: str) -> float:
    """How alike two folded names are, 0 to 100, whatever the order of their words; two swapped letters count little."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    if sorted(one) == sorted(other) and OSA.distance(one, other) == 1:
        return _SWAPPED
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


def near_misses(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """The names most like `name`, best first; none that is unlike it."""
    folded = fold(name)
    scored = {other: similarity(folded, fold(other)) for other in names}
    close = [other for other, score in scored.items() if score >= _NEAR]
    return sorted(close, key=lambda other: (-scored[other], other))[:limit]


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
