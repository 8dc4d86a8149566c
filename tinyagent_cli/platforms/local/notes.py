"""Notes as Markdown files: `notes/<folder>/<name>.md`, the title as the first heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from tinyagent_cli.errors import AmbiguousError, Choice, NotFoundError, ToolError
from tinyagent_cli.platforms.base import Note, Written
from tinyagent_cli.platforms.local.names import bare, did_you_mean, fold, most_similar, near_misses, words
from tinyagent_cli.platforms.local.store import FileStore, os_errors, safe_name, storable

THRESHOLD = 88.0
"""The least likeness, of 100, at which a misspelt name still means a note."""

_KIND_WORDS = frozenset({"note", "list"})
_MOST_CHOICES = 9
_ITEM = re.compile(r"(?P<marker>\s*[-*+] )(?P<box>\[[ xX]\] )?")


class MarkdownNotes:
    """Notes below a folder; sub-folders at any depth, hidden ones left out."""

    def __init__(self, root: Path, store: FileStore) -> None:
        self._root = root
        self._store = store

    def create(self, title: str, text: str, folder: str) -> Written:
        """Write a new note. An existing note of that name stays; the new one's file is numbered."""
        body = storable(text).strip()
        heading = " ".join(storable(title).split()) or _first_words(body)
        path = self._folder(folder) / f"{safe_name(heading)}.md"
        return self._store.create(path, _content(heading, body).encode())

    def open(self, name: str, folder: str) -> Note:
        """The note of that name. Raises AmbiguousError, whose choices hold the texts, if several are meant."""
        found = self._matches(name, folder)
        if len(found) > 1:
            choices = [Choice(self._shown(path), _read(path).text) for path in found[:_MOST_CHOICES]]
            raise AmbiguousError(f'"{name}" could be any of {len(found)} notes', choices)
        return _read(found[0])

    def append(self, name: str, text: str, folder: str) -> Written:
        """Add text at a note's end. Raises ToolError if several are meant: a choice could not be undone halfway."""
        found = self._matches(name, folder)
        if len(found) > 1:
            listed = ", ".join(self._shown(path) for path in found[:_MOST_CHOICES])
            raise ToolError(f'"{name}" could be any of {len(found)} notes: {listed}', hint="name one of them in full")
        addition = storable(text).strip()
        return self._store.update(found[0], lambda before: _appended(before or b"", addition))

    def _folder(self, name: str) -> Path:
        """The folder of that name, whatever its case; a new one if there is none."""
        if not name.strip():
            return self._root
        with os_errors("read", self._root):
            existing = [path for path in _visible(self._root.rglob("*"), self._root) if path.is_dir()]
        wanted = fold(bare(name))
        for path in sorted(existing):
            if wanted in (fold(path.name), fold(str(path.relative_to(self._root)))):
                return path
        return self._root / safe_name(bare(name))

    def _matches(self, name: str, folder: str) -> list[Path]:
        """The notes that a name means, all equally. Raises NotFoundError if there is none."""
        place, name = self._folder(folder), bare(name)
        with os_errors("read", place):
            notes = sorted(_visible(place.rglob("*.md"), self._root))
        for means in _TIERS:
            found = [path for path in notes if means(name, path.stem)]
            if found:
                return found
        found = _misspelt(name, notes)
        if not found:
            near = near_misses(name, {path.stem for path in notes})
            hint = did_you_mean(near, f"notes are kept in {place}")
            raise NotFoundError(f'no note is called "{name}"' + (f' in "{folder}"' if folder else ""), hint=hint)
        return found

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).with_suffix("").as_posix()


def _visible(paths: Iterable[Path], root: Path) -> list[Path]:
    return [path for path in paths if not any(part.startswith(".") for part in path.relative_to(root).parts)]


def _read(path: Path) -> Note:
    """A note from its file; the first line, where it is a top heading, is the title."""
    with os_errors("read", path):
        text = path.read_bytes().decode("utf-8-sig", errors="replace").strip()
    first, _, rest = text.partition("\n")
    if first.startswith("# "):
        return Note(first[2:].strip(), rest.strip(), path)
    return Note(path.stem, text, path)


def _content(heading: str, body: str) -> str:
    return f"# {heading}\n\n{body}\n" if body else f"# {heading}\n"


def _first_words(text: str) -> str:
    return " ".join(text.split()[:6])


def _appended(before: bytes, text: str) -> bytes:
    """The note with the text as its last paragraph, or as another item of the list that it ends in."""
    kept = before.rstrip()
    last = kept.rpartition(b"\n")[2].decode(errors="replace")
    item = _ITEM.match(last)
    if item is None:
        return b"\n\n".join(part for part in (kept, text.encode()) if part) + b"\n"
    marker = item["marker"] + ("[ ] " if item["box"] else "")
    lines = [line if _ITEM.match(line) else marker + line for line in text.splitlines() if line.strip()]
    return b"\n".join([kept, *(line.encode() for line in lines)]) + b"\n"


def _has_stem(name: str, stem: str) -> bool:
    return name == stem


def _has_folded_stem(name: str, stem: str) -> bool:
    return fold(name) == fold(stem)


def _has_same_words(name: str, stem: str) -> bool:
    return bool(words(name)) and words(name) == words(stem)


def _has_same_words_but_kind(name: str, stem: str) -> bool:
    return _telling(name) == _telling(stem)


def _has_all_words(name: str, stem: str) -> bool:
    return set(_telling(name)) <= set(words(stem))


def _telling(name: str) -> tuple[str, ...]:
    """The words of a name without the kind at its end: "grocery list" is ("grocery",)."""
    parts = words(name)
    return parts[:-1] if len(parts) > 1 and parts[-1] in _KIND_WORDS else parts or (fold(name),)


_TIERS: tuple[Callable[[str, str], bool], ...] = (
    _has_stem,
    _has_folded_stem,
    _has_same_words,
    _has_same_words_but_kind,
    _has_all_words,
)


def _misspelt(name: str, notes: list[Path]) -> list[Path]:
    return [notes[index] for index in most_similar(fold(name), [fold(path.stem) for path in notes], THRESHOLD)]
