"""What the plan grammar lets through, and what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import llguidance
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.grammar import chunks, plan_grammar
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import Parameter, Signature, Signatures, by_name, signature_from_json

SEEDS = Path(__file__).parents[2] / "data" / "seeds"
BYTES = llguidance.LLTokenizer("byte")
REQUEST = "email Sid's notes to o'brien@acme.com (Bob), pay him $5 for \"Q3_budget.xlsx\" on Friday, at 3pm"

COPY = Signature("copy", (Parameter("name", source="copy"),))
OPTIONAL_COPY = Signature("copy_some", (Parameter("name", source="copy", required=False),))
TEXT = Signature("say", (Parameter("text"),))
RESULT = Signature("use", (Parameter("of", source="result"),))
COPIES = Signature("send", (Parameter("to", "list[str]", source="copy"),))
RESULTS = Signature("attach", (Parameter("files", "list[str]", source="result"),))
OPTIONAL_RESULTS = Signature("attach_any", (Parameter("files", "list[str]", source="result", required=False),))
TEXTS = Signature("tag", (Parameter("tags", "list[str]"),))
DATE = Signature("when", (Parameter("date", "date"),))
INT = Signature("count", (Parameter("n", "int"),))
FLOAT = Signature("weigh", (Parameter("kilos", "float"),))
BOOL = Signature("flag", (Parameter("on", "bool"),))
CHOICE = Signature("go", (Parameter("by", choices=("car", "on foot")),))
NOTHING = Signature("ping")
LOOKUP = [COPY, NOTHING]


def accepts(plan: str, tools: list[Signature], request: str = REQUEST, **options: Any) -> bool:
    grammar = plan_grammar(tools, request, **options)
    matcher = llguidance.LLMatcher(BYTES, llguidance.LLMatcher.grammar_from_lark(grammar), log_level=0)
    assert not matcher.get_error()
    tokens = BYTES.tokenize_str(plan)
    return bool(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())


def accepts_call(call: str, tool: Signature, request: str = REQUEST, **options: Any) -> bool:
    """Whether a call can be written as the third line, behind two others."""
    plan = f"1. ping()\n2. ping()\n3. {call}\n4. join()"
    return accepts(plan, [tool, NOTHING], request, **options)


def test_join_is_open_at_every_line() -> None:
    assert accepts("1. join()", LOOKUP)
    assert accepts("1. ping()\n2. join()", LOOKUP)
    assert accepts("1. ping()\n2. ping()\n3. join()", LOOKUP)


@pytest.mark.parametrize(
    "plan",
    ["", "join()", "1. ping()", "2. join()", "1. ping()\n3. join()", "1. join()\n2. ping()", "Sure! 1. join()"],
)
def test_lines_are_numbered_and_end_in_join(plan: str) -> None:
    assert not accepts(plan, LOOKUP)


def test_only_offered_tools() -> None:
    assert not accepts("1. delete()\n2. join()", LOOKUP)


def test_without_tools_there_is_only_join() -> None:
    assert accepts("1. join()", [])


def test_calls_are_bounded() -> None:
    plan = "1. ping()\n2. ping()\n3. join()"
    assert accepts(plan, LOOKUP, max_calls=2)
    assert not accepts(plan, LOOKUP, max_calls=1)


@pytest.mark.parametrize(
    "name",
    [
        "Sid",
        "notes",
        "Sid's notes",
        "o'brien@acme.com",
        "Bob",
        "(Bob)",
        "\\$5",
        r"\"Q3_budget.xlsx\"",
        "Q3_budget.xlsx",
    ],
)
def test_words_of_the_request_can_be_copied(name: str) -> None:
    assert accepts_call(f'copy("{name}")', COPY)


@pytest.mark.parametrize(
    "name",
    ["Sidney", "Si", "Bo", "Alice", "notes Sid", "sid", " Sid", "Sid ", "", "$5", "$7", "budget", "Q3_budget.xls"],
)
def test_other_words_cannot_be_copied(name: str) -> None:
    assert not accepts_call(f'copy("{name}")', COPY)


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("山田", "山田さんにメールを送って"),
        ("王小明", "给王小明发短信"),
        ("สมชาย", "ส่งอีเมลถึงสมชายหน่อย"),
        ("민수", "민수에게 문자 보내줘"),
        ("أحمد", "لأحمد رسالة"),
        ("अमित", "अमितको बताओ"),
        ("Sid", "明日Sidにメール"),
        ("Femke", "need Femkes number"),
        ("José", "llama a José."),
        ("Ольга", "напиши Ольга, пожалуйста"),
    ],
)
def test_names_can_be_copied_out_of_any_script(name: str, request_: str) -> None:
    assert accepts_call(f'copy("{name}")', COPY, request_)


def test_a_required_copy_is_not_empty() -> None:
    assert accepts_call('copy_some("")', OPTIONAL_COPY)
    assert not accepts_call('copy("")', COPY)


@pytest.mark.parametrize("tool", [COPY, OPTIONAL_COPY, TEXT, DATE, INT, FLOAT, BOOL])
def test_references_are_to_earlier_lines(tool: Signature) -> None:
    assert accepts_call(f'{tool.name}("$1")', tool)
    assert accepts_call(f'{tool.name}("$2")', tool)
    assert not accepts_call(f'{tool.name}("$3")', tool)
    assert not accepts_call(f'{tool.name}("$12")', tool)
    assert not accepts_call(f'{tool.name}("$0")', tool)


def test_the_document_can_be_used_where_there_is_one() -> None:
    assert accepts('1. use("$0")\n2. join()', [RESULT], has_document=True)
    assert not accepts('1. use("$0")\n2. join()', [RESULT])


def test_a_tool_that_needs_a_result_is_closed_until_there_is_one() -> None:
    assert accepts('1. ping()\n2. use("$1")\n3. join()', [RESULT, NOTHING])
    assert not accepts('1. use("")\n2. join()', [RESULT, NOTHING])


def test_a_line_may_refer_to_the_twelfth() -> None:
    lines = "".join(f"{number}. ping()\n" for number in range(1, 13))
    assert accepts(f'{lines}13. use("$12")\n14. join()', [RESULT, NOTHING])
    assert not accepts(f'{lines}13. use("$13")\n14. join()', [RESULT, NOTHING])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anything at all",
        "$1",
        "see $1 and $2, thanks",
        "$1$2",
        r"it costs \$5",
        r"say \"hi\"\nbye\\",
        "US$ and $",
        "日本語 🦙",
        "call join(), it is 2. ping()",
    ],
)
def test_free_text(text: str) -> None:
    assert accepts_call(f'say("{text}")', TEXT)


@pytest.mark.parametrize("text", ["$5", "$12", "${1", "a\nb", 'a"b', "\\", "\x00", "\\$$7", "$1$9"])
def test_free_text_keeps_its_form(text: str) -> None:
    assert not accepts_call(f'say("{text}")', TEXT)


@pytest.mark.parametrize("items", ['["$1"]', '["$1", "$2"]', '["Sid", "$1", "o\'brien@acme.com"]', '"$1"'])
def test_lists_of_copies(items: str) -> None:
    assert accepts_call(f"send({items})", COPIES)


@pytest.mark.parametrize("items", ['["Alice"]', '["$3"]', '["$1","$2"]', '"Sid"', '["$1", ]', '[""]', "[Sid]"])
def test_lists_hold_nothing_else(items: str) -> None:
    assert not accepts_call(f"send({items})", COPIES)


def test_lists_of_results_and_of_texts() -> None:
    assert accepts_call('attach(["$1", "$2"])', RESULTS)
    assert not accepts_call('attach(["Sid"])', RESULTS)
    assert accepts_call('tag(["new", "about $1"])', TEXTS)


def test_a_required_list_is_not_empty() -> None:
    assert accepts("1. attach_any([])\n2. join()", [OPTIONAL_RESULTS])
    assert not accepts("1. attach([])\n2. join()", [RESULTS])
    assert not accepts_call("send([])", COPIES)


@pytest.mark.parametrize(
    ("request_", "open_"),
    [
        ("text him at 555 0134", True),
        ("text him at oh one six two double four", True),
        ("lunch on the 4th, 12:05 to 13:25, text him", False),
    ],
)
def test_a_call_that_nothing_in_the_request_fits_is_no_way_into_a_dead_end(request_: str, open_: bool) -> None:
    pattern = "[+(]?[0-9][-+()0-9 ./]{2,}|(oh|one) .*"
    dial = Signature("dial", (Parameter("numbers", "list[str]", source="copy", pattern=pattern),))
    grammar = llguidance.LLMatcher.grammar_from_lark(plan_grammar([dial, NOTHING], request_))
    matcher = llguidance.LLMatcher(BYTES, grammar, log_level=0)
    began = BYTES.tokenize_str("1. dial([")
    assert (matcher.try_consume_tokens(began) == len(began)) is open_


@pytest.mark.parametrize("date", ["", "Friday", "Friday, at 3pm", "Friday 3pm", "Friday at 3pm", "3pm on Friday"])
def test_dates_are_pieces_of_the_request(date: str) -> None:
    assert accepts_call(f'when("{date}")', DATE)


@pytest.mark.parametrize("date", ["Monday", "Friday at 4pm", "Friday  3pm", " Friday", "2026-03-04 09:30:00"])
def test_dates_are_not_made_up(date: str) -> None:
    assert not accepts_call(f'when("{date}")', DATE)


def test_iso_dates_where_they_are_wanted() -> None:
    assert accepts_call('when("2026-03-04 09:30:00")', DATE, iso_dates=True)
    assert accepts_call('when("Friday")', DATE, iso_dates=True)
    assert not accepts_call('when("2026-93-04")', DATE, iso_dates=True)


@pytest.mark.parametrize(
    ("call", "tool"),
    [
        ("count(-30)", INT),
        ("weigh(2.5)", FLOAT),
        ("weigh(2)", FLOAT),
        ("flag(True)", BOOL),
        ('go("on foot")', CHOICE),
        ("ping()", NOTHING),
    ],
)
def test_values_of_other_types(call: str, tool: Signature) -> None:
    assert accepts_call(call, tool)


@pytest.mark.parametrize(
    ("call", "tool"),
    [
        ("count(2.5)", INT),
        ("count(007)", INT),
        ('count("five")', INT),
        ("weigh(.5)", FLOAT),
        ("flag(true)", BOOL),
        ('go("bike")', CHOICE),
        ('go("")', CHOICE),
        ("ping(1)", NOTHING),
        ("count()", INT),
    ],
)
def test_types_are_kept(call: str, tool: Signature) -> None:
    assert not accepts_call(call, tool)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_request_gives_a_valid_grammar(request_: str) -> None:
    tools = [COPY, TEXT, RESULT, COPIES, DATE, INT]
    grammar = plan_grammar(tools, request_, has_document=True, max_calls=2)
    assert not llguidance.LLMatcher.validate_grammar(grammar)
    assert accepts("1. join()", tools, request_, max_calls=2)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("ab s'\"\\$15é山に.,", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=4),
    st.data(),
)
def test_every_run_of_chunks_can_be_copied(words: list[str], data: st.DataObject) -> None:
    request_ = " ".join(words)
    pieces = chunks(request_)
    start = data.draw(st.integers(0, len(pieces) - 1))
    end = data.draw(st.integers(start + 1, len(pieces)))
    copied = "".join(pieces[start:end])
    assert accepts_call(f'copy("{copied}")', COPY, request_) == (copied == copied.strip(" ") != "")


def seeds(step: int) -> Iterator[dict[str, Any]]:
    for path in sorted(SEEDS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::step]:
            yield json.loads(line)


def test_reference_plans_of_the_seeds_can_be_written(builtin: Signatures) -> None:
    refused = []
    total = 0
    for seed in seeds(step=100):
        tools = [signature_from_json(tool) for tool in seed["tools"]] if "tools" in seed else list(builtin.values())
        plan = parse_plan("\n".join(seed["plan"]))
        total += 1
        if not accepts(written(plan), tools, seed["query"], has_document="document" in seed):
            refused.append(seed["query"])
    assert total > 80
    assert len(refused) <= 0.02 * total, refused


def written(plan: Plan) -> str:
    lines = [f"{call.number}. {call.render()}\n" for call in plan]
    return "".join(lines) + f"{len(plan) + 1}. join()"


WALKED = [COPY, OPTIONAL_COPY, RESULT, COPIES, RESULTS, DATE, INT, BOOL, CHOICE]


def walk(request: str, random: Random, steps: int = 400) -> str:
    """Text written byte by byte under the grammar, any of the allowed ones, strings rather short."""
    grammar = plan_grammar(WALKED, request, has_document=True, max_calls=4)
    matcher = llguidance.LLMatcher(BYTES, llguidance.LLMatcher.grammar_from_lark(grammar), log_level=0)
    written = bytearray()
    for _ in range(steps):
        if matcher.is_accepting():
            break
        mask = matcher.compute_bitmask()
        allowed = [byte for byte in range(256) if mask[byte // 8] >> byte % 8 & 1]
        byte = ord('"') if ord('"') in allowed and random.random() < 0.4 else random.choice(allowed)
        assert matcher.consume_token(byte)
        written.append(byte)
    return written.decode(errors="ignore")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            REQUEST,
            "明日の午後三時に山田さんにメモを送って",
            "Émile's c'est ça? l’été -- #1, 10% a/b \\ ${3}",
            "Femkes notes",
        ]
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_grammar_lets_through_passes_the_check(request_: str, random: Random) -> None:
    lines = walk(request_, random).splitlines()
    plan = parse_plan("\n".join(lines[:-1]))
    assert check_plan(plan, by_name(WALKED), source=request_, has_document=True) == plan
