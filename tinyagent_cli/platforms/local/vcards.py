"""Reading vCards: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), one or several to a file."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tinyagent_cli.platforms.local.names import fold

if TYPE_CHECKING:
    from vobject.base import Component, ContentLine

_log = logging.getLogger(__name__)

_CARD = re.compile(r"^BEGIN:VCARD[ \t]*$.*?^END:VCARD[ \t]*$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
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
    """The cards in a file's text. A card that cannot be read is logged under `source` and left out."""
    cards = []
    for match in _CARD.finditer(text.replace("\r\n", "\n").replace("\r", "\n")):
        try:
            cards.append(_card(_parser()(match.group())))
        except Exception as error:  # vobject raises nearly anything on a damaged card
            _log.warning("%s: left out a vCard that cannot be read: %s", source, error)
    return cards


@lru_cache(maxsize=1)
def _parser() -> Callable[[str], Component]:
    import vobject
    from vobject.icalendar import MultiTextBehavior

    # vobject keeps only the first of several nicknames, and reports bad lines on stderr, unless told otherwise
    vobject.base.registerBehavior(MultiTextBehavior, "NICKNAME")
    logging.getLogger("vobject").setLevel(logging.CRITICAL)
    logging.getLogger("vobject.base").setLevel(logging.CRITICAL)
    return lambda text: next(vobject.readComponents(text, allowQP=True, ignoreUnreadable=True))


def _card(component: Component) -> Card:
    lines: dict[str, list[Any]] = component.contents
    name = next((line.value for line in lines.get("n", ()) if not isinstance(line.value, str)), None)
    given, family = _joined(name, "given"), _joined(name, "family")
    organisation = tuple(_texts(lines.get("org", ())))
    kind = next(_texts([*lines.get("kind", ()), *lines.get("x-addressbookserver-kind", ())]), "")
    shown = next(_texts(lines.get("fn", ())), "") or f"{given} {family}".strip() or next(iter(organisation), "")
    return Card(
        name=" ".join(shown.split()) or "unnamed",
        uid=_identifier(next(_texts(lines.get("uid", ())), "")),
        given=given,
        family=family,
        prefix=_joined(name, "prefix"),
        nicknames=tuple(_texts(lines.get("nickname", ()))),
        roles=tuple(_texts([*lines.get("title", ()), *lines.get("role", ())])),
        organisation=organisation,
        categories=tuple(_texts(lines.get("categories", ()))),
        emails=_ranked(lines.get("email", ()), "mailto:"),
        phones=_ranked(lines.get("tel", ()), "tel:", first=("cell", "iphone")),
        is_group=fold(kind) == "group",
        members=tuple(
            _identifier(text)
            for text in _texts([*lines.get("member", ()), *lines.get("x-addressbookserver-member", ())])
        ),
    )


def _joined(name: Any, part: str) -> str:
    """One part of a structured name; vobject makes it a list when the card gives several."""
    value = getattr(name, part, "")
    return value.strip() if isinstance(value, str) else " ".join(value)


def _texts(lines: Iterable[ContentLine]) -> Iterator[str]:
    """The values of properties, lists laid out, empty ones left out."""
    for line in lines:
        values = [line.value] if isinstance(line.value, str) else line.value
        yield from (value.strip() for value in values if value.strip())


def _identifier(text: str) -> str:
    return text.strip().lower().removeprefix("urn:uuid:")


def _ranked(lines: Iterable[ContentLine], scheme: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Values in order of preference: marked ones, then those of the types in `first`, then as they stand."""
    ordered = sorted(lines, key=lambda line: _rank(line, first))
    values = [value.removeprefix(scheme) for value in _texts(ordered)]
    return tuple(dict.fromkeys(values))


def _rank(line: ContentLine, first: tuple[str, ...]) -> tuple[int, bool]:
    types = {kind.lower() for text in line.params.get("TYPE", ()) for kind in text.split(",")}
    types.update(kind.lower() for kind in line.singletonparams)
    marks = [int(mark) for mark in line.params.get("PREF", ()) if mark.isdigit()]
    preference = min(marks, default=0 if "pref" in types else _UNRANKED)
    return preference, types.isdisjoint(first) if first else False
