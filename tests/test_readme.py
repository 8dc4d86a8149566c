"""The README says of exit statuses, events and reports what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from tinyagent_cli.agent import Report
from tinyagent_cli.commands.output import problem_to_json, report_to_json
from tinyagent_cli.errors import ExitStatus, PlanError
from tinyagent_cli.execution import events
from tinyagent_cli.execution.results import StepState

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """The rows of the table with that heading, by their first cell; names in one cell have the row together."""
    table = README.split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [line.strip("| ").split(" | ", 1) for line in table.splitlines()[2:]]
    return {name: rest for names, rest in cells for name in names.replace("`", "").split(", ")}


def test_exit_statuses() -> None:
    assert {int(number) for number in rows("exit status")} == set(ExitStatus)


@pytest.mark.parametrize("event", get_args(events.Event), ids=lambda event: event.__name__)
def test_events(event: type) -> None:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", event.__name__).lower()
    said = set(re.findall(r"`(\w+)`", rows("event")[name]))
    assert {field.name for field in fields(event)} <= said


def test_reports() -> None:
    said = rows("of the object")
    problem = PlanError("no tool serves this", hint="see the tools")
    report = Report("play jazz", (), {}, ExitStatus.NO_PLAN, problem=problem)
    assert set(report_to_json(report)) == set(said)
    assert set(problem_to_json("play jazz", problem)) == {"request", "status", "exit_status", "error", "hint"}
    assert all(f"`{state.value}`" in said["steps"] for state in StepState)
    assert all(f"`{status.name.lower()}`" in said["status"] for status in ExitStatus)
