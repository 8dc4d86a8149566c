"""How questions are put: with single keys where the terminal can, line by line where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tinyagent_cli.ui.tty import Tty


@dataclass(frozen=True)
class Option:
    """One answer to a question: `name` stands in the legend, any of `keys` picks it ("" is Enter).

    `words` may be written instead where answers are lines.
    """

    name: str
    keys: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The name of the option that was picked, and what was written behind it ("drop 2")."""

    name: str
    rest: str = ""


class Prompts(Protocol):
    """Asks the user. Each method blocks, and gives None for "leave it"."""

    def pick(self, question: str, options: Sequence[Option]) -> Answer | None:
        """One of the options."""

    def line(self, question: str) -> str | None:
        """A line of words, stripped; never an empty one."""

    def text(self, text: str, problem_of: Callable[[str], str]) -> str | None:
        """The text as the user changed it. `problem_of` gives what is wrong with it, or nothing."""


def make_prompts(tty: Tty) -> Prompts:
    """The best that this terminal can do."""
    if tty.dumb:
        return LinePrompts(tty)
    from tinyagent_cli.ui.keys import KeyPrompts

    return KeyPrompts(tty)


@dataclass(frozen=True)
class LinePrompts:
    """Questions and answers as plain lines."""

    tty: Tty

    def pick(self, question: str, options: Sequence[Option]) -> Answer | None:
        """Ask until the answer is an option's name, its beginning or one of its keys."""
        self.tty.forget_keys()
        legend = ", ".join(_spelt(option) for option in options)
        while True:
            answer = self._ask(f"{question} [{legend}] ")
            if answer is None:
                return None
            word, _, rest = answer.strip().partition(" ")
            option = match(word.lower(), options)
            if option is not None:
                return Answer(option.name, rest.strip())
            self._say(f'"{word}" is none of the answers')

    def line(self, question: str) -> str | None:
        """Ask once; an empty answer leaves it."""
        answer = self._ask(f"{question} ")
        return (answer or "").strip() or None

    def text(self, text: str, problem_of: Callable[[str], str]) -> str | None:
        """Show the text and take a new one up to an empty line, until it is right; nothing leaves it."""
        self._say(text)
        self._say("Write it anew, and end with an empty line; an empty line alone keeps it as it is.")
        while True:
            lines: list[str] = []
            while line := (self._ask("") or "").strip():
                lines.append(line)
            if not lines:
                return None
            problem = problem_of("\n".join(lines))
            if not problem:
                return "\n".join(lines)
            self._say(problem)

    def _say(self, text: str) -> None:
        self.tty.output.write(f"{text}\n")
        self.tty.output.flush()

    def _ask(self, question: str) -> str | None:
        """A line, or None at the end of the input or on Ctrl-C."""
        self.tty.output.write(question)
        self.tty.output.flush()
        try:
            return self.tty.input.readline() or None
        except KeyboardInterrupt:
            self._say("")
            return None


def match(word: str, options: Sequence[Option]) -> Option | None:
    """The option that a word means: one of its keys or words, or the beginning of its name."""
    for option in options:
        if word in (*option.keys, *option.words):
            return option
    return next((option for option in options if word and option.name.startswith(word)), None)


def _spelt(option: Option) -> str:
    letter = next(key for key in option.keys if key)
    return option.name if option.name.startswith(letter) else f"{letter} {option.name}"
