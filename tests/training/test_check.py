"""Seeds are checked as in the paper, and stricter; every reject says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tinyagent_cli.errors import TinyAgentError, UsageError
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import Reject, SeedChecker, check_feasible, check_files, check_seed
from tinyagent_cli.training.seeds import Placed, Seed

SID = 'get_email_address("Sid")'
MAIL = 'compose_new_email(["$1"], [], "Notes", "", [])'
PLAY = ({"name": "play", "parameters": [{"name": "album", "type": "str"}, {"name": "on", "type": "date"}]},)


def reason(seed: Seed, builtin: Signatures) -> str:
    with pytest.raises(TinyAgentError) as rejected:
        check_seed(seed, builtin)
    return rejected.value.message


@pytest.mark.parametrize(
    ("query", "plan", "why"),
    [
        ("", (), "the request is empty"),
        ("email Sid", ("get_email_address(Sid",), "call 1"),
        ("email Sid", ('find("Sid")',), "call 1: there is no tool find"),
        ("email Sid", ('get_email_address("Zoe")',), "call 1: get_email_address.name: 'Zoe' does not stand"),
        ("email Sid", ("get_email_address(True)",), "call 1: get_email_address.name must be a text"),
        ("email Sid", (MAIL,), "call 1: compose_new_email.recipients: $1 is not the result of an earlier call"),
        ("email Sid", (SID, 'send_sms(["$1"], "hi")'), "call 2: send_sms.recipients: $1 is an email address"),
        ("call Sid", ("join()",), "call 1: there is no tool join"),
        ("hum", ('open_note("hum", "")',) * 17, "the plan has 17 calls, and at most 16 are allowed"),
    ],
)
def test_a_plan_that_is_not_feasible(query: str, plan: tuple[str, ...], why: str, builtin: Signatures) -> None:
    assert reason(Seed(query, plan), builtin).startswith(why)


def test_a_date_is_in_the_words_of_the_request(builtin: Signatures) -> None:
    def plan(due: str) -> tuple[str, ...]:
        return (f'create_reminder("swim", "{due}", "", "", 0, False)',)

    assert check_seed(Seed("remind me at 3pm on friday to swim", plan("friday at 3pm")), builtin)
    why = reason(Seed("remind me at 3pm on friday to swim", plan("2026-03-06 15:00")), builtin)
    assert why == "call 1: create_reminder.due_date: '2026' does not stand in the request"


@pytest.mark.parametrize(
    ("query", "plan", "why"),
    [
        (
            "Email Sid, and remind me to swim",
            (SID, 'get_phone_number("Sid")', MAIL),
            "call 2: get_phone_number is of no use: no call needs its result",
        ),
        (
            "Email Sid the plan.pdf",
            (SID, 'open_and_get_file_path("plan.pdf")', MAIL),
            "call 2: open_and_get_file_path is of no use: no call needs its result",
        ),
        (
            "Please email Sid, and text Ann hello",
            (SID, 'get_phone_number("Ann")', 'send_sms(["$2"], "Hello")'),
            "call 1: get_email_address is of no use: no call needs its result",
        ),
        ("Email Sid", (SID, MAIL, SID), "call 3: get_email_address is of no use: it is the same as call 1"),
    ],
)
def test_a_useless_call(query: str, plan: tuple[str, ...], why: str, builtin: Signatures) -> None:
    assert reason(Seed(query, plan), builtin) == why


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("Sid and Ann please", (SID, 'get_phone_number("Ann")')),
        ("Text Ann hello; and what's Sid's email?", ('get_phone_number("Ann")', 'send_sms(["$1"], "Hello")', SID)),
        ("Show me plan.pdf, and note down milk", ('open_and_get_file_path("plan.pdf")', 'create_note("milk", "", "")')),
    ],
)
def test_a_lookup_for_its_own_sake(query: str, plan: tuple[str, ...], builtin: Signatures) -> None:
    assert check_seed(Seed(query, plan), builtin)


def test_tools_of_its_own_are_checked_as_well(builtin: Signatures) -> None:
    assert check_seed(Seed("put on Blue tonight", ('play("Blue", "tonight")',), PLAY), builtin)
    assert "does not stand" in reason(Seed("put on Blue tonight", ('play("Kid A", "tonight")',), PLAY), builtin)
    assert reason(Seed("hello", (), (*PLAY, *PLAY)), builtin) == "two tools share a name"
    assert reason(Seed("hello", (), ({"name": 3},)), builtin).startswith("a tool must have a name")


@pytest.mark.parametrize(
    ("seed", "problem"),
    [
        (Seed("hello", (), ({"nam": "play"},)), "a tool must have a name"),
        (Seed("hello", (), ({"name": "play", "parameters": [{"name": "a", "type": "x"}]},)), "tool play: parameter a:"),
        (Seed("hello", (), (*PLAY, *PLAY)), "two tools share a name"),
        (Seed("stop Blue", ('stop("Blue")',), PLAY), "call 1: there is no tool stop"),
        (Seed("email Sid", ("get_email_address()",)), "call 1: get_email_address"),
        (Seed("email Sid", ("get_email_address(Sid",)), "call 1: Sid is no value"),
    ],
)
def test_a_seed_that_cannot_be_learned_from_is_named(seed: Seed, problem: str, builtin: Signatures) -> None:
    placed = [Placed(Seed("hello", ()), Path("in/a.jsonl"), 1), Placed(seed, Path("in/own.jsonl"), 7)]
    with pytest.raises(UsageError, match=r"^in/own\.jsonl:7 cannot be learned from: ") as caught:
        check_feasible(placed, builtin)
    assert problem in caught.value.message
    assert "tinyagent data check in" in caught.value.hint


def test_a_seed_may_be_learned_from_though_a_call_is_of_no_use(builtin: Signatures) -> None:
    check_feasible([Placed(Seed("Email Sid", (SID, MAIL, SID)), Path("a.jsonl"), 1)], builtin)


def test_a_request_stands_once_whatever_its_punctuation(builtin: Signatures) -> None:
    checker = SeedChecker(builtin)
    checker.check(Seed("Play jazz!", ()), "a.jsonl:1")
    with pytest.raises(TinyAgentError, match=r"the same request as a\.jsonl:1"):
        checker.check(Seed("play  jazz", ()), "b.jsonl:7")


def test_files_are_checked_line_by_line(tmp_path: Path, builtin: Signatures) -> None:
    path = tmp_path / "seeds.jsonl"
    lines = ["no JSON", json.dumps({"query": "play jazz", "plan": []}), json.dumps({"query": "", "plan": []})]
    lines.append(json.dumps({"query": "what is Sid's address", "plan": ['get_email_address(name="Sid")']}))
    path.write_text("\n".join(lines))
    first, second, third, fourth = check_files([tmp_path], builtin)
    assert isinstance(first, Reject) and (first.path, first.line) == (path, 1)
    assert first.reason.startswith("not a seed: ")
    assert isinstance(second, Placed) and second.line == 2
    assert isinstance(third, Reject) and third.line == 3
    assert isinstance(fourth, Reject) and fourth.reason == f"call 1 is not in the planner's form: {SID}"


def test_our_own_seeds_pass(builtin: Signatures) -> None:
    folder = Path(__file__).parents[2] / "data" / "seeds"
    assert [one for one in check_files([folder], builtin) if isinstance(one, Reject)] == []
