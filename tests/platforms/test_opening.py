"""Opening files and links where there is a screen, by a real program in place of the desktop's."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from tinyagent_cli.platforms.local.desktop import LocalDesktop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the desktop's opener is xdg-open")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pipe that a stand-in for xdg-open writes its arguments to."""
    pipe, program = tmp_path / "opened", tmp_path / "bin" / "xdg-open"
    os.mkfifo(pipe)
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s" "$*" > {pipe}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    return pipe


def test_links_and_files_are_opened(opened: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-a file; $(x)").write_text("x")
    for target, seen in (
        ("https://example.com/?q=a&b=$(x)", "https://example.com/?q=a&b=$(x)"),
        ("-a file; $(x)", str(tmp_path / "-a file; $(x)")),
    ):
        assert LocalDesktop().open(target)
        assert opened.read_text() == seen
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(20)


@pytest.mark.parametrize("target", ["no such file", "javascript:alert(1)", "file:///etc/passwd", "--help", ""])
def test_anything_else_is_not(opened: Path, target: str) -> None:
    assert not LocalDesktop().open(target)


def test_without_a_screen_nothing_is(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not LocalDesktop().open("https://example.com")
