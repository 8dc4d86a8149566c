"""Consoles: colours where the terminal has them, results and the rest apart, nothing loaded too early."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import pytest

from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.theme import ASCII, UNICODE, glyphs, make_console, make_consoles
from tinyagent_cli.ui.tree import PlanTree

MakeView = Callable[..., PlanView]


@pytest.fixture
def colour_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("colour_terminal")
def test_effects_have_colours_of_the_terminals_palette(make_view: MakeView) -> None:
    stream = io.StringIO()
    make_console(stream, width=80).print(PlanTree(make_view()))
    assert "\x1b[33mcompose_new_email\x1b[0m" in stream.getvalue()
    assert "\x1b[36mopen_note\x1b[0m" in stream.getvalue()


@pytest.mark.usefixtures("colour_terminal")
def test_no_color_is_honoured(make_view: MakeView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    make_console(stream, width=80).print(PlanTree(make_view(found={1: "sid@acme.com"})))
    assert not any(f"\x1b[{code}m" in stream.getvalue() for code in ("31", "32", "33", "35", "36", "1;35"))
    assert "writes" in stream.getvalue()


@pytest.mark.usefixtures("colour_terminal")
def test_a_dumb_terminal_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert glyphs(make_console(io.StringIO())) is UNICODE
    monkeypatch.setenv("TERM", "dumb")
    assert glyphs(make_console(io.StringIO())) is ASCII


def test_an_encoding_without_the_signs_gets_plain_ones() -> None:
    assert glyphs(make_console(io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))) is ASCII


def test_results_and_the_rest_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    consoles = make_consoles()
    consoles.out.print("result")
    consoles.err.print("rest")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "rest\n")


def test_a_quiet_console_prints_results_alone(capsys: pytest.CaptureFixture[str]) -> None:
    consoles = make_consoles(quiet=True)
    consoles.out.print("result")
    consoles.err.print("rest")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "")


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    modules = "terminal, confirm, explain, live, messages, repl, slash, tree"
    code = f"import sys; from tinyagent_cli.ui import {modules}; print([m for m in HEAVY if m in sys.modules])"
    code = code.replace("HEAVY", "('rich', 'prompt_toolkit', 'pydantic', 'networkx', 'dateutil')")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
