"""The address book: a folder of vCards, looked up by the names that people use for each other."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyagent_cli.errors import AmbiguousError, Choice, NotFoundError
from tinyagent_cli.platforms.base import Found
from tinyagent_cli.platforms.local.directory import Directory, Entry
from tinyagent_cli.platforms.local.names import did_you_mean
from tinyagent_cli.platforms.local.store import os_errors
from tinyagent_cli.platforms.local.vcards import Card, read_cards


@dataclass(frozen=True)
class _Channel:
    """A way to reach people: what it is called, where a card keeps it, and how a group names it directly."""

    label: str
    of: Callable[[Card], tuple[str, ...]]
    scheme: str


_EMAIL = _Channel("email address", lambda card: card.emails, "mailto:")
_PHONE = _Channel("phone number", lambda card: card.phones, "tel:")


class VCardContacts:
    """Contacts in the `.vcf` files of a folder. Files are read again when they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[Path, int, int], ...] = ()
        self._directory = Directory([])

    def email_address(self, name: str) -> Found:
        """The preferred address of the person of that name, or a list for a group."""
        return self._find(name, _EMAIL)

    def phone_number(self, name: str) -> Found:
        """The preferred number (else the mobile one) of the person of that name, or a list for a group."""
        return self._find(name, _PHONE)

    def name_of(self, email: str) -> str:
        """The name on the card that holds this address, or nothing."""
        wanted = email.casefold()
        for card in self._read().cards:
            if wanted in (address.casefold() for address in card.emails):
                return card.name
        return ""

    def names(self) -> list[str]:
        """Names of all people and groups, sorted."""
        return sorted(self._read().names())

    def _find(self, name: str, channel: _Channel) -> Found:
        directory = self._read()
        if not directory.cards:
            raise NotFoundError(f"there are no contacts in {self._folder}", hint="put vCard files (.vcf) there")
        entries = directory.matches(name)
        if not entries:
            near = directory.near_misses(name)
            otherwise = "name the person as in your contacts, or say the address or number itself"
            raise NotFoundError(f'no contact is called "{name}"', hint=did_you_mean(near, otherwise))
        return _one(name, [(entry, _reached(entry, channel)) for entry in entries], channel)

    def _read(self) -> Directory:
        """The cards on disk; parsed only when a file was added, removed or changed."""
        with self._lock, os_errors("read", self._folder):
            paths = sorted(self._folder.rglob("*.vcf"))
            stamp = tuple((path, stat.st_mtime_ns, stat.st_size) for path in paths for stat in [path.stat()])
            if stamp != self._stamp:
                cards = [card for path in paths for card in read_cards(_text(path), str(path))]
                self._directory, self._stamp = Directory(cards), stamp
            return self._directory


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def _reached(entry: Entry, channel: _Channel) -> Found | None:
    """How an entry is reached by a channel; None if it has no way."""
    if not entry.is_group:
        values = channel.of(entry.cards[0])
        return Found(_plain(values[0]), entry.name) if values else None
    reached = [_plain(link.removeprefix(channel.scheme)) for link in entry.links if link.startswith(channel.scheme)]
    without = [card.name for card in entry.cards if not channel.of(card)]
    reached += [_plain(channel.of(card)[0]) for card in entry.cards if channel.of(card)]
    remark = f"without {', '.join(without)}: no {channel.label}" if without else ""
    return Found(list(dict.fromkeys(reached)), entry.name, remark) if reached else None


def _plain(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


def _one(name: str, reached: Sequence[tuple[Entry, Found | None]], channel: _Channel) -> Found:
    """The only answer; AmbiguousError if there are several, NotFoundError if there is none."""
    distinct = {str(found.value): found for _, found in reached if found is not None}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if not distinct:
        names = _listed(dict.fromkeys(entry.name for entry, _ in reached))
        have = "has" if len(reached) == 1 else "have"
        raise NotFoundError(f"{names} {have} no {channel.label}", hint="add one to the contact, or say it yourself")
    choices = [Choice(_label(found), found.value) for found in distinct.values()]
    raise AmbiguousError(f'"{name}" could be any of {len(choices)} contacts', choices)


def _label(found: Found) -> str:
    if isinstance(found.value, list):
        return f"{found.who} ({len(found.value)} people)"
    return f"{found.who} <{found.value}>"


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
