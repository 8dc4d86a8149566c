"""Plans on the built-in tools, and ways to see what a person would see."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pexpect
import pytest

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.spec import Outcome, Tool
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.theme import make_console

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))

EMAIL = """\
1. get_email_address("Sid")
2. open_note("Notes", "")
3. compose_new_email(["$1"], [], "Notes", "$2", [])
"""


@pytest.fixture(scope="session")
def tools() -> Mapping[str, Tool]:
    return read_tool_file(builtin_tool_file(), builtin=True)


@pytest.fixture(scope="session")
def make_view(tools: Mapping[str, Tool]) -> Callable[..., PlanView]:
    """`make_view(text, found={1: value}, failed={2: error})`: a plan, and what is known of its results."""

    def make(
        plan: str = EMAIL,
        found: Mapping[int, Any] | None = None,
        failed: Mapping[int, TinyAgentError] | None = None,
        policy: Mapping[str, str] | None = None,
    ) -> PlanView:
        results = {n: StepResult(n, "", StepState.DONE, Outcome(value)) for n, value in (found or {}).items()}
        results |= {n: StepResult(n, "", StepState.FAILED, error=error) for n, error in (failed or {}).items()}
        return PlanView(parse_plan(plan), tools, results, NOW, Policy(policy or {}))

    return make


@pytest.fixture(scope="session")
def drawn() -> Callable[..., str]:
    """What a console of some width prints, without styles."""

    def draw(renderable: object, width: int = 80, encoding: str = "utf-8") -> str:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding=encoding)
        make_console(stream, width=width).print(renderable)
        stream.flush()
        return raw.getvalue().decode(encoding)

    return draw


def end(child: pexpect.spawn[str]) -> None:
    """Kill it, and wait until it is gone: asked to leave, as by `close` alone, it takes several tenths of a second."""
    child.kill(signal.SIGKILL)
    child.ptyproc.fileobj.close()
    child.wait()
    child.ptyproc.delayafterclose = 0
    child.close()
