"""Arguments are put in the order and the types of their parameters, or refused with a clear reason."""

from __future__ import annotations

import re

import pytest

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.binding import bind
from tinyagent_cli.plan.call import Argument, Reference, Template
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Parameter, ParameterType, Signature, Signatures


def bound(text: str, signatures: Signatures) -> tuple[Argument, ...]:
    call = parse_call(text, 2)
    return bind(call, signatures[call.tool]).arguments


def test_named_arguments_become_positional_and_optional_ones_are_filled(builtin: Signatures) -> None:
    assert bound('open_note(name="Notes")', builtin) == ("Notes", "")
    assert bound('compose_new_email(["a@b.com"], context="Hi")', builtin) == (("a@b.com",), (), "", "Hi", ())
    assert bound('create_reminder("Tea")', builtin) == ("Tea", "", "", "", 0, False)


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("str", "5", "5"),
        ("str", "null", ""),
        ("int", '"30"', 30),
        ("int", "60.0", 60),
        ("int", "$1", Reference(1)),
        ("float", '"2.5"', 2.5),
        ("float", "2", 2),
        ("bool", '"True"', True),
        ("bool", "false", False),
        ("list[str]", '"Sid"', ("Sid",)),
        ("list[str]", '""', ()),
        ("list[str]", "null", ()),
        ("list[str]", '"$1"', Reference(1)),
        ("list[str]", '["$1", "a $1", 7]', (Reference(1), Template(("a ", Reference(1))), "7")),
        ("date", '"next Friday"', "next Friday"),
    ],
)
def test_values_that_can_only_mean_one_thing_are_converted(kind: ParameterType, written: str, value: Argument) -> None:
    signature = Signature("f", (Parameter("p", kind),))
    (converted,) = bind(parse_call(f"f({written})", 2), signature).arguments
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("kind", "written", "message"),
    [
        ("str", "True", "call 2: f.p must be a text, not True"),
        ("str", '["a"]', 'call 2: f.p must be a text, not ["a"]'),
        ("str", '{"a": 1}', "call 2: f.p must be a text, not a dictionary"),
        ("int", '"soon"', 'call 2: f.p must be a whole number, not "soon"'),
        ("int", "True", "call 2: f.p must be a whole number, not True"),
        ("int", "1.5", "call 2: f.p must be a whole number, not 1.5"),
        ("int", '"$1 minutes"', 'call 2: f.p must be a whole number, not "$1 minutes"'),
        ("float", '"nan"', 'call 2: f.p must be a number, not "nan"'),
        ("bool", "1", "call 2: f.p must be True or False, not 1"),
        ("list[str]", "5", "call 2: f.p must be a list of texts, not 5"),
        ("list[str]", '[["a"]]', 'call 2: f.p must be a list of texts, not [["a"]]'),
        ("list[str]", '"$1, $2"', 'call 2: f.p must be a list of texts, not "$1, $2"'),
        ("date", "5", "call 2: f.p must be a text, not 5"),
    ],
)
def test_values_of_another_type_are_refused(kind: ParameterType, written: str, message: str) -> None:
    signature = Signature("f", (Parameter("p", kind),))
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        bind(parse_call(f"f({written})", 2), signature)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("send_sms()", "call 2: send_sms.recipients is missing"),
        ('send_sms(["1"])', "call 2: send_sms.message is missing"),
        ('send_sms(["1"], "a", "b")', "call 2: send_sms takes 2 arguments (recipients, message), not 3"),
        (
            'send_sms(["1"], mesage="a")',
            "call 2: send_sms has no parameter mesage (did you mean message?)",
        ),
        ('send_sms(["1"], recipients=["2"])', "call 2: send_sms.recipients is given twice"),
        (
            'maps_show_directions("", "Rome", "x")',
            'call 2: maps_show_directions.transport must be one of d, w, r, not "x"',
        ),
    ],
)
def test_arguments_that_do_not_fit_are_refused(written: str, message: str, builtin: Signatures) -> None:
    with pytest.raises(CheckError) as caught:
        bound(written, builtin)
    assert str(caught.value) == message


def test_a_choice_may_be_written_in_another_case(builtin: Signatures) -> None:
    assert bound('maps_show_directions("", "Rome", "W")', builtin)[2] == "w"
