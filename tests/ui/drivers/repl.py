"""A REPL that repeats what it is told: `repl.py HISTORY`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tinyagent_cli.errors import NotFoundError, TinyAgentError
from tinyagent_cli.ui.repl import Repl, ReplSettings
from tinyagent_cli.ui.slash import SlashCommand
from tinyagent_cli.ui.theme import make_console
from tinyagent_cli.ui.tty import open_tty


def handle(request: str) -> None:
    if request == "fail":
        raise NotFoundError("no contact is called Te", hint="near: Te Ariki")
    if request == "break":
        raise ZeroDivisionError("oops")
    if request == "wait":
        print("WAITING", flush=True)
        time.sleep(60)
    print(f"GOT {request!r}", flush=True)


def main() -> None:
    tty = open_tty()
    assert tty is not None
    settings = ReplSettings(
        handle,
        lambda error: TinyAgentError(f"unexpected: {type(error).__name__}", hint="see the log"),
        Path(sys.argv[1]),
        greeting=("Say what to do.",),
        status=lambda: ("smollm2", "llamacpp", "local", "~/data"),
        names=lambda: ("Te Rangi",),
        commands=(
            SlashCommand("tools", "what there is", lambda rest: print(f"TOOLS {rest!r}", flush=True)),
            SlashCommand("undo", "take it back", lambda rest: None, lambda: False),
        ),
    )
    Repl(settings, tty, make_console(tty.output)).run()
    print("LEFT", flush=True)


main()
