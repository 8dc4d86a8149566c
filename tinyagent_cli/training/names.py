"""First names of many cultures, to put in the place of those that a seed was written with."""

from __future__ import annotations

from functools import cache

LOCALES = (
    "en_US", "en_GB", "en_IN", "en_NZ", "de_DE", "fr_FR", "es_ES", "es_MX", "it_IT", "pt_BR", "pl_PL", "nl_NL",
    "sv_SE", "fi_FI", "cs_CZ", "tr_TR", "hr_HR", "ro_RO", "hu_HU", "yo_NG", "zu_ZA", "id_ID", "vi_VN", "az_AZ",
)  # fmt: skip


@cache
def first_names() -> tuple[str, ...]:
    """Some ten thousand first names in Latin script, sorted; from the `faker` package's locales."""
    from importlib import import_module

    names: set[str] = set()
    for locale in LOCALES:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for field in ("first_names", "first_names_female", "first_names_male"):
            names.update(str(name) for name in getattr(provider, field, ()))
    return tuple(sorted(name for name in names if name.isalpha() and name.istitle() and len(name) > 1))
