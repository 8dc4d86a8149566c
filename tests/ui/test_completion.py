"""What is completed where."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tinyagent_cli.ui.completion import ReplCompleter
from tinyagent_cli.ui.slash import SlashCommand, SlashCommands

NAMES = ("Te Rangi", "Sid Vicious", "Sid James", "open_note", "mum", "evil\x1b[2J\nname")


def completions(before: str) -> list[str]:
    """The lines that completing `before` could give."""
    commands = SlashCommands(
        (
            SlashCommand("tools", "", lambda rest: None, words=lambda: ("list", "show open_note", "show mum")),
            SlashCommand("undo", "", lambda rest: None, available=lambda: False),
            SlashCommand("help", "", lambda rest: None),
        )
    )
    found = ReplCompleter(commands, lambda: NAMES).get_completions(Document(before), CompleteEvent())
    return [before[: len(before) + item.start_position] + item.text for item in found]


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("/", ["/tools", "/help"]),
        ("/t", ["/tools"]),
        ("/u", []),
        ("/tools show ", ["/tools show open_note", "/tools show mum"]),
        ("/nothing x", []),
        ("email si", ["email Sid James", "email Sid Vicious"]),
        ("email Sid v", ["email Sid Vicious"]),
        ("text te ra", ["text Te Rangi"]),
        ("line one\nask MU", ["line one\nask mum"]),
        ("email ", []),
        ("email s", []),
        ("email mum", []),
        ("", []),
        ("ev", ["evil\\x1b[2J name"]),
    ],
)
def test_completion(before: str, lines: list[str]) -> None:
    assert completions(before) == lines
