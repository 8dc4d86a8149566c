"""Knowing the calls before it, a line takes only results that fit, and looks nothing up twice."""

from __future__ import annotations

from random import Random

import llguidance
import pytest
from own_seeds import own_seeds

from tinyagent_cli.plan.call import Call
from tinyagent_cli.plan.check import kinds_of_results
from tinyagent_cli.plan.grammar import line_grammar
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signatures, signature_from_json

BYTES = llguidance.LLTokenizer("byte")
REQUEST = "email Sid and O'Brien/Bob the plan.pdf, and text Sid on 555 0100; mail jo@acme.com too"


def accepts(line: str, earlier: list[str], tools: Signatures, request: str = REQUEST, document: bool = False) -> bool:
    calls = [parse_call(call, number) for number, call in enumerate(earlier, 1)]
    return accepts_after(line, calls, tools, request, document)


def accepts_after(line: str, earlier: list[Call], tools: Signatures, request: str, document: bool) -> bool:
    results = kinds_of_results(earlier, tools, has_document=document)
    grammar = line_grammar(tools.values(), request, earlier, results)
    matcher = llguidance.LLMatcher(BYTES, llguidance.LLMatcher.grammar_from_lark(grammar), log_level=0)
    assert not matcher.get_error()
    tokens = BYTES.tokenize_str(line.removeprefix(f"{len(earlier) + 1}."))
    return bool(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())


def test_a_message_goes_to_a_number_and_a_mail_to_an_address(builtin: Signatures) -> None:
    earlier = ['get_email_address("Sid")', 'get_phone_number("Sid")']
    assert accepts('3. send_sms(["$2"], "hi")\n', earlier, builtin)
    assert not accepts('3. send_sms(["$1"], "hi")\n', earlier, builtin)
    assert accepts('3. compose_new_email(["$1"], [], "", "", [])\n', earlier, builtin)
    assert not accepts('3. compose_new_email(["$2"], [], "", "", [])\n', earlier, builtin)


def test_recipients_in_words_look_like_addresses_and_numbers(builtin: Signatures) -> None:
    assert accepts('1. send_sms(["555 0100"], "hi")\n', [], builtin)
    assert not accepts('1. send_sms(["Sid"], "hi")\n', [], builtin)
    assert accepts('1. compose_new_email(["jo@acme.com"], [], "", "", [])\n', [], builtin)
    assert not accepts('1. compose_new_email(["Sid"], [], "", "", [])\n', [], builtin)
    assert not accepts('1. compose_new_email([], [], "", "", [])\n', [], builtin)


def test_only_files_are_attached_and_summarised(builtin: Signatures) -> None:
    earlier = ['get_email_address("Sid")', 'open_and_get_file_path("plan.pdf")']
    assert accepts('3. compose_new_email(["$1"], [], "", "", ["$2"])\n', earlier, builtin)
    assert not accepts('3. compose_new_email(["$1"], [], "", "", ["$1"])\n', earlier, builtin)
    assert accepts('3. summarize_pdf("$2")\n', earlier, builtin)
    assert not accepts('3. summarize_pdf("$1")\n', earlier, builtin)
    assert accepts('1. summarize_pdf("$0")\n', [], builtin, document=True)


def test_a_status_is_no_input(builtin: Signatures) -> None:
    earlier = ['create_note("A", "b", "")', 'open_note("plan", "")']
    assert accepts('3. create_note("B", "$2", "")\n', earlier, builtin)
    assert not accepts('3. create_note("B", "$1", "")\n', earlier, builtin)


def test_a_lookup_can_be_repeated_word_for_word(builtin: Signatures) -> None:
    assert accepts('2. get_email_address("Sid")\n', ['get_email_address("Sid")'], builtin)


@pytest.mark.parametrize("name", ["Sid and O'Brien", "email Sid"])
def test_nobody_is_looked_up_again_with_words_around_the_name(name: str, builtin: Signatures) -> None:
    line = f'2. get_email_address("{name}")\n'
    assert not accepts(line, ['get_email_address("Sid")'], builtin)
    assert accepts(line, ['get_phone_number("Sid")'], builtin)


@pytest.mark.parametrize(
    ("earlier", "name"),
    [
        ("Sid", "Sid's gran"),
        ("Sid", "Sid\u2019s gran"),
        ("Sid", "Aunt Sid's gran"),
        ("James", "James' gran"),
        ("Jo", "Jo-Ann"),
        ("Jo", "Jo'ann"),
    ],
)
def test_what_is_a_person_s_own_and_a_longer_name_are_somebody_else(
    earlier: str, name: str, builtin: Signatures
) -> None:
    request = f"text {earlier} that I am late, and tell {name} too"
    assert accepts(f'2. get_phone_number("{name}")\n', [f'get_phone_number("{earlier}")'], builtin, request)


@pytest.mark.parametrize(
    "name",
    [
        "Sid's",
        "Sid's and Bob",
        "Sid's and Bob's number",
        "Sid's number",
        "Sid' and 'Bob",
        "Sid' by noon",
        "Sid's, gran",
        "Sid - Bob",
    ],
)
def test_a_quote_or_an_ending_behind_a_name_is_nobody_else(name: str, builtin: Signatures) -> None:
    request = f"text Sid that I am late, find {name} too"
    assert not accepts(f'2. get_phone_number("{name}")\n', ['get_phone_number("Sid")'], builtin, request)


def test_a_slash_in_what_was_said_is_a_slash(builtin: Signatures) -> None:
    earlier = ['get_email_address("O\'Brien/Bob")']
    assert accepts('2. get_email_address("O\'Brien/Bob")\n', earlier, builtin)
    assert not accepts('2. get_email_address("and O\'Brien/Bob")\n', earlier, builtin)
    assert accepts('2. get_email_address("Bob")\n', earlier, builtin)


def test_join_is_open_and_ends_the_plan(builtin: Signatures) -> None:
    assert accepts("1. join()", [], builtin)
    assert accepts("2. join()", ['get_email_address("Sid")'], builtin)
    assert not accepts("1. join()\n", [], builtin)


def test_the_seeds_can_be_written_line_by_line(builtin: Signatures) -> None:
    seeds = [seed for seed in own_seeds() if seed.tools is None and seed.plan]
    for seed in Random(5).sample(seeds, 60):
        calls = [parse_call(call, number) for number, call in enumerate(seed.plan, 1)]
        for call in calls:
            line, earlier = f"{call.number}. {call.render()}\n", calls[: call.number - 1]
            assert accepts_after(line, earlier, builtin, seed.query, seed.document is not None), (seed.query, line)


def test_an_address_is_no_name_and_a_time_no_number(builtin: Signatures) -> None:
    request = "text jo@acme.com and 555 0100 at 13:05 to 14"
    assert not accepts('1. get_email_address("jo@acme.com")\n', [], builtin, request)
    assert not accepts('1. send_sms(["13"], "hi")\n', [], builtin, request)
    assert not accepts('1. send_sms(["05 to 14"], "hi")\n', [], builtin, request)


@pytest.mark.parametrize("part", ["Min", "jun", "Min-", "s", "boi_talika", "Brien"])
def test_names_and_files_are_copied_whole(part: str, builtin: Signatures) -> None:
    request = "text Min-jun and Shaquille's boss O'Brien the boi_talika.docx"
    assert not accepts(f'1. get_email_address("{part}")\n', [], builtin, request)
    assert not accepts(f'1. open_and_get_file_path("{part}")\n', [], builtin, request)
    for whole in ("Min-jun", "Shaquille", "Shaquille's boss", "O'Brien", "boi_talika.docx"):
        assert accepts(f'1. open_and_get_file_path("{whole}")\n', [], builtin, request)


def test_nobody_is_looked_up_by_half_a_name(builtin: Signatures) -> None:
    request = "zoom with Nergis, email Nergis"
    assert accepts('1. get_email_address("Nergi")\n', [], builtin, request)
    assert not accepts('2. get_email_address("Nergi")\n', ['get_email_address("Nergis")'], builtin, request)


def test_a_user_s_own_texts_are_copied_or_put_together_from_results() -> None:
    tool = {"name": "announce", "parameters": [{"name": "station"}, {"name": "text"}]}
    tools = {"announce": signature_from_json(tool)}
    earlier = [Call(1, "announce"), Call(2, "announce")]
    for text in ("gate 4", "$1", "$2 $1"):
        assert accepts_after(f'3. announce("Hall B", "{text}")\n', earlier, tools, "tell Hall B gate 4", False)
    for text in ("gate 5", "", "$3", "gate 4 $1"):
        assert not accepts_after(f'3. announce("Hall B", "{text}")\n', earlier, tools, "tell Hall B gate 4", False)


@pytest.mark.parametrize(
    ("number", "taken"), [("2000", True), ("30", True), ("2", True), ("20", False), ("200", False)]
)
@pytest.mark.parametrize("amount", ["$2000", "$2,000", "2,000 francs"])
def test_a_number_is_computed_or_copied_whole(number: str, taken: bool, amount: str) -> None:
    tools = {"pay": signature_from_json({"name": "pay", "parameters": [{"name": "amount", "type": "int"}]})}
    assert accepts_after(f"1. pay({number})\n", [], tools, f"pay {amount} in half an hour", False) == taken


def test_a_time_bars_no_duration() -> None:
    tools = {"wait": signature_from_json({"name": "wait", "parameters": [{"name": "minutes", "type": "int"}]})}
    assert accepts_after("1. wait(15)\n", [], tools, "at 1530, wait a quarter of an hour", False)
    assert not accepts_after("1. wait(12)\n", [], tools, "wait 12,000 minutes", False)
    assert accepts_after("1. wait(12)\n", [], tools, "pay 12,000, wait 12 minutes", False)
