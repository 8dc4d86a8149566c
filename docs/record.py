"""Records the README's pictures from a real run on the sample data: `python docs/record.py`.

Needs tmux, which plays the terminal, and a `tinyagent` on the PATH. Writes tree.svg and session.svg
beside this file.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).parent
COLUMNS, ROWS = 84, 60
NOW = "2026-03-04 09:30"
PATIENCE = 60.0
"""Seconds that a run may take."""

TREE = (
    "meeting with Sid and Lutfi next Friday at 2pm, text Priya the directions to the Botanical Garden, "
    "and remind me on Thursday to book a table"
)
SESSION = "email Sid the notes and remind me tomorrow at 9 to call Mom"
QUESTION, DONE = "cancel", "[done]"


class Terminal:
    """A tmux server of its own that runs one command."""

    def __init__(self, command: str) -> None:
        self._server = f"tinyagent-record-{uuid.uuid4().hex}"
        self._tmux(
            "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), f"{command}; echo {DONE}; sleep {PATIENCE}"
        )

    def wait_for(self, text: str) -> str:
        """The screen, with its colours, once the text is on it. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            screen = self._tmux("capture-pane", "-e", "-p")
            if text in screen:
                return screen.partition(DONE)[0].rstrip()
            time.sleep(0.1)
        raise TimeoutError(f"{text!r} never came")

    def type(self, key: str) -> None:
        """Press a key."""
        self._tmux("send-keys", key)

    def close(self) -> None:
        """End the command, if it still runs."""
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._server, "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def save(name: str, command: str, screen: str) -> None:
    """Draw the command and its screen."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), highlight=False)
    console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
    console.print(Text.from_ansi(screen))
    console.save_svg(str(FOLDER / name), title="tinyagent")


def record(name: str, options: Sequence[str], request: str, *, answer: str = "") -> None:
    """Run one request on sample data, answer its question if it has one, and save what is on the screen."""
    terminal = Terminal(shlex.join(["tinyagent", "--sandbox", "--now", NOW, *options, request]))
    try:
        if answer:
            terminal.wait_for(QUESTION)
            terminal.type(answer)
        save(name, " ".join(["tinyagent", *options, f'"{request}"']), terminal.wait_for(DONE))
    finally:
        terminal.close()


if __name__ == "__main__":
    record("tree.svg", ["--dry-run"], TREE)
    record("session.svg", [], SESSION, answer="y")
