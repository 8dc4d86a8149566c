"""A file is written whole or not at all, with the permissions it had, and nothing else is left in its folder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinyagent_cli.atomic import write_whole

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tinyagent_cli.atomic import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_whole(Path(sys.argv[1]), b"x" * 100_000)
except OSError as error:
    print(error.strerror)
"""


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.txt"
    write_whole(path, b"text")
    assert path.read_bytes() == b"text"
    assert mode(path) == 0o644


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"text", private=True)
    assert mode(path) == 0o600


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("before", [0o600, 0o640, 0o666, 0o755])
def test_a_file_that_was_there_keeps_its_permissions(tmp_path: Path, before: int, private: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(before)
    write_whole(path, b"new", private=private)
    assert path.read_bytes() == b"new"
    assert mode(path) == before


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in (b"one", b"two"):
        write_whole(path, text)
    assert list(tmp_path.iterdir()) == [path]


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_whole(path, b"text")
    assert path.read_bytes() == b"text"


def test_a_link_is_replaced_and_its_target_is_left_alone(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert not link.is_symlink()
    assert (link.read_bytes(), real.read_bytes()) == (b"new", b"old")


def test_a_link_that_leads_nowhere_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "gone.txt")
    write_whole(link, b"new")
    assert list(tmp_path.iterdir()) == [link]
    assert link.read_bytes() == b"new"


def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, path], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_is_cut_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fail(descriptor: int) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(failure)):
        write_whole(tmp_path / "a.txt", b"text")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_the_systems_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "a.txt", b"text")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
