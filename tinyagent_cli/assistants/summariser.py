"""Extractive summaries: the few sentences of a text that say most of it, in their order. No model.

Sentences are scored by their likeness to the centroid of the text's tf-idf weights (Radev et al., "Centroid-based
summarization of multiple documents", 2004) and picked one by one, each penalised by its likeness to those
already picked (maximal marginal relevance, Carbonell and Goldstein, 1998).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

LONGEST_SENTENCE = 400
"""Characters above which a sentence is not quoted: it is most likely a table."""

_MOST_SENTENCES = 3_000
_RELEVANCE = 0.7
_LEAD_BONUS = 0.15
_FULL_SENTENCE = 8
"""Different words below which a sentence says less than its likeness promises."""

_STOP_WORDS = frozenset(
    word
    for line in (
        "a about after all also an and any are as at be been before but by can could did do does for from had has have",
        "he her his how i if in into is it its may more most no not of on one or our out over she should so some such",
        "than that the their them then there these they this to up was we were what when which who will with would you",
        "your",
    )
    for word in line.split()
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|Jr|Sr|St|No|vs)\.)(?<!\bMrs\.)(?<!\bProf\.)(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)"
    r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[^\Wa-z_])|(?<=[。！？])"
)
_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+|^#+\s+")

Weights = Mapping[str, float]


def summarise(text: str) -> str:
    """Three to five sentences of a text, in their order; a text that has no more is returned whole."""
    sentences = sentences_of(text)[:_MOST_SENTENCES]
    wanted = _length(len(sentences))
    if len(sentences) <= wanted:
        return " ".join(sentences) or " ".join(text.split())
    vectors = _tf_idf([_words(sentence) for sentence in sentences])
    return " ".join(sentences[index] for index in sorted(_picked(vectors, wanted)))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, without headings, page numbers and other lines that are none."""
    sentences = [
        " ".join(sentence.split()) for block in _blocks(text) for sentence in _SENTENCE_END.split(block) if sentence
    ]
    unique = dict.fromkeys(sentence for sentence in sentences if _is_sentence(sentence))
    return list(unique)


def _length(sentences: int) -> int:
    if sentences < 12:
        return 3
    return 4 if sentences < 40 else 5


def _blocks(text: str) -> list[str]:
    """Runs of lines that belong together: broken words are joined; headings and list items stand alone."""
    joined = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text.replace("\r\n", "\n"))
    blocks: list[list[str]] = [[]]
    for line in joined.split("\n"):
        stripped = line.strip()
        if not stripped or _LIST_MARK.match(line) or _starts_anew(blocks[-1], stripped):
            blocks.append([])
        blocks[-1].append(_LIST_MARK.sub("", stripped))
    return [" ".join(block).strip() for block in blocks if any(block)]


def _starts_anew(block: Sequence[str], line: str) -> bool:
    """Whether a line follows a heading: a short line without a full stop, then a capital."""
    return bool(block) and len(block[-1]) < 45 and block[-1][-1:] not in ".!?,;:-" and line[:1].isupper()


def _is_sentence(text: str) -> bool:
    ends = text.rstrip("\"'”’)]")[-1:] in tuple(".!?…。！？")
    return len(text) <= LONGEST_SENTENCE and ((ends and len(_WORD.findall(text)) >= 3) or len(text.split()) >= 8)


def _words(sentence: str) -> list[str]:
    return [word for word in _WORD.findall(sentence.casefold()) if word not in _STOP_WORDS]


def _tf_idf(documents: Sequence[Sequence[str]]) -> list[Weights]:
    """Weights of unit length, by word, for each sentence."""
    frequency = Counter(word for words in documents for word in set(words))
    rarity = {word: math.log(1 + len(documents) / count) for word, count in frequency.items()}
    return [_unit({word: count * rarity[word] for word, count in Counter(words).items()}) for words in documents]


def _unit(weights: Weights) -> Weights:
    norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / norm for word, weight in weights.items()}


def _likeness(one: Weights, other: Weights) -> float:
    shorter, longer = sorted((one, other), key=len)
    return sum(weight * longer.get(word, 0.0) for word, weight in shorter.items())


def _picked(vectors: Sequence[Weights], wanted: int) -> list[int]:
    total: Counter[str] = Counter()
    for vector in vectors:
        total.update(vector)
    centroid = _unit(total)
    relevance = [_likeness(vector, centroid) * min(1.0, len(vector) / _FULL_SENTENCE) for vector in vectors]
    relevance[0] += _LEAD_BONUS
    picked: list[int] = []
    redundancy = [0.0] * len(vectors)
    for _ in range(wanted):
        free = (index for index in range(len(vectors)) if index not in picked)
        best = max(free, key=lambda index: _RELEVANCE * relevance[index] - (1 - _RELEVANCE) * redundancy[index])
        picked.append(best)
        redundancy = [max(old, _likeness(v, vectors[best])) for old, v in zip(redundancy, vectors, strict=True)]
    return picked
