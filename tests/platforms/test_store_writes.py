"""Files are written whole or not at all, by one writer at a time, with a copy for undo."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.local.store import KEEP_COPIES, FileStore, safe_name, storable

APPEND = """
import sys
from pathlib import Path
from tinyagent_cli.platforms.local.store import FileStore
folder, mark = Path(sys.argv[1]), sys.argv[2].encode()
store = FileStore(folder)
for _ in range(15):
    store.update(folder / "log.txt", lambda before: (before or b"") + mark)
"""

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.local.store import FileStore
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    FileStore(folder).update(folder / "note.md", lambda before: before + b"x" * 100_000)
except ToolError as error:
    print(error)
"""


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    paths = [store.create(tmp_path / "notes" / "Ideas.md", text).path for text in (b"one", b"two", b"three")]
    assert [path.name for path in paths] == ["Ideas.md", "Ideas 2.md", "Ideas 3.md"]
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three"]


def test_a_change_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    store = FileStore(tmp_path)
    first = store.update(path, lambda before: b"old" if before is None else b"wrong")
    second = store.update(path, lambda before: (before or b"") + b" and new")
    assert first.before is None
    assert path.read_bytes() == b"old and new"
    assert second.before is not None
    assert second.before.read_bytes() == b"old"


def test_what_is_new_is_its_owners_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    note = store.create(tmp_path / "note.md", b"old").path
    copy = store.update(note, lambda _: b"new").before
    assert copy is not None
    assert [path.stat().st_mode & 0o777 for path in (note, copy)] == [0o600, 0o600]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    FileStore(tmp_path).update(link, lambda _: b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_change_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(before: bytes | None) -> bytes:
        raise ToolError("no")

    with pytest.raises(ToolError):
        FileStore(tmp_path).update(path, fail)
    assert path.read_bytes() == b"old"
    assert not (tmp_path / ".undo").exists()


def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"cannot write {path}: File too large")
    assert done.stdout.count("\n") == 1
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith(".tmp")] == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file where a folder should be")
    with pytest.raises(ToolError, match=r"cannot write .*Ideas\.md: ") as caught:
        FileStore(tmp_path).create(tmp_path / "notes" / "Ideas.md", b"text")
    assert "\n" not in str(caught.value)


def test_threads_lose_nothing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.update(tmp_path / "a", lambda before: (before or b"") + b"."), range(40)))
        names = set(pool.map(lambda _: store.create(tmp_path / "b.md", b"").path.name, range(20)))
    assert (tmp_path / "a").read_bytes() == b"." * 40
    assert len(names) == 20


def test_writers_of_different_files_do_not_trip_over_each_other(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.update(tmp_path / str(number % 8), lambda _: b"text"), range(80)))
    assert len(list((tmp_path / ".undo").iterdir())) == 72


def test_processes_lose_nothing(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", APPEND, tmp_path, mark]) for mark in "ab"]
    assert [process.wait() for process in running] == [0, 0]
    assert sorted((tmp_path / "log.txt").read_bytes()) == sorted(b"ab" * 15)


def test_old_copies_are_thrown_away(tmp_path: Path) -> None:
    store, path = FileStore(tmp_path), tmp_path / "a"
    path.write_bytes(b"0")
    old = store.update(path, lambda _: b"1").before
    assert old is not None
    past = old.stat().st_mtime - KEEP_COPIES - 60
    os.utime(old, (past, past))
    recent = store.update(path, lambda _: b"2").before
    assert recent is not None
    assert list((tmp_path / ".undo").iterdir()) == [recent]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ideas", "Ideas"),
        ("../../etc/passwd", "etc passwd"),
        ("a/b\\c:d", "a b c d"),
        (".hidden", "hidden"),
        ("line\none\x00\x07", "line one"),
        ("\ud800", "Untitled"),
        ("", "Untitled"),
        ("...", "Untitled"),
    ],
)
def test_names_stay_in_their_folder(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize(
    ("text", "stored"),
    [("a\0b\x1b", "ab"), ("a\r\nb\rc\td", "a\nb\nc\td"), ("\ud800x", "?x"), ("Zoë ✓ 日本", "Zoë ✓ 日本")],
)
def test_text_loses_only_what_no_format_can_hold(text: str, stored: str) -> None:
    assert storable(text) == stored


@given(st.text(st.characters()))
def test_every_text_makes_a_name_that_the_system_takes(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(os.fsencode(name)) <= 120
    assert not set(name) & set('/\\\0\n:*?"<>|')
    assert name[0] != "."
    assert name == safe_name(name)
