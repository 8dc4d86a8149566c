"""The tree shows what will happen, with real values, at any width."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment

from tinyagent_cli.errors import NotFoundError
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.call import Call, Plan, Reference, Template
from tinyagent_cli.ui.arguments import ArgumentWriter, PlanView
from tinyagent_cli.ui.theme import UNICODE, make_console
from tinyagent_cli.ui.tree import PlanTree, StepBlock

MakeView = Callable[..., PlanView]
Drawn = Callable[..., str]


def test_references_show_what_was_found(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view(found={1: "sid@acme.com", 2: "Agenda: the budget"})))
    assert tree == (
        "together\n"
        "├── ✓ 1 get_email_address  name Sid → sid@acme.com\n"
        "└── ✓ 2 open_note          name Notes → Agenda: the budget\n"
        "then\n"
        "└── ○ 3 compose_new_email  writes\n"
        "        recipients  Sid → sid@acme.com\n"
        "        subject     Notes\n"
        "        context     Notes → Agenda: the budget\n"
    )


def test_results_that_are_not_there_yet_are_named(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view(found={2: "Agenda"})))
    assert "○ 1 get_email_address  name Sid\n" in tree
    assert "recipients  the result of 1\n" in tree


def test_piped_text_is_named(make_view: MakeView, drawn: Drawn) -> None:
    assert "content  the piped text\n" in drawn(PlanTree(make_view('1. create_note("Shopping", "$0", "")')))


def test_results_inside_a_text_stand_in_it(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. get_phone_number("Sid")\n2. create_note("Call", "Ring $1 at noon", "")'
    assert "content  Ring +1 555 0100 at noon\n" in drawn(PlanTree(make_view(plan, found={1: "+1 555 0100"})))


def test_a_failed_lookup_says_why(make_view: MakeView, drawn: Drawn) -> None:
    error = NotFoundError('no contact is called "Sid"', hint="near: Siddharth")
    tree = drawn(PlanTree(make_view(failed={1: error})))
    assert '├── ✗ 1 get_email_address  name Sid\n│       no contact is called "Sid" (near: Siddharth)\n' in tree


def test_a_long_value_without_spaces_starts_behind_its_arrow(make_view: MakeView, drawn: Drawn) -> None:
    link = "https://maps.example.com/" + "directions" * 8
    plan = '1. maps_show_directions("", "the very long name of a Botanical Garden", "d")'
    assert "│" not in (tree := drawn(PlanTree(make_view(plan, found={1: link}))))
    assert "        → https://maps.example.com/directions" in tree


def test_a_skipped_step_says_why(make_view: MakeView, drawn: Drawn) -> None:
    view = make_view()
    skipped = StepResult(3, "compose_new_email", StepState.SKIPPED, reason="1 failed")
    tree = drawn(PlanTree(replace(view, results={3: skipped})))
    assert "– 3 compose_new_email" in tree
    assert "1 failed" in tree


def test_what_the_policy_denies_is_said_to_stay_undone(make_view: MakeView, drawn: Drawn) -> None:
    view = make_view(policy={"compose_new_email": "deny"})
    denied = "– 3 compose_new_email  will not run: the policy denies it\n"
    assert denied in drawn(PlanTree(view))
    refused = StepResult(3, "compose_new_email", StepState.REFUSED, reason="the policy denies it")
    tree = drawn(PlanTree(replace(view, results={3: refused})))
    assert denied in tree and tree.count("denies it") == 1


def test_what_the_policy_lets_run_without_a_question_is_said(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view(policy={"compose_new_email": "allow", "open_note": "ask"})))
    assert "○ 3 compose_new_email  writes without asking\n" in tree
    assert "○ 1 get_email_address  name Sid\n" in tree
    assert "○ 2 open_note          name Notes  asks first\n" in tree


def test_dates_are_resolved_beside_the_users_words(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. create_calendar_event("Picnic", "tomorrow at 2pm", "", "", [], "", "")'
    tree = drawn(PlanTree(make_view(plan)))
    assert 'start date  tomorrow, Thu 5 Mar 2026, 14:00 CET  "tomorrow at 2pm"\n' in tree
    assert "end date    tomorrow, Thu 5 Mar 2026, 15:00 CET\n" in tree


@pytest.mark.parametrize(("code", "shown"), [("d", "driving"), ("w", "walking"), ("r", "public transport")])
def test_a_choice_is_shown_by_its_label(make_view: MakeView, drawn: Drawn, code: str, shown: str) -> None:
    tree = drawn(PlanTree(make_view(f'1. maps_show_directions("", "the mill", "{code}")')))
    assert re.search(rf"transport +{shown}\n", tree)


def test_a_date_in_iso_form_stands_alone(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. create_reminder("Stretch", "2026-03-09 08:00:00", "", "", 0, False)'
    assert "due date  Mon 9 Mar 2026, 08:00 CET\n" in drawn(PlanTree(make_view(plan)))


def test_arguments_that_say_nothing_are_left_out(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view('1. create_reminder("Stretch", "", "", "", 0, False)')))
    assert tree == "first\n└── ○ 1 create_reminder  writes\n        name  Stretch\n"


def test_markup_in_anybodys_text_stays_literal(make_view: MakeView, drawn: Drawn) -> None:
    plan = (
        '1. open_note("[bold]Notes[/bold]", "")\n2. create_note("[red]x[/]", "$1 :smile:", "[link=http://a]b[/link]")'
    )
    tree = drawn(PlanTree(make_view(plan, found={1: "[/] [blink]sale[/blink]"})))
    for literal in ("[bold]Notes[/bold]", "[red]x[/]", ":smile:", "[link=http://a]b[/link]", "[/] [blink]sale[/blink]"):
        assert literal in tree


def test_escape_sequences_do_not_reach_the_terminal(make_view: MakeView, drawn: Drawn) -> None:
    plan = '1. open_note("a\\u001b]0;title\\u0007", "")\n2. create_note("b", "$1", "")'
    tree = drawn(PlanTree(make_view(plan, found={1: "\x1b[2Jgone\x9b31m \u202eevil"})))
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(tree)
    assert "\\x1b[2Jgone\\x9b31m \\u202eevil" in tree


def test_a_value_that_looks_like_a_reference_is_text(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view(found={1: "$2", 2: "secret"})))
    assert "recipients  Sid → $2\n" in tree


def test_long_texts_are_cut_and_marked(make_view: MakeView, drawn: Drawn) -> None:
    words = " ".join(f"word{n}" for n in range(200))
    tree = drawn(PlanTree(make_view(f'1. send_sms(["+1 555 0100"], "{words}")')))
    assert len(tree.splitlines()) == 6
    assert tree.rstrip().endswith("…")


def test_plain_terminals_get_plain_signs(make_view: MakeView, drawn: Drawn) -> None:
    tree = drawn(PlanTree(make_view(found={1: "sid@acme.com"})), encoding="ascii")
    assert "+-- + 1 get_email_address  name Sid -> sid@acme.com" in tree


def test_a_tool_that_is_not_known_is_shown_as_written(make_view: MakeView, drawn: Drawn) -> None:
    assert "○ 1 lights_on  sends\n        1  kitchen\n" in drawn(PlanTree(make_view('1. lights_on("kitchen")')))


TEXTS = st.text(max_size=120) | st.text("ab 漢字👩\u200d🚀\u0301\x1b", max_size=80)
TOOLS = ("open_note", "create_note", "send_sms", "create_calendar_event", "lights_on" * 8)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    calls: list[Call] = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        values: st.SearchStrategy[object] = (
            TEXTS | st.booleans() | st.integers() | st.lists(TEXTS, max_size=3).map(tuple)
        )
        if number > 1:
            earlier = st.integers(1, number - 1).map(Reference)
            values |= earlier | st.tuples(TEXTS.filter(bool), earlier).map(Template)
        arguments = draw(st.lists(values, max_size=7))
        calls.append(Call(number, draw(st.sampled_from(TOOLS)), tuple(arguments)))  # type: ignore[arg-type]
    return tuple(calls)


@settings(max_examples=60, deadline=None)
@given(plan=plans(), values=st.dictionaries(st.integers(1, 5), TEXTS, max_size=5), width=st.sampled_from([40, 80, 120]))
def test_no_line_is_wider_than_the_screen(make_view: MakeView, plan: Plan, values: dict[int, str], width: int) -> None:
    view = replace(make_view("", found=values), plan=plan)
    console = make_console(io.StringIO(), width=width)
    room = console.options.update(width=width - 4)
    for call in plan:
        block = StepBlock(call, ArgumentWriter(view, UNICODE), 20)
        lines = Segment.split_lines(console.render(block, room))
        assert all(Segment.get_line_length(line) <= width - 4 for line in lines)
    console.print(PlanTree(view), crop=False)
    assert isinstance(console.file, io.StringIO)
    assert all(cell_len(line) <= width for line in console.file.getvalue().split("\n"))


@pytest.mark.parametrize("width", [1, 5, 12, 20])
def test_a_tiny_screen_does_not_break_it(make_view: MakeView, drawn: Drawn, width: int) -> None:
    assert drawn(PlanTree(make_view(found={1: "sid@acme.com"})), width=width)
