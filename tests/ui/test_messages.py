"""Lines for the user, and answers."""

from __future__ import annotations

import io

import pytest

from tinyagent_cli.errors import NotFoundError
from tinyagent_cli.ui.messages import print_answer, print_error
from tinyagent_cli.ui.theme import make_console

ERROR = NotFoundError("no contact is called [b]S\x1bid[/b]", hint="near: Siddharth\nSidney")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_an_error_is_one_line_of_what_and_what_to_do() -> None:
    stream = io.StringIO()
    print_error(make_console(stream), ERROR)
    assert stream.getvalue() == "error: no contact is called [b]S\\x1bid[/b]  (near: Siddharth Sidney)\n"


def test_an_error_is_told_on_a_quiet_console_too() -> None:
    stream = io.StringIO()
    console = make_console(stream, quiet=True)
    print_error(console, ERROR)
    console.print("nothing else")
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("answer", ["a\x1b[2J\tb", "x" * 300, "[b]c[/b]", "two\nlines"])
def test_an_answer_into_a_pipe_is_as_it_is(answer: str) -> None:
    stream = io.StringIO()
    print_answer(make_console(stream), answer)
    assert stream.getvalue() == f"{answer}\n"


def test_an_answer_on_a_terminal_cannot_steer_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    print_answer(make_console(stream, width=20), "a\x1b[2Jb [b]c[/b] and a line that is longer than the screen")
    assert stream.getvalue() == "a\\x1b[2Jb [b]c[/b] and a line that is longer than the screen\n"
