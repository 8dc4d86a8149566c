"""From a phrase to tokens: one spelling per word, numbers whether written or spoken, compact times in pieces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from tinyagent_cli.dates.vocabulary import (
    CONNECTORS,
    CORRECTED,
    FILLERS,
    MONTH_NUMBERS,
    NAMED_TIMES,
    ORDINALS,
    PART_HOURS,
    SMALL_NUMBERS,
    SPELLINGS,
    TENS,
    UNITS,
    WEEKDAY_NUMBERS,
)

Kind = Literal["word", "number", "ordinal", "clock", "hours", "date", "meridiem", "offset", "end"]

MAX_LENGTH = 300
"""Characters. Longer text is not a time, whatever it holds."""


class Token(NamedTuple):
    """A piece of a phrase.

    `text` is the word in its usual spelling, or the digits as written; `values` are the numbers in
    it: a number, an ordinal, hour and minute of a `clock` (17:15) or of `hours` (17h15), day, month
    and year of a `date` (0 where there is none), or the minutes of an `offset` from UTC (+02:00).
    `spoken` marks numbers written as words.
    """

    kind: Kind
    text: str = ""
    values: tuple[int, ...] = ()
    spoken: bool = False

    @property
    def value(self) -> int:
        """The number; -1 for a token that has none."""
        return self.values[0] if self.values else -1


END = Token("end")


class Tokens:
    """Tokens by position; before the first and after the last there is always `END`."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._tokens = tuple(tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, at: int) -> Token:
        return self._tokens[at] if 0 <= at < len(self._tokens) else END

    def words(self, at: int, count: int) -> str:
        """The texts of `count` tokens from `at`, joined by spaces."""
        return " ".join(self[index].text for index in range(at, at + count))

    def skip(self, at: int, words: str) -> int:
        """The position after any of these words (separated by spaces) that stand at `at`."""
        skipped = words.split()
        while self[at].kind == "word" and self[at].text in skipped:
            at += 1
        return at

    def before(self, at: int, words: str) -> Token:
        """The token before `at`, looking past any of these words."""
        skipped = words.split()
        while at and self[at - 1].text in skipped:
            at -= 1
        return self[at - 1]


def tokenize(phrase: str) -> Tokens:
    """The tokens of a phrase; none for text too long to be a time."""
    if len(phrase) > MAX_LENGTH:
        return Tokens(())
    return Tokens(_numbers([_token(match) for match in _pattern().finditer(_plain(phrase))]))


_FRACTIONS = str.maketrans({"½": ".5", "¼": ".25", "¾": ".75", "’": "'", "–": "-", "—": "-", "−": "-"})


def _plain(phrase: str) -> str:
    """Lower case, no apostrophes, and hyphens only where they stand between times."""
    text = unicodedata.normalize("NFKC", phrase.translate(_FRACTIONS)).casefold().replace("'", "")
    text = re.sub(r"(?<=[a-z]ty)-(?=[a-z])|(?<=mid)-|(?<=[a-z])-(?=ten|fifteen|twenty|thirty|forty|fifty)", " ", text)
    text = re.sub(r"(\d)-([a-z]{3,9})-(\d)", r"\1 \2 \3", text)
    return re.sub(r"(?<=[a-z\d])-(?=(?:min|hour|hr|day|week|month|year|long|ish)|o\b)", " ", text)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(
        r"""
        (?P<amount>[$€£#]\s?\d[\d.,]*)
        | (?P<offset>(?<![a-z])(?:utc|gmt)\s?[+-]\d{1,2}(?::?\d{2})?(?![\d:])
            | (?<=[\dm])\s?\+\d{2}:?\d{2}(?![\d:]) | (?<=:\d{2})\s-\d{4}(?![\d:]))
        | (?P<iso>\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)t?
        | (?P<date>\d{1,2}(?P<mark>[/.-])\d{1,2}(?P=mark)(?:\d{4}|\d{2})(?!\d) | \d{1,2}/\d{1,2}(?!\d)
            | \d{1,2}\.(?:0?[1-9]|1[0-2])\.(?=\s))
        | (?P<clock>\d{1,2}(?::\d{2}(?::\d{2})?|\.\d{2}))(?![.:]?\d)
        | (?P<hours>\d{1,2}h(?:\d{2})?)(?:m|min)?\b
        | (?P<ordinal>\d{1,2})(?:st|nd|rd|th)\b
        | (?P<respelt>2(?:moro|morro|morrow|mrw|nite|night|day))\b
        | (?P<number>\d*\.\d+|\d+)
        | (?P<meridiem>(?<![^\W\d_])[ap]\.?\s{0,2}m\b\.?|(?<=\d)[ap]\b)
        | (?P<word>[^\W\d_]+|-)
        """,
        re.VERBOSE,
    )


def _token(match: re.Match[str]) -> Token:
    text = match[str(match.lastgroup)]
    make = _MAKERS.get(str(match.lastgroup))
    return make(text) if make else Token("word", _usual_spelling(text))


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def _date_values(text: str) -> tuple[int, ...]:
    """Day, month, year. With dots the day stands first; otherwise the month does, unless it cannot be one."""
    numbers = _integers(text)
    first, second, year = (*numbers, 0)[:3]
    if "." in text or first > 12:
        day, month = first, second
    else:
        day, month = second, first
    return day, month, year + 2000 if len(numbers) == 3 and year < 100 else year


def _offset_minutes(text: str) -> int:
    """Of "utc-5", "+0530" or "+05:30"."""
    sign, figures = (-1 if "-" in text else 1), re.sub(r"\D", "", text)
    hours, minutes = (figures, "0") if len(figures) < 3 else (figures[:-2], figures[-2:])
    return sign * (int(hours) * 60 + int(minutes))


_LONGEST_NUMBER = 5
"""Figures. A longer number is none that times are made of."""

_MAKERS: dict[str, Callable[[str], Token]] = {
    "offset": lambda text: Token("offset", text, (_offset_minutes(text),)),
    "iso": lambda text: Token("date", text, _integers(text)[::-1]),
    "date": lambda text: Token("date", text, _date_values(text)),
    "clock": lambda text: Token("clock", text, _integers(text)),
    "hours": lambda text: Token("hours", text, _integers(text)),
    "ordinal": lambda text: Token("ordinal", text, (int(text),)),
    "number": lambda text: Token("number", text, (int(float(text)) if len(text) <= _LONGEST_NUMBER else -1,)),
    "meridiem": lambda text: Token("meridiem", "am" if text[0] == "a" else "pm"),
}

_PLURALS = frozenset(
    {*UNITS, *WEEKDAY_NUMBERS, "quarter", "weekend", "sec", "min", "hr", "wk", "yr", "mth", *PART_HOURS}
)
_KNOWN = frozenset({*FILLERS, *CONNECTORS, *NAMED_TIMES, *MONTH_NUMBERS, *SMALL_NUMBERS, *ORDINALS, *TENS})


def _usual_spelling(word: str) -> str:
    """The word as the vocabulary spells it: no plural, short form or slip of the finger; unknown words unchanged."""
    if word.endswith("ish") and len(word) > 5:
        word = word[:-3]
    if word.endswith("s") and word[:-1] in _PLURALS:
        word = word[:-1]
    word = SPELLINGS.get(word, word)
    if len(word) < 5 or word in _KNOWN or word in CORRECTED:
        return word
    return _nearest(word)


def _nearest(word: str) -> str:
    from rapidfuzz.distance import OSA

    near = (known for known in CORRECTED if abs(len(known) - len(word)) < 2 and known[0] in word[:2])
    return next((known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1), word)


def _numbers(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with spoken numbers put together: "twenty third", "oh five", "nine hundred"."""
    at = 0
    while at < len(tokens):
        token, at = _number(tokens, at)
        yield token


def _number(tokens: list[Token], at: int) -> tuple[Token, int]:
    token, following = tokens[at], _at(tokens, at + 1)
    if token.kind != "word":
        return token, at + 1
    if token.text in ("oh", "o", "zero") and 0 < _small(following) < 10:
        return _hundreds(tokens, _spoken(_small(following), f"0{_small(following)}"), at + 2)
    if token.text in TENS:
        return _tens(tokens, at, TENS[token.text], following)
    if token.text in ORDINALS:
        return Token("ordinal", token.text, (ORDINALS[token.text],), spoken=True), at + 1
    if _small(token) >= 0:
        return _hundreds(tokens, _spoken(_small(token)), at + 1)
    return token, at + 1


def _tens(tokens: list[Token], at: int, tens: int, following: Token) -> tuple[Token, int]:
    """ "twenty", "twenty five" and "twenty third"."""
    if 0 < _small(following) < 10:
        return _hundreds(tokens, _spoken(tens + _small(following)), at + 2)
    if following.kind == "word" and 0 < ORDINALS.get(following.text, 0) < 10:
        return Token("ordinal", following.text, (tens + ORDINALS[following.text],), spoken=True), at + 2
    return _hundreds(tokens, _spoken(tens), at + 1)


def _hundreds(tokens: list[Token], number: Token, at: int) -> tuple[Token, int]:
    """`nine hundred` is 0900, as clocks are read aloud; `two thousand twenty seven` is a year."""
    factor = {"hundred": 100, "thousand": 1000}.get(_at(tokens, at).text, 0)
    if not factor or number.value > 24:
        return number, at
    rest, after = Token("number", values=(0,)), at + 1
    if _small(_at(tokens, after)) > 0 or _at(tokens, after).text in TENS:
        rest, after = _number(tokens, after)
    value = number.value * factor + rest.value
    return _spoken(value, f"{value:04}"), after


def _at(tokens: list[Token], at: int) -> Token:
    return tokens[at] if at < len(tokens) else END


def _small(token: Token) -> int:
    """The value of a number word up to nineteen, -1 for anything else."""
    return SMALL_NUMBERS.get(token.text, -1) if token.kind == "word" else -1


def _spoken(value: int, text: str = "") -> Token:
    return Token("number", text or str(value), (value,), spoken=True)
