"""The REPL, used on a real terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from .conftest import end

DRIVER = Path(__file__).parent / "drivers" / "repl.py"
PROMPT = "› "
PATIENCE = 15

Repl = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history"


@pytest.fixture
def repl(history: Path) -> Iterator[Repl]:
    """`repl(NAME="value")`: the driver at its first prompt."""
    children: list[pexpect.spawn[str]] = []

    def start(*, prompt: str = PROMPT, **environment: str) -> pexpect.spawn[str]:
        settings = {"TERM": "xterm", "NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONUTF8": "1"} | environment
        child = pexpect.spawn(
            sys.executable,
            [str(DRIVER), str(history)],
            env=dict(os.environ) | settings,
            encoding="utf-8",
            dimensions=(40, 80),
            timeout=PATIENCE,
        )
        children.append(child)
        child.expect_exact("Say what to do.")
        child.expect_exact(prompt)
        return child

    yield start
    for child in children:
        end(child)


def test_a_request_is_carried_out_and_the_next_one_asked_for(repl: Repl) -> None:
    child = repl()
    child.send("email Sid\r")
    child.expect_exact("GOT 'email Sid'")
    child.expect_exact(PROMPT)
    child.send("text Sid\r")
    child.expect_exact("GOT 'text Sid'")


@pytest.mark.parametrize("leave", ["\x04", "/quit\r", "\x03\x03"])
def test_leaving(repl: Repl, leave: str) -> None:
    child = repl()
    child.send(leave)
    child.expect_exact("LEFT")


def test_ctrl_c_clears_the_line(repl: Repl) -> None:
    child = repl()
    child.send("email Sid\x03text Ana\r")
    child.expect_exact("GOT 'text Ana'")


def test_a_request_between_makes_ctrl_c_start_over(repl: Repl) -> None:
    child = repl()
    child.send("\x03text Ana\r")
    child.expect_exact("GOT 'text Ana'")
    child.expect_exact(PROMPT)
    child.send("\x03still here\r")
    child.expect_exact("GOT 'still here'")


def test_ctrl_c_interrupts_a_request(repl: Repl) -> None:
    child = repl()
    child.send("wait\r")
    child.expect_exact("WAITING")
    child.sendintr()
    child.expect_exact("Interrupted.")
    child.expect_exact(PROMPT)
    child.send("on\r")
    child.expect_exact("GOT 'on'")


@pytest.mark.parametrize(
    ("request_", "message"), [("fail", "no contact is called Te"), ("break", "unexpected: ZeroDivisionError")]
)
def test_a_failed_request_does_not_end_it(repl: Repl, request_: str, message: str) -> None:
    child = repl()
    child.send(f"{request_}\r")
    child.expect_exact(message)
    assert "Traceback" not in child.before
    child.expect_exact(PROMPT)
    child.send("on\r")
    child.expect_exact("GOT 'on'")


def test_slash_commands(repl: Repl) -> None:
    child = repl()
    child.send("/tools show\r")
    child.expect_exact("TOOLS 'show'")
    child.send("/tolos\r")
    child.expect_exact("did you mean /tools?")
    child.send("/help\r")
    child.expect_exact("what there is")
    child.expect_exact("Ctrl-X Ctrl-E")
    assert "/undo" not in child.before


def test_tab_completes_names(repl: Repl) -> None:
    child = repl()
    child.send("text te r\t")
    child.expect_exact("Te Rangi")
    child.send("\r")
    child.expect_exact("GOT 'text Te Rangi'")


def test_several_lines(repl: Repl) -> None:
    child = repl()
    child.send("note down:\x1b\rmilk\r")
    child.expect_exact("GOT 'note down:\\nmilk'")


def test_a_pasted_text_is_one_request(repl: Repl) -> None:
    child = repl()
    child.send("\x1b[200~email Sid\ntext Ana\x1b[201~\r")
    child.expect_exact("GOT 'email Sid\\ntext Ana'")


def test_the_users_editor(repl: Repl, tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys, pathlib\npathlib.Path(sys.argv[-1]).write_text('from the editor')\n")
    child = repl(EDITOR=f"{sys.executable} {script}", VISUAL="")
    child.send("\x18\x05")
    child.expect_exact("from the editor")
    child.send("\r")
    child.expect_exact("GOT 'from the editor'")


def test_history_is_kept_private_and_recalled(repl: Repl, history: Path) -> None:
    child = repl()
    child.send("email Sid\r")
    child.expect_exact("GOT")
    child.send("\x04")
    child.expect_exact("LEFT")
    assert history.stat().st_mode & 0o777 == 0o600
    child = repl()
    child.send("/history\r")
    child.expect_exact("email Sid")
    child.expect_exact(PROMPT)
    child.send("\x1b[A\x1b[A\r")
    child.expect_exact("GOT 'email Sid'")


def test_a_history_that_cannot_be_kept_stops_nothing(repl: Repl, history: Path) -> None:
    history.parent.write_text("a file where the folder should be")
    child = repl()
    child.send("on\r")
    child.expect_exact("GOT 'on'")


def test_a_dumb_terminal(repl: Repl) -> None:
    child = repl(TERM="dumb", prompt="> ")
    child.send("on\r")
    child.expect_exact("GOT 'on'")
