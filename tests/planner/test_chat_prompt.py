"""The conversation that a general chat model is asked to go on with."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.planner import chat
from tinyagent_cli.planner.chat import EXAMPLES, chat_prompt, nearest, without_thoughts
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.seeds import split_of

NOW = datetime(2026, 3, 4, 9, 30)
BUILTIN = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
OWN = Signature("water_plants", (), "Waters the plants.")


def test_static_parts_come_first() -> None:
    first, *turns, last = chat_prompt("text Sid", BUILTIN.values(), now=NOW)
    assert first.role == "system"
    assert "send_sms(recipients: list[str], message: str)" in first.content
    assert "one of d, w, r" in first.content
    assert first == chat_prompt("mail Lutfi", BUILTIN.values(), now=NOW)[0]
    assert [turn.role for turn in turns] == ["user", "assistant"] * EXAMPLES
    assert last.content == "Now: Wednesday 2026-03-04 09:30\nRequest: text Sid"


def test_the_document_and_amounts_are_written_as_in_plans() -> None:
    last = chat_prompt("text Sid that $5\nis due", BUILTIN.values(), has_document=True, now=NOW)[-1]
    assert last.content.endswith("Document: $0\nRequest: text Sid that \\$5 is due")


def test_rules_and_examples_are_those_of_the_tools_on_offer() -> None:
    messages = chat_prompt("water the plants", [OWN], now=NOW)
    assert "water_plants() Waters the plants." in messages[0].content
    assert "send_sms" not in "".join(message.content for message in messages)


def test_examples_are_like_the_request_and_one_is_out_of_reach() -> None:
    examples = nearest("what's the weather in Lisbon, and zoom with Priyal", set(BUILTIN))
    assert [example.plan for example in examples if not example.plan] == [()]
    assert any("zoom" in example.query.casefold() for example in examples)
    assert len(examples) == EXAMPLES


def test_examples_call_only_tools_on_offer() -> None:
    offered = {"get_email_address", "compose_new_email"}
    examples = nearest("email the caterer", offered)
    assert examples
    assert all(example.tools <= offered for example in examples)


def test_every_example_is_a_plan() -> None:
    lines = Path(chat.__file__).with_name("examples.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert len(records) >= 80
    assert {tool for r in records for call in r["plan"] if (tool := call.partition("(")[0])} == set(BUILTIN)
    for record in records:
        assert split_of(record["query"]) == "train"  # what is in the prompt cannot be asked in a test
        has_document = record.get("document", False)
        plan = parse_plan("\n".join(record["plan"]))
        check_plan(plan, BUILTIN, source=record["query"], has_document=has_document)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["1. join()"], "1. join()"),
        (["<thi", "nk>hm", "m</th", "ink>\n\n1. ", "join()"], "1. join()"),
        (["<", "b>"], "<b>"),
        (["\n<think>never ends"], ""),
        ([], ""),
    ],
)
def test_thoughts_are_left_out(pieces: list[str], text: str) -> None:
    assert "".join(without_thoughts(pieces)) == text
