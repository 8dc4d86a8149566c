"""The REPL: one request after the other, with history, suggestions, completion and slash commands."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.ui.messages import print_error
from tinyagent_cli.ui.slash import SlashCommand, SlashCommands
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.theme import glyphs
from tinyagent_cli.ui.tty import Tty

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from rich.console import Console

HISTORY_SHOWN = 20

_STYLE = {
    "prompt": "ansicyan bold",
    "bottom-toolbar": "noreverse dim",
    "auto-suggestion": "noinherit dim",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReplSettings:
    """What a REPL is made of.

    `handle` carries out one request; what it raises is shown and the REPL goes on. `unexpected` makes a
    line of an exception that should not have been. `status` gives the parts of the toolbar: model,
    engine, platform, what can be undone. `names` are completed anywhere.
    """

    handle: Callable[[str], None]
    unexpected: Callable[[Exception], TinyAgentError]
    history: Path
    greeting: Sequence[str] = ()
    status: Callable[[], Sequence[str]] = tuple
    names: Callable[[], Iterable[str]] = tuple
    commands: Sequence[SlashCommand] = field(default_factory=tuple)


class Repl:
    """Reads requests until the user leaves."""

    def __init__(self, settings: ReplSettings, tty: Tty, console: Console) -> None:
        self._settings = settings
        self._tty = tty
        self._console = console
        self._commands = SlashCommands((self._help(), *settings.commands, *self._own_commands()))
        self._leaving = False
        self._interrupts = 0
        self._session = self._new_session()

    def run(self) -> None:
        """Until Ctrl-D, /quit, or Ctrl-C twice on an empty line."""
        for line in self._settings.greeting:
            self._console.print(one_line(line), style="dim")
        while not self._leaving:
            try:
                line = self._session.prompt()
            except EOFError:
                break
            except KeyboardInterrupt:
                continue
            if line.strip():
                self._take(line)

    def _take(self, line: str) -> None:
        """One line; whatever becomes of it, the REPL goes on."""
        try:
            if not self._commands.run(line):
                self._settings.handle(line.strip())
        except KeyboardInterrupt:
            self._console.print("Interrupted.", style="message.hint")
        except TinyAgentError as error:
            print_error(self._console, error)
        except Exception as error:
            print_error(self._console, self._settings.unexpected(error))

    def _new_session(self) -> PromptSession[str]:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
        from prompt_toolkit.filters import Condition
        from prompt_toolkit.input import create_input
        from prompt_toolkit.output import create_output
        from prompt_toolkit.styles import Style

        from tinyagent_cli.ui.completion import ReplCompleter

        sign = glyphs(self._console).prompt
        session: PromptSession[str] = PromptSession(
            [("class:prompt", f"{sign} ")],
            multiline=True,
            prompt_continuation=" " * (len(sign) + 1),
            history=private_history(self._settings.history),
            auto_suggest=AutoSuggestFromHistory(),
            completer=ReplCompleter(self._commands, self._settings.names),
            complete_in_thread=True,
            complete_while_typing=Condition(lambda: session.default_buffer.text.startswith("/")),
            enable_open_in_editor=True,
            tempfile_suffix=".txt",
            bottom_toolbar=self._toolbar,
            key_bindings=self._keys(),
            style=Style.from_dict(_STYLE),
            input=create_input(self._tty.input),
            output=None if self._tty.dumb else create_output(self._tty.output),
        )
        return session

    def _toolbar(self) -> str:
        if self._interrupts:
            return "Ctrl-C again to leave"
        return glyphs(self._console).separator.join(one_line(part) for part in self._settings.status())

    def _keys(self) -> KeyBindings:
        from prompt_toolkit.key_binding import KeyBindings

        bindings = KeyBindings()

        @bindings.add("enter")
        def _(event: KeyPressEvent) -> None:
            self._interrupts = 0
            event.current_buffer.validate_and_handle()

        @bindings.add("escape", "enter")
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @bindings.add("c-c")
        @bindings.add("<sigint>")
        def _(event: KeyPressEvent) -> None:
            self._interrupt(event)

        return bindings

    def _interrupt(self, event: KeyPressEvent) -> None:
        """Clear the line; on an empty one, leave at the second time."""
        if event.current_buffer.text:
            event.current_buffer.reset()
            self._interrupts = 0
            return
        self._interrupts += 1
        if self._interrupts > 1:
            event.app.exit(exception=EOFError)

    def _help(self) -> SlashCommand:
        return SlashCommand("help", "what can be done here", lambda rest: self._print_help())

    def _own_commands(self) -> tuple[SlashCommand, ...]:
        return (
            SlashCommand("history", "what was asked before", lambda rest: self._print_history(), self._has_history),
            SlashCommand("clear", "an empty screen", lambda rest: self._console.clear()),
            SlashCommand("quit", "leave", lambda rest: self._leave()),
        )

    def _leave(self) -> None:
        self._leaving = True

    def _has_history(self) -> bool:
        return bool(self._earlier())

    def _earlier(self) -> Sequence[str]:
        """Lines before this one, oldest first."""
        return self._session.history.get_strings()[:-1]

    def _print_help(self) -> None:
        from rich.table import Table

        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="legend.key", no_wrap=True)
        table.add_column()
        for command in self._commands.offered():
            table.add_row(f"/{command.name}", command.summary)
        for key, summary in _KEYS_HELP:
            table.add_row(key, summary)
        self._console.print("Say what to do, in your own words.")
        self._console.print(table)

    def _print_history(self) -> None:
        for line in self._earlier()[-HISTORY_SHOWN:]:
            self._console.print(one_line(line))


_KEYS_HELP = (
    ("Tab", "complete a command or a name"),
    ("Alt-Enter", "a new line"),
    ("Ctrl-X Ctrl-E", "write in your editor"),
    ("Ctrl-C", "clear the line, interrupt, and leave"),
    ("Ctrl-D", "leave"),
)


def private_history(path: Path) -> History:
    """History in a file that only the user can read; in memory where that cannot be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with suppress(OSError):
            path.chmod(0o600)
    except OSError as error:
        _log.warning("no history in %s: %s", path, error.strerror)
        return InMemoryHistory()
    return FileHistory(str(path))
