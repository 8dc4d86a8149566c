"""Single lines for the user: what went wrong, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.ui.text import one_line, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def error_text(error: TinyAgentError) -> Text:
    """What happened, and the hint behind it."""
    from rich.text import Text

    text = Text.assemble(("error: ", "message.error"), one_line(error.message))
    if error.hint:
        text.append(f"  ({one_line(error.hint)})", style="message.hint")
    return text


def print_error(console: Console, error: TinyAgentError) -> None:
    """The error on one line, which the terminal may wrap; on a quiet console, too."""
    quiet, console.quiet = console.quiet, False
    console.print(error_text(error), soft_wrap=True)
    console.quiet = quiet


def print_answer(console: Console, text: str) -> None:
    """A result: made visible on a terminal, byte for byte as it is anywhere else."""
    from rich.text import Text

    if console.is_terminal:
        console.print(Text(visible(text)), soft_wrap=True)
    else:
        console.file.write(f"{text}\n")
        console.file.flush()
