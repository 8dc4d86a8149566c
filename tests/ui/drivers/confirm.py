"""Puts a plan to whoever sits at the terminal, and prints what was decided: `confirm.py [choose]`."""

from __future__ import annotations

import sys
from datetime import datetime, timezone

from tinyagent_cli.agent import Preview
from tinyagent_cli.errors import AmbiguousError, Choice
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.spec import Outcome
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.ui.terminal import QuietInteraction, TerminalInteraction
from tinyagent_cli.ui.theme import make_consoles
from tinyagent_cli.ui.tty import open_tty

PLAN = """\
1. get_phone_number("Sid")
2. open_note("Notes", "")
3. send_sms(["$1"], "$2")
4. create_reminder("Stretch", "", "", "", 0, False)
"""
TOOLS = read_tool_file(builtin_tool_file(), builtin=True)
FOUND = {1: "+1 555 0100", 2: "Agenda\nThe budget"}


def check(text: str) -> Plan:
    return check_plan(parse_plan(text), {name: tool.signature for name, tool in TOOLS.items()})


def main() -> None:
    tty, consoles = open_tty(), make_consoles()
    interaction = TerminalInteraction(consoles, tty, check) if tty else QuietInteraction(consoles)
    with interaction:
        if "choose" in sys.argv:
            choices = [Choice(f"Sid {n}, sid{n}@acme.com", f"sid{n}@acme.com") for n in range(1, int(sys.argv[2]) + 1)]
            error = AmbiguousError("several contacts are called Sid", choices)
            print("CHOICE", interaction.choose(Call(1, "get_email_address", ("Sid",)), error), flush=True)
            return
        results = {n: StepResult(n, "", StepState.DONE, Outcome(value)) for n, value in FOUND.items()}
        preview = Preview(
            "text Sid the notes",
            check(PLAN),
            TOOLS,
            results,
            datetime(2026, 3, 4, tzinfo=timezone.utc),
            Policy(),
            (3, 4),
        )
        interaction.show_plan(preview)
        print("DECISION", interaction.confirm(preview), flush=True)


main()
