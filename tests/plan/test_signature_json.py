"""Tools that come as JSON become signatures, or one clear reason why not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tinyagent_cli.plan.signature import Parameter, Signature, Signatures, signature_from_json, signature_to_json


def test_a_tool() -> None:
    tool = {
        "name": "export_deals",
        "description": "Writes deals to a file.",
        "parameters": [
            {"name": "deal_ids", "type": "list[str]", "description": "ids", "required": True},
            {"name": "until", "type": "date", "required": False},
        ],
    }
    assert signature_from_json(tool) == Signature(
        "export_deals",
        (Parameter("deal_ids", "list[str]", "ids", source="copy"), Parameter("until", "date", required=False)),
        "Writes deals to a file.",
    )


def test_what_a_tools_toml_says_survives_json(builtin: Signatures) -> None:
    for signature in builtin.values():
        assert signature_from_json(json.loads(json.dumps(signature_to_json(signature)))) == signature


def test_what_goes_without_saying_is_not_written() -> None:
    tool = {
        "name": "play",
        "description": "",
        "parameters": [{"name": "album", "type": "str", "description": "", "required": True}],
    }
    assert signature_to_json(signature_from_json(tool)) == tool


def test_a_choice_need_not_stand_in_the_request() -> None:
    (parameter,) = signature_from_json({"name": "f", "parameters": [{"name": "a", "choices": ["x"]}]}).parameters
    assert parameter.source == "text"


def test_a_tool_may_have_no_parameters() -> None:
    assert signature_from_json({"name": "ping"}) == Signature("ping")


@pytest.mark.parametrize(
    ("tool", "message"),
    [
        ([], "a tool must be an object"),
        ({}, "a tool must have a name"),
        ({"name": "send it("}, "a tool must have a name"),
        ({"name": "join"}, "tool join: this name ends every plan"),
        ({"name": "f", "description": 5}, "tool f: description must be a text"),
        ({"name": "f", "parameters": {}}, "tool f: parameters must be a list"),
        ({"name": "f", "parameters": ["a"]}, "tool f: a parameter must be an object"),
        ({"name": "f", "parameters": [{"type": "str"}]}, "tool f: a parameter must have a name"),
        (
            {"name": "f", "parameters": [{"name": "a", "type": "string"}]},
            "tool f: parameter a: type must be one of str, int, float, bool, list[str], date, not 'string'",
        ),
        ({"name": "f", "parameters": [{"name": "a", "type": ["str"]}]}, "tool f: parameter a: type must be one of"),
        (
            {"name": "f", "parameters": [{"name": "a", "type": "str", "required": "no"}]},
            "tool f: parameter a: required must be true or false",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "type": "str"}, {"name": "a", "type": "int"}]},
            "tool f: two parameters share a name",
        ),
        ({"name": "f", "returns": 5}, "tool f: returns must be a text"),
        (
            {"name": "f", "parameters": [{"name": "a", "source": "mind"}]},
            "tool f: parameter a: source must be one of text, copy, result, not 'mind'",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "choices": [1]}]},
            "tool f: parameter a: choices must be a list of",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "type": "int", "choices": ["1"]}]},
            "tool f: parameter a: choices are texts, and the type is int",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "minutes": True}]},
            "tool f: parameter a: minutes must be a whole number",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "pattern": "("}]},
            "tool f: parameter a: pattern is not a regular expression",
        ),
        (
            {"name": "f", "parameters": [{"name": "a", "type": "date", "start": "b"}]},
            "tool f: parameter a: start counts one date from another",
        ),
    ],
)
def test_what_is_no_tool(tool: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        signature_from_json(tool)
