"""Reads one call with its values: a small hand-written scanner.

Python's own parser would not do: a reference may stand unquoted, text may hold references and amounts that
only look like them, and JSON's words and escapes are as welcome as Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from tinyagent_cli.errors import ParseError
from tinyagent_cli.plan.call import Argument, Call, Reference, Template, compose

MAX_DEPTH = 16
"""Lists and dictionaries inside each other."""

MAX_DIGITS = 30
"""Digits of a number: text that is longer was never meant to be calculated with."""

SHOWN = 60
"""Characters of a line that an error shows."""

_SPACE = re.compile(r"\s*")
_TOOL = re.compile(r"([^\W\d][\w.-]*)\(")
_NAMED = re.compile(r"([^\W\d][\w-]*)\s*=(?!=)")
_REFERENCE = re.compile(r"\$(?:([0-9]{1,2})(?![0-9])|\{([0-9]{1,2})\})")
_STRING = re.compile(
    r""" "( [^"\\]* (?: \\. [^"\\]* )* )" | '( [^'\\]* (?: \\. [^'\\]* )* )' """, re.VERBOSE | re.DOTALL
)
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(\.[0-9]*)?|(\.[0-9]+))([eE][-+]?[0-9]+)?(?![\w.])")
_KEYWORDS: dict[str, bool | None] = {
    "True": True,
    "true": True,
    "False": False,
    "false": False,
    "None": None,
    "null": None,
}

_PIECE = re.compile(
    r"""
      (?P<plain> [^\\$]+ )
    | \\ (?: x (?P<x> [0-9a-fA-F]{2} ) | u (?P<u> [0-9a-fA-F]{4} ) | U (?P<U> (?:000[0-9a-fA-F]|0010) [0-9a-fA-F]{4} ) )
    | \\ (?P<mark> . )
    | \$ (?: (?P<number> [0-9]{1,2} ) (?![0-9]) | \{ (?P<braced> [0-9]{1,2} ) \} )
    | \$
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\n": "", **{mark: mark for mark in "\\\"'/$"}}
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_call(text: str, number: int, where: str) -> tuple[Call, int]:
    """The call at the start of `text`, and the index just behind it.

    Raises ParseError, which opens with `where` ("line 3").
    """
    scanner = _Scanner(text, where)
    return scanner.call(number), scanner.at


def shown(text: str) -> str:
    """A line as an error shows it: short, on one line, without control characters."""
    start = " ".join(text[: SHOWN * 4].split())
    line = "".join(character if character.isprintable() else "\ufffd" for character in start)
    return line if len(line) <= SHOWN and len(text) <= SHOWN * 4 else f"{line[:SHOWN]}..."


class _Scanner:
    """A position in the text of a call, and what may stand there."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.at = 0
        self.depth = 0

    def call(self, number: int) -> Call:
        """`tool(value, ..., name=value, ...)`"""
        head = self._match(_TOOL)
        if head is None:
            self._fail("not a call")
        arguments: list[Argument] = []
        named: dict[str, Argument] = {}
        for _ in self._items(")"):
            if name := self._match(_NAMED):
                if name[1] in named:
                    self._fail(f"{name[1]} is given twice")
                named[name[1]] = self._value()
            elif named:
                self._fail("an argument without a name stands behind a named one")
            else:
                arguments.append(self._value())
        return Call(number, head[1], tuple(arguments), named)

    def _value(self) -> Argument:
        if string := self._match(_STRING):
            return _decoded(string[1] if string[2] is None else string[2])
        if reference := self._match(_REFERENCE):
            return Reference(int(reference[1] or reference[2]))
        if number := self._match(_NUMBER):
            return self._number(number)
        if (word := self._match(_WORD)) and word[0] in _KEYWORDS:
            return _KEYWORDS[word[0]]
        if word is not None:
            self._fail(f"{shown(word[0])} is no value: text stands in quotes")
        return self._bracketed()

    def _bracketed(self) -> Argument:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail("brackets are nested too deeply")
        value: Argument
        if self._take("["):
            value = tuple(self._value() for _ in self._items("]"))
        elif self._take("{"):
            value = dict(self._pair() for _ in self._items("}"))
        else:
            self._fail(self._what_is_missing())
        self.depth -= 1
        return value

    def _what_is_missing(self) -> str:
        if self.at == len(self.text):
            return "the call is not closed"
        return "a text is not closed" if self.text[self.at] in "\"'" else "a value is missing"

    def _pair(self) -> tuple[str, Argument]:
        key = self._value()
        if not isinstance(key, str):
            self._fail("a key must be plain text")
        if not self._take(":"):
            self._fail("':' is missing behind a key")
        return key, self._value()

    def _items(self, close: str) -> Iterator[None]:
        """Stops at each item up to the closing bracket, for the caller to read it; a comma may trail."""
        while not self._take(close):
            yield
            if not self._take(","):
                if not self._take(close):
                    self._fail(f"',' or '{close}' is missing" if self.at < len(self.text) else "the call is not closed")
                return

    def _number(self, match: re.Match[str]) -> int | float:
        if len(match[0]) > MAX_DIGITS:
            self._fail("a number is too long")
        if not any(match.groups()):
            return int(match[0])
        number = float(match[0])
        if number in (float("inf"), float("-inf")):
            self._fail("a number is too large")
        return number

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip_space()
        if match := pattern.match(self.text, self.at):
            self.at = match.end()
        return match

    def _take(self, mark: str) -> bool:
        self._skip_space()
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _skip_space(self) -> None:
        if match := _SPACE.match(self.text, self.at):
            self.at = match.end()

    def _fail(self, what: str) -> NoReturn:
        raise ParseError(f"{self.where}: {what}: {shown(self.text)}")


def _decoded(body: str) -> str | Reference | Template:
    """What stands between quotes, escapes resolved and references apart from the text."""
    value = compose(map(_piece, _PIECE.finditer(body)))
    if isinstance(value, str):
        return _mended(value)
    if isinstance(value, Template):
        return Template(tuple(_mended(part) if isinstance(part, str) else part for part in value.parts))
    return value


def _piece(match: re.Match[str]) -> str | Reference:
    kind = match.lastgroup
    if kind in ("number", "braced"):
        return Reference(int(match[kind]))
    if kind in ("x", "u", "U"):
        return chr(int(match[kind], 16))
    if kind == "mark":
        return _MARKS.get(match[kind], match[0])
    return match[0]


def _mended(text: str) -> str:
    """Halves of surrogate pairs joined; a half on its own, which no file could hold, becomes U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
