"""What an answer is worth."""

from __future__ import annotations

import pytest

from tinyagent_cli.evaluation.contender import Answer
from tinyagent_cli.evaluation.metrics import Share
from tinyagent_cli.plan.signature import signature_from_json

from .conftest import Judge, answer_of, item_of, written

REMIND = "remind me to swim next Friday at 3pm"


@pytest.mark.parametrize("said", ["next Friday at 3pm", "2026-03-13 15:00:00", "friday next week at 15:00"])
def test_dates_are_compared_as_times(judged: Judge, said: str) -> None:
    item = item_of(REMIND, 'create_reminder("Swim", "next Friday at 3pm", "", "", 0, False)')
    result = judged(item, answer_of(f'create_reminder("swim", "{said}", "", "", 0, False)'))
    assert result.success
    assert result.arguments == Share(6, 6)


def test_another_time_is_a_wrong_argument_of_a_right_plan(judged: Judge) -> None:
    item = item_of(REMIND, 'create_reminder("Swim", "next Friday at 3pm", "", "", 0, False)')
    result = judged(item, answer_of('create_reminder("Swim", "Friday at 3pm", "", "", 0, False)'))
    assert result.success
    assert result.arguments == Share(5, 6)


def test_the_order_on_the_page_does_not_count(judged: Judge) -> None:
    item = item_of(
        "email Sid the notes",
        'get_email_address("Sid")',
        'open_note("Notes", "")',
        'compose_new_email(["$1"], [], "Notes", "$2", [])',
    )
    other = answer_of(
        'open_note("notes", "")', 'get_email_address("Sid")', 'compose_new_email(["$2"], [], "Notes", "$1", [])'
    )
    result = judged(item, other)
    assert result.success
    assert result.arguments == Share(8, 8)


def test_a_lookup_too_many(judged: Judge) -> None:
    item = item_of("call up Sid's number", 'get_phone_number("Sid")')
    result = judged(
        item, answer_of('get_phone_number("Sid")', 'get_email_address("Sid")', 'get_phone_number("number")')
    )
    assert not result.success
    assert result.arguments == Share()
    assert (result.recalled, result.precise) == (Share(1, 1), Share(1, 3))


def test_a_request_out_of_reach_is_right_without_a_call(judged: Judge) -> None:
    assert judged(item_of("play jazz"), answer_of()).success
    assert not judged(item_of("play jazz"), answer_of('open_note("jazz", "")')).success


def test_a_plan_that_never_came_is_wrong(judged: Judge) -> None:
    """Also where no call is what is wanted."""
    for item in (item_of("play jazz"), item_of("show Ideas", 'open_note("Ideas", "")')):
        result = judged(item, Answer(None, "the model wrote no plan"))
        assert not result.success
        assert not result.valid


def test_needed_tools_that_were_offered(judged: Judge) -> None:
    item = item_of(
        "text Sid and Ann hello",
        'get_phone_number("Sid")',
        'get_phone_number("Ann")',
        'send_sms(["$1", "$2"], "hello")',
    )
    result = judged(item, answer_of(offered=["send_sms", "open_note"]))
    assert result.offered == Share(1, 2)


def test_copies_are_looked_for_in_what_the_model_wrote(judged: Judge) -> None:
    """The planner refuses a plan with an invented name, so the plan itself would not tell."""
    text = written(
        'get_phone_number("Zebedee")', 'get_email_address("Sid")', 'send_sms(["$1"], "invented words are fine here")'
    )
    result = judged(item_of("text Sid"), Answer(None, "call 1: 'Zebedee' does not stand in the request", text))
    assert result.copied == Share(1, 2)


def test_copies_may_stand_in_the_document(judged: Judge) -> None:
    item = item_of("email this to whoever signed it", document="Yours, Ottoline")
    assert judged(item, answer_of('get_email_address("Ottoline")')).copied == Share(1, 1)


def test_thoughts_and_broken_lines_hold_no_copies(judged: Judge) -> None:
    lines = ('1. get_phone_number("Sid")', "2. get_phone_number(", '3. open_note("Bob", "")')
    text = '<think>open_note("Zebedee", "")</think>' + "\n".join(lines)
    assert judged(item_of("text Sid"), Answer(None, "line 2", text)).copied == Share(1, 1)


def test_tools_of_its_own(judged: Judge) -> None:
    tool = signature_from_json({"name": "dim", "parameters": [{"name": "room", "type": "str"}]})
    item = item_of("dim the kitchen", 'dim("kitchen")', tools=(tool,))
    assert judged(item, answer_of('dim("the kitchen")')).success
