"""A reference to anything but an earlier call is a failed step: neither text, nor a wait without end."""

import pytest

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Call, Reference, Template


@pytest.mark.parametrize("number", [1, 2, 7])
async def test_a_reference_forward_or_to_itself_fails(number: int, make_tool, run_plan) -> None:
    ran = []
    tools = [make_tool("note", ran.append, "text")]
    plan = [Call(1, "note", (Template(("see ", Reference(number))),)), Call(2, "note", ("apart",))]
    results = await run_plan(plan, tools)
    assert isinstance(results[1].error, CheckError)
    assert results[1].error.message == f"call 1 refers to ${number}, which is no earlier call"
    assert ran == ["apart"]


async def test_a_reference_to_a_document_that_is_not_there_fails(make_tool, run_plan) -> None:
    results = await run_plan([Call(1, "note", (Reference(0),))], [make_tool("note", str, "text")])
    assert results[1].error.message == "call 1 refers to $0, but there is no document"


async def test_a_tool_that_is_not_there_fails(make_tool, run_plan) -> None:
    plan = [Call(1, "dance"), Call(2, "note", (Reference(1),))]
    results = await run_plan(plan, [make_tool("note", str, "text")])
    assert results[1].error.message == "call 1: there is no tool dance"
    assert results[2].reason == "call 1 failed: call 1: there is no tool dance"
