"""Items and answers to judge, on the built-in tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.config import Config
from tinyagent_cli.evaluation.contender import Answer, Candidate, Contender
from tinyagent_cli.evaluation.report import Report, Run
from tinyagent_cli.evaluation.score import Result, judge
from tinyagent_cli.evaluation.suite import Item, Request
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.planner.engines.base import Usage
from tinyagent_cli.tools.registry import Registry, builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
PLANNER = Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf"

Judge = Callable[..., Result]


def plan_of(*lines: str) -> Plan:
    return tuple(parse_call(line, number) for number, line in enumerate(lines, 1))


def item_of(query: str, *lines: str, style: str = "short", **more: object) -> Item:
    return Item(Request("1", query, NOW, **more), plan_of(*lines), style)  # type: ignore[arg-type]


def written(*lines: str) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate([*lines, "join()"], 1))


def answer_of(*lines: str, offered: Sequence[str] = (), seconds: float = 0.25) -> Answer:
    times = {"retrieve": 0.0, "plan": seconds}
    return Answer(plan_of(*lines), "", written(*lines), tuple(offered), times, Usage(60, 20))


@pytest.fixture(scope="session")
def builtin() -> list[Signature]:
    return [tool.signature for tool in read_tool_file(builtin_tool_file(), builtin=True).values()]


@pytest.fixture(scope="session")
def judged(builtin: list[Signature]) -> Judge:
    """`judged(item, answer)`: the answer against the built-in tools."""
    return lambda item, answer: judge(item, answer, builtin)


@pytest.fixture(scope="session")
def results(judged: Judge) -> list[Result]:
    """A right plan, a wrong one, a refusal that is right, and a plan that never came."""
    note, sms = 'open_note("Ideas", "")', 'send_sms(["$1"], "hello")'
    lookup = 'get_phone_number("Sid")'
    return [
        judged(item_of("show my Ideas note", note), answer_of(note, offered=["open_note"])),
        judged(item_of("text Sid hello", lookup, sms, style="chat"), answer_of(lookup, offered=["get_phone_number"])),
        judged(item_of("play jazz", style="chat"), answer_of(seconds=0.75)),
        judged(item_of("show my Ideas note", note), Answer(None, "the model wrote no plan")),
    ]


@pytest.fixture(scope="session")
def report(results: list[Result]) -> Report:
    embedded, served = Candidate("auto", "embedded"), Candidate("openai", "qwen|3", "all")
    return Report([Run(embedded, results, 91_726_912), Run(served, results[:2], None)], "sample.jsonl", NOW)


@pytest.fixture(scope="session")
def contender() -> Contender:
    """The shipped planner."""
    if not PLANNER.exists():
        pytest.skip("the trained planner is not there yet: tinyagent_cli/models/planner.gguf")
    config = Config()
    return Contender(config, Registry.load(config))
