"""Who is meant by a name: exact names before first names and nicknames, those before words, spelling slips last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tinyagent_cli.platforms.local.names import bare, fold, near_misses, similarities, words
from tinyagent_cli.platforms.local.vcards import Card

THRESHOLD = 85.0
"""The least likeness, of 100, at which a misspelt name still means a contact."""

_TIE = 2.0
_SHORTEST_MISSPELT = 4

_TITLES = frozenset(
    title
    for titles in ("dr doctor prof professor", "mr mrs ms miss mx sir madam", "madame monsieur herr frau senor senora")
    for title in titles.split()
)
_GROUP_WORDS = frozenset(("team", "group", "department", "dept", "committee", "crew", "staff", "list"))
_LINKS = frozenset(("from", "at", "of", "and"))
_RELATIONS = {
    **dict.fromkeys(("mum", "mother", "mama", "mummy", "mommy", "mam"), "mom"),
    **dict.fromkeys(("father", "papa", "daddy"), "dad"),
    **dict.fromkeys(("grandmother", "granny", "gran", "nana", "nan"), "grandma"),
    **dict.fromkeys(("grandfather", "grandad", "granddad", "gramps"), "grandpa"),
}


@dataclass(frozen=True)
class Entry:
    """A person (one card) or a group (its members' cards, and addresses that are on no card)."""

    name: str
    cards: tuple[Card, ...]
    is_group: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Query:
    """A name as asked for: folded, its title ("dr") apart."""

    name: str
    title: str

    @classmethod
    def of(cls, text: str) -> _Query:
        parts = fold(bare(text).replace(".", " ")).split()
        if len(parts) > 1 and parts[0] in _TITLES:
            return cls(" ".join(parts[1:]), parts[0])
        return cls(" ".join(parts), "")


class Directory:
    """An index over cards."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = [card for card in cards if not card.is_group]
        self._entries = [Entry(card.name, (card,)) for card in self.cards]
        self._entries += _groups(cards)

    def names(self) -> set[str]:
        """Names of all people and groups."""
        return {entry.name for entry in self._entries}

    def near_misses(self, name: str) -> list[str]:
        """Names that look like `name`, best first."""
        people = {alias: entry.name for entry in self._entries for alias in _spellings(entry)}
        close = near_misses(_Query.of(name).name, people, limit=6)
        return list(dict.fromkeys(people[alias] for alias in close))[:3]

    def matches(self, name: str) -> list[Entry]:
        """The entries that `name` means, all equally; none if it means nobody."""
        query = _Query.of(name)
        if not query.name:
            return []
        for means in _TIERS:
            found = [entry for entry in self._entries if means(query, entry)]
            if found:
                return _with_title(found, query.title)
        return self._misspelt(query)

    def _misspelt(self, query: _Query) -> list[Entry]:
        if len(query.name) < _SHORTEST_MISSPELT:
            return []
        spelt = [(key, entry) for entry in self._entries for key in _spellings(entry)]
        scores = similarities(query.name, [key for key, _ in spelt], THRESHOLD)
        best = max(scores.values(), default=0.0)
        return list(dict.fromkeys(spelt[index][1] for index in sorted(scores) if scores[index] >= best - _TIE))


def _groups(cards: Sequence[Card]) -> list[Entry]:
    """Groups with a card of their own (KIND:group), and categories that people are in."""
    by_uid = {card.uid: card for card in cards if card.uid}
    groups = []
    for card in cards:
        if card.is_group:
            members = tuple(by_uid[uid] for uid in card.members if uid in by_uid)
            links = tuple(member for member in card.members if member.startswith(("mailto:", "tel:")))
            groups.append(Entry(card.name, members, True, links))
    named = {_group_key(group.name) for group in groups}
    categories = {_group_key(name): name for card in cards for name in card.categories}
    for key, name in categories.items():
        if key not in named:
            members = tuple(card for card in cards if key in map(_group_key, card.categories) and not card.is_group)
            groups.append(Entry(name, members, True))
    return groups


def _group_key(name: str) -> str:
    """A group's name without its kind: "the Marketing Team" is "marketing"."""
    parts = _Query.of(name).name.split()
    return " ".join(parts[:-1] if len(parts) > 1 and parts[-1] in _GROUP_WORDS else parts)


def _is_full_name(query: _Query, entry: Entry) -> bool:
    if entry.is_group:
        return query.name == fold(entry.name)
    card = entry.cards[0]
    return query.name in (_Query.of(card.name).name, fold(f"{card.given} {card.family}"))


def _is_short_name(query: _Query, entry: Entry) -> bool:
    if entry.is_group:
        return _group_key(query.name) == _group_key(entry.name)
    card = entry.cards[0]
    return _relation(query.name) in {_relation(fold(name)) for name in (_given(card), *card.nicknames)}


def _is_family_name(query: _Query, entry: Entry) -> bool:
    return not entry.is_group and query.name == fold(_family(entry.cards[0]))


def _is_role(query: _Query, entry: Entry) -> bool:
    if entry.is_group:
        return False
    card = entry.cards[0]
    return query.name in {fold(text) for text in (*card.roles, *card.organisation)}


def _has_words(query: _Query, entry: Entry) -> bool:
    if entry.is_group:
        known = words(entry.name)
    else:
        card = entry.cards[0]
        known = words(" ".join((card.name, *card.nicknames, *card.roles, *card.organisation, *card.categories)))
    asked = set(words(query.name)) - _LINKS
    return bool(asked) and asked <= set(known)


_TIERS: tuple[Callable[[_Query, Entry], bool], ...] = (
    _is_full_name,
    _is_short_name,
    _is_family_name,
    _is_role,
    _has_words,
)


def _with_title(entries: list[Entry], title: str) -> list[Entry]:
    """Those that carry the title, if any does: "Dr. Chen" is not Mia Chen."""
    titled = [entry for entry in entries if title and title in _title_words(entry)]
    return titled or entries


def _title_words(entry: Entry) -> Iterable[str]:
    return words(" ".join(f"{card.prefix} {card.name.split()[0]}" for card in entry.cards if not entry.is_group))


def _given(card: Card) -> str:
    return card.given or _Query.of(card.name).name.split()[0]


def _family(card: Card) -> str:
    return card.family or _Query.of(card.name).name.split()[-1]


def _relation(name: str) -> str:
    return _RELATIONS.get(name, name)


def _spellings(entry: Entry) -> list[str]:
    if entry.is_group:
        return [fold(entry.name), _group_key(entry.name)]
    card = entry.cards[0]
    names = (card.name, _Query.of(card.name).name, _given(card), _family(card), *card.nicknames)
    return [fold(name) for name in names if name]
