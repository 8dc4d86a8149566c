"""Finding files by the names that people use for them, in the folders set by `files.roots`."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tinyagent_cli.errors import AmbiguousError, Choice, NotFoundError, ToolError
from tinyagent_cli.platforms.local.names import bare, did_you_mean, fold, most_similar, near_misses, words

DEPTH = 8
"""How many folders below a root are searched."""

TIME_LIMIT = 10.0
"""Seconds after which a search works with what it has seen."""

THRESHOLD = 88.0
"""The least likeness, of 100, at which a misspelt name still means a file."""

_MOST_CHOICES = 9

_TEXTS = ".pdf .docx .doc .odt .rtf .md .txt .pages .tex"
_SHEETS = ".xlsx .xls .ods .csv .tsv .numbers"
_SLIDES = ".pptx .ppt .odp .key .pdf"
_IMAGES = ".jpg .jpeg .png .heic .gif .webp .tif .tiff .bmp .svg"
_SOUNDS = ".mp3 .m4a .wav .ogg .flac .aac"
_FILMS = ".mp4 .mov .mkv .avi .webm"
_KINDS: dict[str, frozenset[str]] = {
    word: frozenset(suffixes.split())
    for kinds, suffixes in {
        "pdf": ".pdf",
        "document doc report paper letter contract agreement manual guide form invoice": _TEXTS,
        "spreadsheet sheet table workbook excel": _SHEETS,
        "deck slide presentation slideshow powerpoint": _SLIDES,
        "photo picture image pic screenshot scan": _IMAGES + " .pdf",
        "recording audio song": _SOUNDS,
        "video film clip": _FILMS,
        "file attachment": "",
    }.items()
    for word in kinds.split()
}


_LINKS = frozenset(("for", "of", "from", "the", "and", "in", "on", "at", "with", "to", "about"))


@dataclass(frozen=True)
class _File:
    path: Path
    root: Path

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the file's name, its suffix included."""
        return frozenset(words(self.path.name))

    @property
    def shown(self) -> str:
        """The path below the root's own name."""
        return self.path.relative_to(self.root).as_posix()


class LocalFiles:
    """The files below `roots`. At most `limit` entries are looked at, those near the roots first."""

    def __init__(self, roots: Sequence[Path], limit: int) -> None:
        self._roots = tuple(roots)
        self._limit = limit

    def find(self, name: str) -> Path:
        """The absolute path of the file that a name means.

        A name that is itself a path to a file (`~/a.pdf`, `./a.pdf`) is that file, wherever it lies.
        Raises AmbiguousError, whose choices hold the paths, if several are meant equally, and NotFoundError.
        """
        if not name.strip() or "\0" in name:
            raise ToolError("no file was named", hint="say which file")
        spelt_out = _spelt_out(name.strip())
        if spelt_out is not None:
            return spelt_out
        files = list(_below(self._roots, self._limit))
        found = _meant(name.strip(), files)
        if not found:
            raise self._not_found(name, files)
        if len(found) > 1:
            choices = [Choice(file.shown, str(file.path)) for file in found[:_MOST_CHOICES]]
            raise AmbiguousError(f'"{name}" could be any of {len(found)} files', choices)
        return found[0].path

    def _not_found(self, name: str, files: Sequence[_File]) -> NotFoundError:
        near = near_misses(name, {file.path.stem for file in files})
        where = ", ".join(str(root) for root in self._roots) or "no folder: files.roots is empty"
        hint = did_you_mean(near, "set files.roots to the folders to search")
        return NotFoundError(f'no file is called "{name}" in {where}', hint=hint)


def _spelt_out(name: str) -> Path | None:
    if "/" not in name and os.sep not in name:
        return None
    try:
        path = Path(name).expanduser().absolute()
        return path if path.is_file() else None
    except (OSError, RuntimeError):  # a name too long for the system, or a home of nobody
        return None


def _below(roots: Sequence[Path], limit: int) -> Iterator[_File]:
    """Visible files, breadth first, each once. Links are followed only where they stay below a root."""
    real_roots = [root.resolve() for root in roots]
    queue = deque((root, root, 0) for root in real_roots)
    folders, files = set(real_roots), set()
    deadline = time.monotonic() + TIME_LIMIT
    while queue:
        folder, root, depth = queue.popleft()
        for entry in _entries(folder):
            limit -= 1
            if limit < 0 or time.monotonic() > deadline:
                return
            path = Path(entry.path)
            real = path.resolve() if entry.is_symlink() else path
            if real is not path and not any(real.is_relative_to(allowed) for allowed in real_roots):
                continue
            if entry.is_file() and (real, entry.name) not in files:
                files.add((real, entry.name))
                yield _File(path, root)
            elif entry.is_dir() and real not in folders and depth < DEPTH:
                folders.add(real)
                queue.append((real, root if real is path else _root_of(real, real_roots), depth + 1))


def _root_of(folder: Path, roots: Sequence[Path]) -> Path:
    return next(root for root in roots if folder.is_relative_to(root))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:  # gone, or not ours to read
        return []


def _meant(name: str, files: Sequence[_File]) -> list[_File]:
    """The files that a name means, all equally: by exact name, then by its words, then misspelt."""
    spellings = {fold(name), fold(bare(name))}
    for key in _EXACT:
        found = [file for file in files if fold(key(file)) in spellings]
        if found:
            return found
    return _by_words(words(bare(name)), files) or _misspelt(bare(name), files)


_EXACT: tuple[Callable[[_File], str], ...] = (
    lambda file: file.shown,
    lambda file: file.path.name,
    lambda file: file.path.stem,
)


def _by_words(asked: tuple[str, ...], files: Sequence[_File]) -> list[_File]:
    """Files whose names hold all the words asked for; a kind ("photo") may be told by the suffix instead.

    Of these, the ones that hold most kinds and, among them, have the fewest words besides.
    """
    kinds = [word for word in asked if word in _KINDS]
    telling = set(asked) - _KINDS.keys() - _LINKS
    scores: dict[_File, tuple[int, int]] = {}
    for file in files:
        right_kinds = sum(kind in file.words or file.path.suffix.lower() in _KINDS[kind] for kind in kinds)
        if telling <= file.words and (telling or right_kinds == len(kinds) > 0):
            scores[file] = (right_kinds, -len(file.words - set(asked)))
    best = max(scores.values(), default=None)
    return [file for file, score in scores.items() if score == best]


def _misspelt(name: str, files: Sequence[_File]) -> list[_File]:
    for part in (_whole, _without_kinds):
        found = most_similar(part(name), [part(file.path.stem) for file in files], THRESHOLD)
        if found:
            return [files[index] for index in found]
    return []


def _whole(name: str) -> str:
    return " ".join(words(name))


def _without_kinds(name: str) -> str:
    return " ".join(word for word in words(name) if word not in _KINDS) or _whole(name)
