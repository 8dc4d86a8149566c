"""Slash commands of the REPL: what there is, and which of it makes sense now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tinyagent_cli.errors import UsageError
from tinyagent_cli.settings import near_miss

_COMMAND = re.compile(r"/(?P<name>[^\s/]*)(?:\s+(?P<rest>.*))?", re.DOTALL)


def _always() -> bool:
    return True


def _no_words() -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class SlashCommand:
    """`/name rest`. `run` takes the rest of the line; `words` completes it.

    `available` says whether it is offered, and `idle` what is said where it is not.
    """

    name: str
    summary: str
    run: Callable[[str], None]
    available: Callable[[], bool] = _always
    words: Callable[[], Iterable[str]] = _no_words
    idle: str = "there is nothing for it to do now"


class SlashCommands:
    """The commands of a session, in the order in which /help lists them."""

    def __init__(self, commands: Iterable[SlashCommand]) -> None:
        self._commands = {command.name: command for command in commands}

    def offered(self) -> Iterator[SlashCommand]:
        """Those that make sense now."""
        return (command for command in self._commands.values() if command.available())

    def find(self, name: str) -> SlashCommand:
        """The command of that name, or the only one that begins so.

        Raises UsageError, which names the nearest, or says that there is nothing for it to do.
        """
        command = self._commands.get(name) or self._only_beginning(name)
        if command is None:
            near = near_miss(name, self._commands)
            raise UsageError(f"there is no command /{name}", hint=f"did you mean /{near}?" if near else "see /help")
        if not command.available():
            raise UsageError(f"/{command.name}: {command.idle}")
        return command

    def run(self, line: str) -> bool:
        """Run the command that a line is; False if it is none. A path such as /tmp/a.pdf is none."""
        match = _COMMAND.fullmatch(line.strip())
        if match is None:
            return False
        self.find(match["name"]).run((match["rest"] or "").strip())
        return True

    def _only_beginning(self, name: str) -> SlashCommand | None:
        found = [command for command in self._commands.values() if name and command.name.startswith(name)]
        return found[0] if len(found) == 1 else None
