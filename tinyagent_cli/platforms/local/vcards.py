"""Reading vCards: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), one or several to a file."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vobject.base import ContentLine

_log = logging.getLogger(__name__)

_BEGIN = re.compile(r"^BEGIN:VCARD[ \t]*$", re.MULTILINE | re.IGNORECASE)
_END = re.compile(r"^END:VCARD[ \t]*$", re.MULTILINE | re.IGNORECASE)
_BULKY = re.compile(r"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:].*\n(?:[ \t].*\n)*", re.MULTILINE | re.IGNORECASE)
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)[;:]")
_USED = frozenset(
    f"{prefix}{name}"
    for prefix, names in {
        "": "fn n nickname uid kind member org title role categories email tel",
        "x-addressbookserver-": "kind member",
    }.items()
    for name in names.split()
)
_UNRANKED = 101
"""Behind every PREF of vCard 4.0, which runs from 1 (first) to 100."""


@dataclass(frozen=True)
class Card:
    """A person, an organisation or a group. Emails and phones stand in order of preference.

    `members` of a group are identifiers of other cards, or `mailto:` and `tel:` addresses.
    """

    name: str
    uid: str = ""
    given: str = ""
    family: str = ""
    prefix: str = ""
    nicknames: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    is_group: bool = False
    members: tuple[str, ...] = ()


def read_cards(text: str, source: str) -> list[Card]:
    """The cards in a file's text. Lines that cannot be read are logged under `source` and left out."""
    lines = _BULKY.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    pieces = _BEGIN.split(lines)[1:]
    return [_card(_properties(_END.split(piece)[0], source)) for piece in pieces if _END.search(piece)]


class _Properties(dict[str, "list[ContentLine]"]):
    """The lines of a card by property name in lower case."""

    def parts(self, *names: str, separator: str) -> list[str]:
        """The values of properties, split at unescaped separators and unescaped; empty ones are left out."""
        pieces = [piece for name in names for line in self.get(name, ()) for piece in _split(line.value, separator)]
        return [piece for piece in pieces if piece]

    def raw(self, name: str) -> str:
        """The first value of a property as it stands, or nothing."""
        return next((line.value for line in self.get(name, ())), "")

    def text(self, name: str) -> str:
        """The first value of a property, unescaped, or nothing."""
        return _unescaped(self.raw(name))


def _properties(card: str, source: str) -> _Properties:
    from vobject.base import VObjectError, getLogicalLines, textLineToContentLine

    found = _Properties()
    for text, number in getLogicalLines(StringIO(card), allowQP=True):
        name = _NAME.match(text)
        if name is None or name[1].lower() not in _USED:
            continue
        try:
            found.setdefault(name[1].lower(), []).append(textLineToContentLine(text, number))
        except (VObjectError, ValueError, LookupError) as error:
            _log.warning("%s: left out a line that cannot be read: %s", source, error)
    return found


def _card(properties: _Properties) -> Card:
    family, given, _, prefix = (*_split(properties.raw("n"), ";"), "", "", "", "")[:4]
    organisation = tuple(properties.parts("org", separator=";"))
    kind = properties.text("kind") or properties.text("x-addressbookserver-kind")
    name = properties.text("fn") or f"{given} {family}".strip() or next(iter(organisation), "unnamed")
    members = properties.parts("member", "x-addressbookserver-member", separator="")
    return Card(
        name=name,
        uid=_identifier(properties.text("uid")),
        given=given,
        family=family,
        prefix=prefix,
        nicknames=tuple(properties.parts("nickname", separator=",")),
        roles=tuple(properties.parts("title", "role", separator="")),
        organisation=organisation,
        categories=tuple(properties.parts("categories", separator=",")),
        emails=_ranked(properties.get("email", ()), "mailto:"),
        phones=_ranked(properties.get("tel", ()), "tel:", first=("cell", "iphone")),
        is_group=kind.lower() == "group",
        members=tuple(_identifier(member) for member in members),
    )


def _split(value: str, separator: str) -> list[str]:
    """The parts of a structured value, unescaped; all of it where there is no separator."""
    if not separator:
        return [_unescaped(value)]
    parts, start = [], 0
    for match in re.finditer(rf"\\.|{separator}", value, re.DOTALL):
        if match.group() == separator:
            parts.append(value[start : match.start()])
            start = match.end()
    return [_unescaped(part) for part in (*parts, value[start:])]


def _unescaped(value: str) -> str:
    text = re.sub(r"\\(.)", lambda match: " " if match[1] in "nN" else match[1], value, flags=re.DOTALL)
    return " ".join(text.split())


def _identifier(text: str) -> str:
    return text.lower().removeprefix("urn:uuid:")


def _ranked(lines: Iterable[ContentLine], scheme: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Values in order of preference: marked ones, then those of the types in `first`, then as they stand."""
    ordered = sorted(lines, key=lambda line: _rank(line, first))
    values = [_unescaped(line.value).removeprefix(scheme) for line in ordered]
    return tuple(dict.fromkeys(value for value in values if value))


def _rank(line: ContentLine, first: tuple[str, ...]) -> tuple[int, bool]:
    types = {kind.lower() for text in line.params.get("TYPE", ()) for kind in text.split(",")}
    types.update(kind.lower() for kind in line.singletonparams)
    marks = [int(mark) for mark in line.params.get("PREF", ()) if mark.isdecimal()]
    preference = min(marks, default=0 if "pref" in types else _UNRANKED)
    return preference, types.isdisjoint(first) if first else False
