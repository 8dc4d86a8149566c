"""What happens is told in order, and every event can be written as JSON."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tinyagent_cli.errors import NotFoundError
from tinyagent_cli.execution.events import StepFinished, jsonable, to_json
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Effect, Outcome


async def test_the_events_of_a_run(make_tool, run_plan) -> None:
    def lost() -> None:
        raise NotFoundError("no note named Plans", hint="did you mean Plan?")

    tools = [
        make_tool("find", lambda name: Outcome(f"{name}@acme.com", f"{name} is known", "/tmp/x"), "name"),
        make_tool("send", str, "to", effect=Effect.SEND),
        make_tool("lost", lost),
    ]
    plan = [
        Call(1, "find", ("Sid",)),
        Call(2, "send", (Reference(1),)),
        Call(3, "lost"),
        Call(4, "send", (Reference(3),)),
    ]
    seen: list = []
    await run_plan(plan, tools, seen=seen)
    written = [json.loads(json.dumps(to_json(event))) for event in seen]
    assert [event["event"] for event in written if event.get("number") == 2] == [
        "step_added",
        "step_started",
        "step_finished",
    ]
    assert [event["event"] for event in written if event.get("number") == 4] == ["step_added", "step_skipped"]
    by_kind = {(event["event"], event.get("number")): event for event in written}
    assert by_kind["step_added", 2] == {
        "event": "step_added",
        "number": 2,
        "tool": "send",
        "call": 'send("$1")',
        "needs": [1],
        "effect": "send",
        "decision": "ask",
    }
    assert by_kind["step_started", 2]["arguments"] == ["Sid@acme.com"]
    finished = by_kind["step_finished", 1]
    assert (finished["value"], finished["summary"], finished["show"]) == ("Sid@acme.com", "Sid is known", "/tmp/x")
    assert finished["seconds"] >= 0
    failed = by_kind["step_failed", 3]
    assert (failed["error"], failed["hint"]) == ("no note named Plans", "did you mean Plan?")
    assert by_kind["plan_completed", None] == {"event": "plan_completed", "calls": 4}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Path("/notes/a.md"), "/notes/a.md"),
        (datetime(2026, 3, 5, 14), "2026-03-05 14:00:00"),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        (float("nan"), "nan"),
        ({1: ("a", None)}, {"1": ["a", None]}),
        (1.5, 1.5),
        (True, True),
    ],
)
def test_values_that_json_has_no_form_for_are_text(value: object, written: object) -> None:
    event = to_json(StepFinished(1, value, "", "", 0.0))
    assert event["value"] == written
    json.dumps(event, allow_nan=False)
    assert jsonable(value) == written
