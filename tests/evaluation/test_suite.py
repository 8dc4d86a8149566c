"""Requests and their plans are read from JSONL, and what is wrong with a line is said."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.suite import Item, read_suite, spread
from tinyagent_cli.training.seeds import seed_files

from .conftest import NOW

KNOWN = ("open_note", "get_phone_number", "send_sms")
SEEDS = Path(__file__).parents[2] / "data" / "seeds"


def read(folder: Path, *rows: object, name: str = "office.jsonl") -> list[Item]:
    path = folder / name
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return read_suite([path], NOW, KNOWN)


def test_a_line_in_the_form_of_the_seeds(tmp_path: Path) -> None:
    (item,) = read(tmp_path, {"query": "show Ideas", "plan": ['open_note("Ideas", "")']})
    assert (item.request.query, item.request.id, item.style, item.request.now) == (
        "show Ideas",
        "office:1",
        "office",
        NOW,
    )
    assert [call.render() for call in item.reference] == ['open_note("Ideas", "")']
    assert item.request.tools is None and item.request.document is None


def test_all_that_a_line_may_say(tmp_path: Path) -> None:
    tool = {"name": "shout", "parameters": [{"name": "text", "type": "str"}]}
    row = {"query": "shout it", "plan": ['shout("$0")'], "tools": [tool], "document": "Hi", "now": "2027-01-02 08:00"}
    (item,) = read(tmp_path, row | {"id": 7, "style": "loud"})
    assert (item.request.id, item.style, item.request.document) == ("7", "loud", "Hi")
    assert item.request.now.isoformat() == "2027-01-02T08:00:00+01:00"
    assert [tool.name for tool in item.request.tools or ()] == ["shout"]


def test_join_at_the_end_is_no_call(tmp_path: Path) -> None:
    (item,) = read(tmp_path, {"query": "play jazz", "plan": ["join()"]})
    assert item.reference == ()


def test_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    assert len(read(tmp_path, "\ufeff", {"query": "a", "plan": []}, "\n", {"query": "b", "plan": []})) == 2


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("nonsense\n", "Expecting value"),
        ("[" * 100_000 + "\n", "recursion"),
        ([1], "not a JSON object"),
        ({"plan": []}, "query must be a text"),
        ({"query": "x"}, "plan must be a list"),
        ({"query": "x", "plan": [1]}, "plan must be a list of texts"),
        ({"query": "x", "plan": ["open_note("]}, "call 1"),
        ({"query": "x", "plan": ["fly()"]}, "there is no tool fly"),
        ({"query": "x", "plan": ['send_sms(["$2"], "")', 'get_phone_number("Sid")']}, "no call 2 before it"),
        ({"query": "x", "plan": [], "now": "soon"}, "'soon' is not a time"),
        ({"query": "x", "plan": [], "tools": [{"name": "a b"}]}, "must have a name"),
        ({"query": "x", "plan": [], "tools": [{"name": "own"}, {"name": "own"}]}, "two tools share a name"),
        ({"query": "x", "plan": ["open_note()"], "tools": [{"name": "own"}]}, "there is no tool open_note"),
        ({"query": "x", "plan": [], "document": 7}, "document must be a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, row: object, problem: str) -> None:
    with pytest.raises(UsageError, match=r"office\.jsonl:2: ") as caught:
        read(tmp_path, {"query": "right", "plan": []}, row)
    assert problem in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_suite([tmp_path / "none.jsonl"], NOW, KNOWN)
    (tmp_path / "latin.jsonl").write_bytes(b'{"query": "caf\xe9"}')
    with pytest.raises(UsageError, match="not UTF-8"):
        read_suite([tmp_path / "latin.jsonl"], NOW, KNOWN)


def test_every_seed_can_be_evaluated_on(builtin: list[object]) -> None:
    known = {tool.name for tool in builtin}  # type: ignore[attr-defined]
    assert len(read_suite(seed_files([SEEDS])[:3], NOW, known)) > 100


@given(st.lists(st.integers(), max_size=60), st.integers(0, 80))
def test_a_sample_is_spread_evenly_and_keeps_the_order(items: list[int], count: int) -> None:
    numbered = list(enumerate(items))
    sample = spread(numbered, count)
    assert len(sample) == (min(count, len(items)) if count else len(items))
    assert sample == sorted(set(sample), key=lambda entry: entry[0])
    gaps = [after[0] - before[0] for before, after in pairwise(sample)]
    assert not gaps or max(gaps) - min(gaps) <= 1
