"""What requests name, in great number: people of many cultures, titles, files and places.

A planner that has met every name once learns to copy names, not to know them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from random import Random

LOCALES = (
    "en_US", "en_GB", "en_IN", "en_NZ", "de_DE", "fr_FR", "es_ES", "es_MX", "it_IT", "pt_BR", "pl_PL", "nl_NL",
    "sv_SE", "fi_FI", "cs_CZ", "tr_TR", "hr_HR", "ro_RO", "hu_HU", "yo_NG", "zu_ZA", "id_ID", "vi_VN", "az_AZ",
)  # fmt: skip
HONORIFICS = ("Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Ms", "Dr")
PLACES = (
    "Street", "Road", "Avenue", "Square", "Park", "Station", "Café", "Library", "Clinic", "Hall", "Bakery", "Museum",
    "Bridge", "Market", "School", "Hotel", "Garage", "Court", "House", "Pharmacy",
)  # fmt: skip


@cache
def first_names() -> tuple[str, ...]:
    """Some ten thousand first names in Latin script, sorted; from the `faker` package's locales."""
    return _names(("first_names", "first_names_female", "first_names_male"))


@cache
def last_names() -> tuple[str, ...]:
    """As many surnames."""
    return _names(("last_names", "last_names_female", "last_names_male"))


@cache
def words() -> tuple[str, ...]:
    """A thousand English words of four letters or more, sorted; from the `faker` package."""
    provider = import_module("faker.providers.lorem.en_US").Provider
    return tuple(sorted({word.lower() for word in provider.word_list if word.isalpha() and len(word) > 3}))


def person(rng: Random, like: str) -> str:
    """Another name of the same form: first name, first name and surname, or surname behind an honorific."""
    first, _, rest = like.partition(" ")
    if first in HONORIFICS:
        return f"{rng.choice(HONORIFICS)} {rng.choice(last_names())}"
    return f"{rng.choice(first_names())} {rng.choice(last_names())}" if rest else rng.choice(first_names())


def title(rng: Random, like: str) -> str:
    """One to three words, with capitals where the other has them."""
    text = " ".join(rng.sample(words(), rng.choice((1, 1, 2, 2, 2, 3))))
    if like.istitle():
        return text.title()
    return text.capitalize() if like[:1].isupper() else text


def file_name(rng: Random, like: str) -> str:
    """A file of the same kind."""
    joint = rng.choice(("_", "_", "-", ""))
    parts = [word.title() if not joint or rng.random() < 0.4 else word for word in rng.sample(words(), 2)]
    tail = rng.choice(("", "", "", f"{joint}v{rng.randint(2, 9)}", f"{joint}{rng.randint(2019, 2031)}"))
    return f"{joint.join(parts)}{tail}.{like.rpartition('.')[2]}"


def place(rng: Random, like: str) -> str:
    """A street or a house that bears a surname, at a number now and then."""
    number = f"{rng.randint(1, 240)} " if like[:1].isdigit() else ""
    return f"{number}{rng.choice(last_names())} {rng.choice(PLACES)}"


def _names(fields: Iterable[str]) -> tuple[str, ...]:
    names: set[str] = set()
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for field in fields:
            names.update(str(name) for name in getattr(provider, field, ()))
    return tuple(sorted(name for name in names if name.isalpha() and name.istitle() and len(name) > 1))
