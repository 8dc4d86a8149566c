"""The planner: calls stream out checked, and what is no plan is an error."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from typing import Any

import pytest
from scripted import Scripted

from tinyagent_cli.errors import CheckError, ParseError, PlanError, UsageError
from tinyagent_cli.plan.call import Reference, Template
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.parser import PlanParser
from tinyagent_cli.plan.signature import Parameter, Signature, by_name
from tinyagent_cli.planner.engines.base import Prompt
from tinyagent_cli.planner.engines.llamacpp import LlamaCpp
from tinyagent_cli.planner.planner import MAX_REQUEST, Planner
from tinyagent_cli.planner.repeats import worn_out

LOOKUP = Signature("get_email_address", (Parameter("name", source="copy"),), "Looks up an address.")
NOTE = Signature("open_note", (Parameter("name", source="copy"), Parameter("folder", source="copy", required=False)))
MAIL = Signature(
    "compose_new_email",
    (
        Parameter("recipients", "list[str]", source="copy"),
        Parameter("cc", "list[str]", source="copy", required=False),
        Parameter("subject", required=False),
        Parameter("context", required=False),
        Parameter("attachments", "list[str]", source="result", required=False),
    ),
)
EVENT = Signature("create_event", (Parameter("title"), Parameter("start", "date"), Parameter("minutes", "int")))
TOOLS = [LOOKUP, NOTE, MAIL, EVENT]
REQUEST = "email Sid the notes"
PLAN = """\
1. get_email_address("Sid")
2. open_note("notes", "")
3. compose_new_email(["$1"], [], "Notes", "$2", [])
4. join()"""


def plan(text: str, request: str = REQUEST, *, chat: bool = False, document: str | None = None) -> list[str]:
    planner = Planner(Scripted(text, chat=chat), known={"open_note"}, reads={"get_email_address", "open_note"})
    return [call.render() for call in planner.plan(request, TOOLS, document=document)]


def test_calls_come_as_their_lines_are_written() -> None:
    engine = Scripted(PLAN)
    calls = Planner(engine).plan(REQUEST, TOOLS)
    assert next(calls).render() == 'get_email_address("Sid")'
    assert engine.written <= len(PLAN.splitlines()[0]) // 7 + 1
    assert [call.tool for call in calls] == ["open_note", "compose_new_email"]


def test_a_text_may_hold_what_a_plan_ends_with() -> None:
    call = 'open_note("why thread join() hangs", "")'
    calls = Planner(Scripted(f"1. {call}\n2. join()", size=1)).plan("open my note why thread join() hangs", TOOLS)
    assert [one.render() for one in calls] == [call]


def test_the_planners_prompt_and_grammar() -> None:
    engine = Scripted(PLAN)
    list(Planner(engine, known={"open_note"}).plan(REQUEST, TOOLS))
    assert isinstance(engine.prompt, str)
    assert engine.prompt.startswith("Tools: open_note\nget_email_address(name: str) Looks up an address.\n")
    assert engine.prompt.endswith(f"Request: {REQUEST}\nPlan:\n1.")
    assert engine.grammar is not None


def test_a_repeated_lookup_is_the_first_one() -> None:
    text = """\
1. get_email_address("Sid")
2. compose_new_email(["$1"], [], "", "", [])
3. get_email_address("sid")
4. open_note("notes", "")
5. compose_new_email(["$3"], [], "", "$4", [])
6. join()"""
    assert plan(text) == [
        'get_email_address("Sid")',
        'compose_new_email(["$1"], [], "", "", [])',
        'open_note("notes", "")',
        'compose_new_email(["$1"], [], "", "$3", [])',
    ]


def test_what_acts_is_done_as_often_as_it_is_written() -> None:
    ring = Signature("ring", (Parameter("who", source="copy"),), returns="text")
    engine = Scripted('1. ring("Sid")\n2. get_email_address("Sid")\n3. ring("Sid")\n4. join()')
    calls = Planner(engine, reads={"get_email_address"}).plan("ring Sid, then again", [ring, LOOKUP])
    assert [call.render() for call in calls] == ['ring("Sid")', 'get_email_address("Sid")', 'ring("Sid")']


class Recording(Scripted):
    """Keeps every grammar that it was asked to write under."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.grammars: list[str] = []

    def generate(self, prompt: Prompt, *, grammar: str | None = None, **options: Any) -> Generator[str, None, None]:
        self.grammars.append(grammar or "")
        return super().generate(prompt, grammar=grammar, **options)


def test_circles_are_left() -> None:
    engine = Recording("".join(f'{number}. open_note("notes", "")\n' for number in range(1, 6)) + "6. join()")
    assert len(list(Planner(engine).plan(REQUEST, TOOLS))) == 5
    assert ["open_note" in grammar for grammar in engine.grammars] == [True] * 5 + [False]
    assert "get_email_address" in engine.grammars[-1]


@pytest.mark.parametrize(
    ("line", "closed"),
    [('ring("Sid")', {"ring"}), ('get_email_address("Sid")', {"get_email_address"}), ("roll_die()", set())],
    ids=["acts", "looks up", "takes nothing"],
)
def test_what_is_done_again_and_again(line: str, closed: set[str]) -> None:
    calls = PlanParser().feed("".join(f"{number}. {line}\n" for number in range(1, 7)))
    assert worn_out(calls, reads={"get_email_address"}) == closed
    assert worn_out(calls[:3], reads={"get_email_address"}) == set()


def test_lookups_in_a_circle_are_left_for_one_line() -> None:
    names = ["Sid", "Bob", "Sid", "Bob", "Sid", "Bob", "Sid"]
    lines = [f'{number}. get_email_address("{name}")\n' for number, name in enumerate(names, 1)]
    calls = PlanParser().feed("".join([*lines, '8. ring("$1")\n', '9. get_email_address("Bob")\n']))
    reads = {"get_email_address"}
    assert [worn_out(calls[:count], reads) for count in (6, 7, 8, 9)] == [set(), reads, set(), set()]


def test_a_circle_that_is_left_for_one_line_and_taken_up_again_is_closed() -> None:
    names = ["Sid", "Bob", "Sid", "Bob", "", "Sid", "Bob", "", "Sid", "Bob", "", "Sid", "Bob"]
    lines = [f'get_email_address("{name}")' if name else f'ring("${number}")' for number, name in enumerate(names)]
    calls = PlanParser().feed("".join(f"{number}. {line}\n" for number, line in enumerate(lines, 1)))
    reads = {"get_email_address"}
    assert [worn_out(calls[:count], reads) for count in (10, 11, 12)] == [set(), set(), reads]


def test_a_tool_that_takes_its_own_result_again_and_again_is_closed() -> None:
    lines = ['open_note("notes", "")', *(f'open_note("${number}", "")' for number in range(1, 6))]
    calls = PlanParser().feed("".join(f"{number}. {line}\n" for number, line in enumerate(lines, 1)))
    assert [worn_out(calls[:count], reads=()) for count in (3, 4, 5)] == [set(), {"open_note"}, {"open_note"}]


def test_lookups_before_each_use_are_no_circle() -> None:
    lines = (f'{number}. {"ring" if number % 2 else "get_email_address"}("Sid")\n' for number in range(1, 9))
    assert worn_out(PlanParser().feed("".join(lines)), reads={"get_email_address"}) == set()


def test_different_calls_of_one_tool_are_no_circle() -> None:
    calls = PlanParser().feed("".join(f'{number}. ring("{number}")\n' for number in range(1, 10)))
    assert worn_out(calls, reads=()) == set()


def test_a_request_out_of_reach_has_no_calls() -> None:
    assert plan("1. join()", "how is the weather") == []


def test_the_model_is_stopped_when_nobody_listens() -> None:
    engine = Scripted(PLAN)
    calls = Planner(engine).plan(REQUEST, TOOLS)
    next(calls)
    calls.close()  # type: ignore[attr-defined]
    assert engine.closed


def test_cancelling_ends_the_plan_without_an_error() -> None:
    cancelled = threading.Event()
    calls = []
    for call in Planner(Scripted(PLAN)).plan(REQUEST, TOOLS, cancelled=cancelled.is_set):
        calls.append(call)
        cancelled.set()
    assert len(calls) == 1


@pytest.mark.parametrize("request_", ["", "  \n\t"])
def test_an_empty_request_is_refused(request_: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        plan(PLAN, request_)


def test_a_request_that_is_too_long_says_how_much_is_allowed() -> None:
    with pytest.raises(UsageError, match=rf"1,048,576 characters.*{MAX_REQUEST:,}"):
        plan(PLAN, "a" * 2**20)


def test_a_request_of_odd_bytes_is_planned() -> None:
    engine = Scripted("1. join()")
    assert list(Planner(engine).plan("email \x00Sid\x1b\ud800 \U0001f600\n\n the notes", TOOLS)) == []
    assert isinstance(engine.prompt, str)
    assert "Request: email Sid \ufffd \U0001f600 the notes\n" in engine.prompt


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", PlanError, "no plan"),
        ("1. I cannot do that.", ParseError, "I cannot do that"),
        ('1. get_email_address("Sid")\n', PlanError, "breaks off after call 1"),
        ('1. get_email_address("Sid")\n2. open_note("no', ParseError, "not closed"),
        ('1. get_email_address("Alice")\n2. join()', CheckError, "Alice"),
        ('1. open_note("$1", "")\n2. join()', CheckError, r"\$1"),
        ("1. delete_all()\n2. join()", CheckError, "delete_all"),
    ],
)
def test_what_is_no_plan_is_an_error(text: str, error: type[PlanError], message: str) -> None:
    with pytest.raises(error, match=message):
        plan(text)


def test_calls_before_an_error_are_out() -> None:
    calls = Planner(Scripted('1. get_email_address("Sid")\n2. delete_all()\n3. join()')).plan(REQUEST, TOOLS)
    assert next(calls).tool == "get_email_address"
    with pytest.raises(CheckError):
        next(calls)


def test_plans_are_bounded() -> None:
    text = "".join(f'{number}. get_email_address("Sid")\n' for number in range(1, 9))
    with pytest.raises(PlanError, match="more than 3 calls"):
        list(Planner(Scripted(text, chat=True), max_calls=3).plan(REQUEST, TOOLS))


def test_the_document_is_a_result() -> None:
    text = '1. get_email_address("Sid")\n2. compose_new_email(["$1"], [], "", "$0 and more", [])\n3. join()'
    calls = list(Planner(Scripted(text)).plan("email this to Sid", TOOLS, document="The text."))
    assert calls[1].arguments[3] == Template((Reference(0), " and more"))
    with pytest.raises(CheckError, match="document"):
        plan(text, "email this to Sid")


def test_amounts_are_text() -> None:
    text = '1. compose_new_email(["sid@acme.com"], [], "", "you owe \\$5", [])\n2. join()'
    engine = Scripted(text)
    (call,) = Planner(engine).plan("email sid@acme.com: you owe $5", TOOLS)
    assert call.arguments[3] == "you owe $5"
    assert isinstance(engine.prompt, str)
    assert "you owe \\$5" in engine.prompt


@pytest.mark.parametrize(
    "text",
    [
        PLAN,
        f"<think>\nSid needs\nan address.</think>\n\n{PLAN}",
        f"Plan:\n```\n{PLAN}\n```\nThis sends the notes.",
        PLAN.removesuffix("\n4. join()"),
        PLAN.replace('open_note("notes", "")', 'open_note(name="notes")'),
        PLAN.replace("join()", "join()<END_OF_PLAN>"),
    ],
)
def test_chat_models_may_write_more(text: str) -> None:
    assert plan(text, chat=True) == [line[3:] for line in PLAN.splitlines()[:-1]]


def test_chat_models_get_rules_and_examples() -> None:
    engine = Scripted(PLAN, chat=True)
    list(Planner(engine).plan(REQUEST, TOOLS))
    assert isinstance(engine.prompt, Sequence)
    assert not isinstance(engine.prompt, str)
    assert engine.prompt[0].role == "system"


@pytest.mark.parametrize(
    "request_",
    [
        "email Sid the notes on Friday",
        "pay $5 to \"Bob\" and 'Al' \\ ${3} #1, 10% of (it): a/b",
        "明日の午後三時に山田さんに会議のメモを送って",
        "Émile's Q3_budget.xlsx -- c'est ça? l’été №7",
    ],
)
def test_whatever_a_model_writes_under_the_grammar_is_a_plan(engine: LlamaCpp, request_: str) -> None:
    """A model of random weights tries all sorts of things; every line that is complete has to pass the check."""
    calls = []
    try:
        for call in Planner(engine, max_calls=3).plan(request_, TOOLS, document="piped"):
            calls.append(call)
    except PlanError as error:
        assert any(words in error.message for words in ("not closed", "breaks off", "more than 3 calls"))
    check_plan(calls, by_name(TOOLS), source=request_, has_document=True)
