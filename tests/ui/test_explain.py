"""An explanation leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tinyagent_cli.errors import NotFoundError
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.explain import Explanation, listed

MakeView = Callable[..., PlanView]
Drawn = Callable[..., str]


def test_each_step_says_what_it_does_and_whether_it_can_be_undone(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. get_phone_number("Sid")\n2. send_sms(["$1"], "hi")\n3. create_note("Call", "$1", "")'
    shown = drawn(Explanation(make_view(plan)))
    assert "Looks up a contact's phone number. Only looks something up; changes nothing." in shown
    assert "Sends a text message. May leave this machine; cannot be undone." in shown
    assert "Writes a new note. Changes something on this machine; can be undone." in shown
    assert "waits for  step 1 " in shown


def test_what_the_policy_says_is_told(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. get_phone_number("Sid")\n2. send_sms(["$1"], "hi")\n3. create_note("Call", "$1", "")'
    rules = {"get_phone_number": "ask", "send_sms": "deny", "create_note": "allow"}
    view = make_view(plan, policy=rules)
    refused = StepResult(2, "send_sms", StepState.REFUSED, reason="the policy denies it")
    sentences = " ".join(drawn(Explanation(replace(view, results={2: refused})), width=200).split())
    assert sentences.count("denies it") == 1
    assert "changes nothing. Your policy asks before it runs." in sentences
    assert "cannot be undone. Will not run: your policy denies it." in sentences
    assert "can be undone. Runs without a question of its own: your policy allows it." in sentences


def test_long_values_are_whole(make_view: MakeView, drawn: Drawn) -> None:
    note = "\n".join(f"line {n} of the note" for n in range(40))
    shown = drawn(Explanation(make_view(found={2: note})))
    assert all(f"line {n} of the note" in shown for n in range(40))


def test_words_longer_than_the_screen_are_whole(make_view: MakeView, drawn: Drawn) -> None:
    link = "https://example.com/" + "a" * 200
    shown = drawn(Explanation(make_view(found={1: link})), width=40)
    assert link in "".join(line.removeprefix("   found  ").strip() for line in shown.splitlines())


def test_escape_sequences_are_written_out(make_view: MakeView, drawn: Drawn) -> None:
    shown = drawn(Explanation(make_view(found={2: "a\x1b[2J[bold]b"})))
    assert "a\\x1b[2J[bold]b" in shown
    assert "\x1b" not in shown


def test_a_failure_is_told(make_view: MakeView, drawn: Drawn) -> None:
    shown = drawn(Explanation(make_view(failed={1: NotFoundError("no contact is called Sid", hint="add one")})))
    assert "failed  no contact is called Sid (add one)" in shown


def test_numbers_as_a_sentence_has_them() -> None:
    assert [listed(numbers) for numbers in ([1], [1, 2], [1, 2, 3])] == ["1", "1 and 2", "1, 2 and 3"]
