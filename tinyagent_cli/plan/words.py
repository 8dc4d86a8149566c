"""Text compared word by word: case, punctuation and spacing make no difference, in any script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STOP_WORDS = """
a an the this that these those there here and or but so as if of to in on at by for from with about
i im ive ill id me my mine we us our you youre your he him his she her it its they them their
is are was were be been am do does did have has had will would can could should just please
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say little about what a message is about; "not" is none of them."""

_WORD = re.compile(r"[^\W_]+")
_DETERMINER = re.compile(r"(?:the|an?|my|our|his|her|their|your)\s+")
_APOSTROPHE = re.compile(r"['\u2019](?:s\b)?")


def words(text: str) -> list[str]:
    """The words of a text, case folded: letters and digits, whatever stands between them left out."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def stands_in(text: str, source: str) -> bool:
    """Whether a text stands in `source` word for word.

    The last word may go on in the source ("Jamal" in "Jamals number"). The first one may stand right behind other
    scripts, which write particles and articles onto a word, but not in the middle of a Latin word. Text without
    any letter or digit stands in the source as it is.
    """
    if not (wanted := " ".join(words(text))):
        return text.strip() in source
    begins = r"(?<![0-9a-z])" if wanted.isascii() else ""
    return re.search(begins + re.escape(wanted), _line_of_words(source)) is not None


@lru_cache(maxsize=8)
def _line_of_words(source: str) -> str:
    """The words with a space before each; a plan asks for the same source many times."""
    return "".join(f" {word}" for word in words(source))


def name_key(text: str) -> str:
    """What names are compared by: without case, outer white space and a leading article or possessive."""
    name = unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold().strip()
    return name[match.end() :] if (match := _DETERMINER.match(name)) else name


def content_words(text: str) -> frozenset[str]:
    """The words that carry the meaning of a text; all of its words where none of them does."""
    found = frozenset(words(_APOSTROPHE.sub("", text)))
    return found - STOP_WORDS or found
