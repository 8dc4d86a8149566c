"""Completion in the REPL: slash commands, what may follow them, and the names of tools and contacts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion

from tinyagent_cli.ui.text import one_line

if TYPE_CHECKING:
    from prompt_toolkit.document import Document

    from tinyagent_cli.ui.slash import SlashCommands

SHORTEST_PREFIX = 2
"""Letters of a name that have to stand there before it is completed."""
MOST_NAMES = 50

_WORD_START = re.compile(r"(?<!\S)\S")


class ReplCompleter(Completer):
    """`names` gives whole names ("Te Rangi", "open_note"); it is asked each time and may be slow."""

    def __init__(self, commands: SlashCommands, names: Callable[[], Iterable[str]]) -> None:
        self._commands = commands
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions at the cursor, best first."""
        before = document.text_before_cursor
        if before.startswith("/"):
            return self._of_command(before[1:])
        return self._of_name(before)

    def _of_command(self, written: str) -> Iterable[Completion]:
        name, space, rest = written.partition(" ")
        if not space:
            for command in self._commands.offered():
                if command.name.startswith(name):
                    yield Completion(command.name, -len(name), display=f"/{command.name}", display_meta=command.summary)
            return
        for command in self._commands.offered():
            if command.name == name:
                yield from (Completion(word, -len(rest)) for word in command.words() if word.startswith(rest))

    def _of_name(self, before: str) -> Iterable[Completion]:
        """Names that begin with the last words before the cursor; the longest run of words that fits counts."""
        line = before.rsplit("\n", 1)[-1]
        names = sorted({one_line(name) for name in self._names()}, key=str.casefold)
        for start in _WORD_START.finditer(line):
            written = line[start.start() :]
            fitting = [name for name in names if name.casefold().startswith(written.casefold()) and name != written]
            if len(written) >= SHORTEST_PREFIX and fitting:
                return [Completion(name, -len(written)) for name in fitting[:MOST_NAMES]]
        return []
