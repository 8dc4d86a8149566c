"""Text of users, tools and models made safe to show: nothing in it can steer the terminal or hide.

Every such text passes through here before it reaches a console.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise, starmap

JOINERS = frozenset("\u200c\u200d")
"""Invisible, but scripts and emoji are spelt with them."""

_BREAKS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})


def visible(text: str) -> str:
    r"""The text with everything that is not seen written out: ESC is `\x1b`, a bidi override `\u202e`.

    Line breaks stay, in one form; tabs become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").translate(_BREAKS).expandtabs(4)
    return "".join(starmap(_visible_character, pairwise("\n" + lines)))


def one_line(text: str) -> str:
    """The text on one line, white space collapsed, made visible."""
    return visible(" ".join(text.split()))


def shorten(text: str, cells: int, ellipsis: str = "…") -> str:
    """The text cut to a width in terminal cells; what was cut off is marked."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= cells:
        return text
    if cells <= len(ellipsis):
        return ellipsis[: max(cells, 0)]
    return set_cell_size(text, cells - len(ellipsis)).rstrip() + ellipsis


def _visible_character(before: str, character: str) -> str:
    if character.isprintable() or character == "\n" or (character in JOINERS and not _is_ideograph(before)):
        return character
    if character.isspace() and unicodedata.category(character) == "Zs":
        return " "
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _is_ideograph(character: str) -> bool:
    """Whether nothing can be joined to it; terminals then disagree about the width of both."""
    point = ord(character)
    return unicodedata.east_asian_width(character) in "WF" and (0x2E80 <= point < 0x1F000 or point >= 0x20000)
