"""An evaluation on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tinyagent_cli.evaluation.contender import Answer
from tinyagent_cli.evaluation.score import Result, judge
from tinyagent_cli.evaluation.suite import Item, Request
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import signature_from_json
from tinyagent_cli.tools.spec import Tool
from tinyagent_cli.ui.evaluation import as_text, failure, make_table

from .conftest import EMAIL, NOW


@pytest.fixture
def wrong(tools: Mapping[str, Tool]) -> Result:
    item = Item(Request("office:7", "email Sid the \x1b[2Jnotes", NOW), parse_plan(EMAIL), "office")
    plan = parse_plan('1. get_email_address("Sid")\n')
    return judge(item, Answer(plan), [tool.signature for tool in tools.values()])


def test_both_trees_side_by_side(wrong: Result, tools: Mapping[str, Tool]) -> None:
    lines = as_text(failure(wrong, tools)).splitlines()
    assert lines[0] == "office:7  email Sid the \\x1b[2Jnotes"
    assert lines[1].split() == ["wanted", "planned"]
    beside = next(line for line in lines if line.count("get_email_address") == 2)
    assert beside.count("Sid") == 2
    assert sum("compose_new_email" in line for line in lines) == 1


def test_why_there_is_no_plan(wrong: Result, tools: Mapping[str, Tool]) -> None:
    never = judge(wrong.item, Answer(None, "the model wrote no plan"), [])
    assert "the model wrote no plan" in as_text(failure(never, tools))


def test_no_call_is_said(tools: Mapping[str, Tool]) -> None:
    item = Item(Request("1", "play jazz", NOW), (), "office")
    text = as_text(failure(judge(item, Answer(parse_plan('1. open_note("jazz", "")')), []), tools))
    assert "no call: no tool serves the request" in text
    assert "open_note" in text


def test_tools_that_came_with_the_request(tools: Mapping[str, Tool]) -> None:
    dim = signature_from_json({"name": "dim", "parameters": [{"name": "room", "type": "str"}]})
    item = Item(Request("1", "dim the hall", NOW, (dim,)), parse_plan('1. dim("hall")'), "home")
    text = as_text(failure(judge(item, Answer(()), [dim]), tools))
    assert "dim  room hall" in text


def test_no_column_is_cut_off_at_the_edge_of_a_terminal(drawn: Callable[..., str]) -> None:
    headings = ["", "requests", "plan success %", "arguments %", "tool recall %", "tool precision %", "valid plans %"]
    row = ["create_calendar_event", "1,012", *["100.0"] * 4, "99.9", "98.8", "0.51"]
    lines = drawn(make_table([*headings, "true copies %", "median s"], [[row]]), 80).splitlines()
    assert row in [line.split() for line in lines]


def test_a_table_keeps_its_numbers_whole(drawn: Callable[..., str]) -> None:
    table = make_table(["tool", "plan success %"], [[["get_zoom_meeting_link", "66.7 (21-94)"]], [["all", "100.0"]]])
    lines = [line.split() for line in drawn(table, 40).splitlines()]
    assert ["get_zoom_meeting_link", "66.7", "(21-94)"] in lines
    assert ["all", "100.0"] in lines
