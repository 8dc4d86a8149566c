"""The confirmation, answered on a real terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from .conftest import end

DRIVER = Path(__file__).parent / "drivers" / "confirm.py"
LEGEND = " cancel"
PATIENCE = 15

Asked = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def asked() -> Iterator[Asked]:
    """`asked("arguments", shell="...", NAME="value")`: the driver on a terminal of 80 by 50, at its question."""
    children: list[pexpect.spawn[str]] = []

    def ask(arguments: str = "", *, shell: str = "{}", at: str = LEGEND, **environment: str) -> pexpect.spawn[str]:
        command = shell.format(f"{shlex.quote(sys.executable)} {shlex.quote(str(DRIVER))} {arguments}")
        kept = {name: value for name, value in os.environ.items() if name not in ("EDITOR", "VISUAL")}
        settings = {"TERM": "xterm", "NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONUTF8": "1"} | environment
        child = pexpect.spawn(
            "/bin/sh", ["-c", command], env=kept | settings, encoding="utf-8", dimensions=(50, 80), timeout=PATIENCE
        )
        children.append(child)
        child.expect_exact(at)
        return child

    yield ask
    for child in children:
        end(child)


@pytest.fixture
def editor(tmp_path: Path) -> Callable[[str], str]:
    """A program for $EDITOR made of Python lines that change `text`; `turn` counts its starts from 1."""

    def make(lines: str) -> str:
        script = tmp_path / "editor.py"
        script.write_text(
            "import sys, pathlib\n"
            "count = pathlib.Path(__file__).with_suffix('.count')\n"
            "turn = int(count.read_text()) + 1 if count.exists() else 1\n"
            "count.write_text(str(turn))\n"
            "file = pathlib.Path(sys.argv[-1])\n"
            "text = file.read_text()\n"
            f"{lines}\n"
            "file.write_text(text)\n"
        )
        return f"{sys.executable} {script}"

    return make


@pytest.mark.parametrize("key", ["\r", "y", "Y"])
def test_run(asked: Asked, key: str) -> None:
    child = asked()
    child.send(key)
    child.expect_exact("DECISION Run()")


@pytest.mark.parametrize("key", ["n", "q", "\x1b", "\x03", "\x04"])
def test_cancel(asked: Asked, key: str) -> None:
    child = asked()
    child.send(key)
    child.expect_exact("DECISION Cancel(")


def test_keys_without_a_meaning_decide_nothing(asked: Asked) -> None:
    child = asked()
    child.send("z \x1b[A7")
    child.send("n")
    child.expect_exact("DECISION Cancel(")


def test_the_question_says_what_agreeing_means(asked: Asked) -> None:
    child = asked(at="Run 2 steps? 1 sends, 1 writes.")
    child.send("n")
    child.expect_exact("DECISION Cancel(")


def test_drop_a_step(asked: Asked) -> None:
    child = asked()
    child.send("d")
    child.expect_exact("Drop which step (1, 2, 3, 4)?")
    child.send("3\r")
    child.expect_exact("DECISION Drop(number=3)")


def test_dropping_what_is_not_there_leads_back_to_the_question(asked: Asked) -> None:
    child = asked()
    child.send("d")
    child.expect_exact("Drop which step")
    child.send("9\r")
    child.expect_exact("there is no step 9")
    child.expect_exact(LEGEND)
    child.send("\r")
    child.expect_exact("DECISION Run()")


def test_revise_in_words(asked: Asked) -> None:
    child = asked()
    child.send("r")
    child.expect_exact("What should be different?")
    child.send("text her instead\r")
    child.expect_exact("DECISION Revise(remark='text her instead')")


@pytest.mark.parametrize("leave", ["\x1b", "\x03", "\r"])
def test_revising_may_be_left(asked: Asked, leave: str) -> None:
    child = asked()
    child.send("r")
    child.expect_exact("What should be different?")
    child.send(leave)
    child.expect_exact(LEGEND)
    child.send("n")
    child.expect_exact("DECISION Cancel(")


def test_explain_shows_full_values_and_what_cannot_be_undone(asked: Asked) -> None:
    child = asked()
    child.send("x")
    child.expect(r"Agenda *\r\n[^\r\n]*The budget")
    child.expect_exact("cannot be undone")
    child.expect_exact(LEGEND)
    child.send("\r")
    child.expect_exact("DECISION Run()")


def test_edit_in_the_users_editor(asked: Asked, editor: Callable[[str], str]) -> None:
    child = asked(EDITOR=editor("text = text.replace('\"Stretch\"', '\"Walk\"')"))
    child.send("e")
    child.expect_exact("DECISION Edit(plan=")
    child.expect_exact("Walk")


def test_a_mistake_in_the_editor_is_shown_and_the_text_kept(asked: Asked, editor: Callable[[str], str]) -> None:
    lines = "text = text.replace('Stretch', 'Walk') + 'fly()' if turn == 1 else text.replace('fly()', '')"
    child = asked(VISUAL=editor(lines))
    child.send("e")
    child.expect_exact("there is no tool fly")
    child.expect_exact("edit again")
    child.send("\r")
    child.expect_exact("DECISION Edit(plan=")
    child.expect_exact("Walk")


@pytest.mark.parametrize("lines", ["pass", "text = ''", "text += '# a remark'"])
def test_an_editor_that_changes_nothing_leads_back(asked: Asked, editor: Callable[[str], str], lines: str) -> None:
    child = asked(EDITOR=editor(lines))
    child.send("e")
    child.expect_exact(LEGEND)
    child.send("n")
    child.expect_exact("DECISION Cancel(")


@pytest.mark.parametrize(
    ("command", "message"),
    [("no-such-editor", "there is no editor no-such-editor"), ("false", "false ended with status 1"), ("'", "$EDITOR")],
)
def test_an_editor_that_does_not_work_is_told(asked: Asked, command: str, message: str) -> None:
    child = asked(EDITOR=command)
    child.send("e")
    child.expect_exact(message)
    child.expect_exact(LEGEND)


def test_edit_without_an_editor(asked: Asked) -> None:
    child = asked()
    child.send("e")
    child.expect_exact("Ctrl-S")
    child.send("\x7f" * len('Stretch", "", "", "", 0, False)') + 'Walk", "", "", "", 0, False)')
    child.send("\x13")
    child.expect_exact("DECISION Edit(plan=")
    child.expect_exact("Walk")


def test_a_mistake_in_the_buffer_is_shown_and_the_buffer_kept(asked: Asked) -> None:
    child = asked()
    child.send("e")
    child.expect_exact("Ctrl-S")
    child.send("\rfly()\x13")
    child.expect_exact("there is no tool fly")
    child.send("\x7f" * len("fly()") + 'create_note("Walk", "", "")\x13')
    child.expect_exact("DECISION Edit(plan=")
    child.expect_exact("Walk")


def test_typing_ahead_is_no_answer(asked: Asked, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    child = asked(shell=f"stty -icanon; echo ready; read _ < {gate}; {{}}", at="ready")
    child.send("\r\ry")
    gate.write_text("go\n")
    child.expect_exact(LEGEND)
    with pytest.raises(pexpect.TIMEOUT):
        child.expect_exact("DECISION", timeout=1)
    child.send("n")
    child.expect_exact("DECISION Cancel(")


def test_asks_on_the_terminal_while_the_streams_are_files(asked: Asked, tmp_path: Path) -> None:
    out = tmp_path / "out"
    child = asked(shell=f"echo document | {{}} > {out} 2> {tmp_path / 'err'}")
    child.send("\r")
    child.expect(pexpect.EOF)
    assert out.read_text() == "DECISION Run()\n"
    assert (tmp_path / "err").read_text() == ""


def test_the_plan_is_shown_where_it_is_asked_about(asked: Asked, tmp_path: Path) -> None:
    child = asked(shell=f"{{}} 2> {tmp_path / 'err'}", at="Sid → +1 555 0100")
    child.expect_exact(LEGEND)
    child.send("n")


def test_nobody_to_ask_is_a_no() -> None:
    done = subprocess.run(
        [sys.executable, str(DRIVER)],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert done.stdout.startswith("DECISION Cancel(reason='nothing was done: this needs your consent'")


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        ("\n", "Run()"),
        ("yes\n", "Run()"),
        ("no\n", "Cancel("),
        ("drop 3\n", "Drop(number=3)"),
        ("revise text her instead\n", "Revise(remark='text her instead')"),
        ("maybe\nn\n", "Cancel("),
        ("\x03", "Cancel("),
        ("\x04", "Cancel("),
    ],
)
def test_a_dumb_terminal_is_asked_line_by_line(asked: Asked, answer: str, decision: str) -> None:
    child = asked(TERM="dumb", at="n cancel] ")
    child.send(answer)
    child.expect_exact(f"DECISION {decision}")


def test_a_dumb_terminal_takes_a_plan_line_by_line(asked: Asked) -> None:
    child = asked(TERM="dumb", at="n cancel] ")
    child.send("edit\n")
    child.expect_exact("end with an empty line")
    child.send("fly()\n\n")
    child.expect_exact("there is no tool fly")
    child.send('create_note("Walk", "", "")\n\n')
    child.expect_exact("DECISION Edit(plan=")


def test_several_of_that_name(asked: Asked) -> None:
    child = asked("choose 3", at="several contacts are called Sid")
    child.expect_exact("2  Sid 2, sid2@acme.com")
    child.expect_exact("none of them")
    child.send("2")
    child.expect_exact("CHOICE Choice(label='Sid 2, sid2@acme.com', value='sid2@acme.com')")


@pytest.mark.parametrize("key", ["n", "\x1b", "\x03"])
def test_none_of_that_name(asked: Asked, key: str) -> None:
    child = asked("choose 3", at="none of them")
    child.send(key)
    child.expect_exact("CHOICE None")


def test_more_choices_than_digits(asked: Asked) -> None:
    child = asked("choose 12", at="Which one (1 to 12)?")
    child.send("11\r")
    child.expect_exact("value='sid11@acme.com'")
