"""`tinyagent plan`: the plan without running it, and the batch door for outside benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REMINDER = '1. create_reminder("swim", "next Friday at 3pm", "", "", 0, False)\n2. join()\n'
ODD = '1. create_reminder("swim", "some day maybe", "", "", 0, False)\n2. join()\n'


def batch(run: Callable[..., Any], *lines: object, **more: Any) -> list[dict[str, Any]]:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    done = run("plan", "--batch", "-", "--json", stdin=text, **more)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_prints_the_tree_and_runs_nothing(scripted: Callable[..., Any], home: Path) -> None:
    done = scripted("plan", "email Sid the notes")
    assert done.returncode == 0, done.stderr
    assert "compose_new_email" in done.stdout
    assert "sid@acme.com" not in done.stdout


def test_json(scripted: Callable[..., Any]) -> None:
    done = scripted("plan", "--json", "email", "Sid", "the", "notes")
    entry = json.loads(done.stdout)
    assert entry["plan"][2] == 'compose_new_email(["$1"], [], "Notes", "$2", [])'
    assert set(entry["tools"]) >= {"get_email_address", "open_note", "compose_new_email"}
    assert all(isinstance(entry["seconds"][stage], float) for stage in ("retrieve", "plan"))


def test_no_plan_ends_with_its_own_status(scripted: Callable[..., Any]) -> None:
    assert scripted("plan", "play jazz").returncode == 4


def test_a_batch_is_answered_in_order_with_dates_resolved(scripted: Callable[..., Any], server: Any) -> None:
    server.plans |= {"remind me to swim next Friday at 3pm": REMINDER, "remind me to swim some day maybe": ODD}
    first, second, third, fourth = batch(
        scripted,
        {"id": "a", "query": "remind me to swim next Friday at 3pm", "now": "2026-03-04 09:30"},
        {"id": 2, "query": "email Sid the notes", "now": None},
        {"id": "c", "query": "play jazz"},
        {"id": "d", "query": "remind me to swim some day maybe"},
    )
    assert first["id"] == "a"
    assert first["plan"] == ['create_reminder("swim", "2026-03-13 15:00:00", "", "", 0, False)']
    assert second["id"] == 2 and len(second["plan"]) == 3
    assert third["plan"] == []
    assert fourth["plan"] == ['create_reminder("swim", "some day maybe", "", "", 0, False)']
    assert all(set(answer) == {"id", "plan", "tools", "seconds"} for answer in (first, second, third, fourth))


def test_a_line_brings_its_own_tools_and_document(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["translate this into French"] = '1. translate("$0", "French")\n2. join()\n'
    tool = {
        "name": "translate",
        "description": "Translates a text.",
        "parameters": [
            {"name": "text", "type": "str", "description": "The text", "required": True},
            {"name": "language", "type": "str", "description": "The language", "required": True},
        ],
    }
    (answer,) = batch(scripted, {"id": 1, "query": "translate this into French", "document": "Hello", "tools": [tool]})
    assert answer["plan"] == ['translate("$0", "French")']
    assert answer["tools"] == ["translate"]


def test_bad_lines_get_an_error_and_the_run_goes_on(scripted: Callable[..., Any]) -> None:
    bad: list[object] = [
        "this is no JSON\n",
        "[1, 2]\n",
        {"id": "no query"},
        {"id": "empty", "query": " "},
        {"id": "nul", "query": "email\0Sid"},
        {"id": "now", "query": "x", "now": "soon"},
        {"id": "tools", "query": "x", "tools": [{"name": "f", "parameters": [{"name": "a", "type": "blob"}]}]},
        {"id": "document", "query": "x", "document": 7},
        "[" * 100_000 + "\n",
    ]
    answers = batch(scripted, *bad, "\n", {"id": "good", "query": "email Sid the notes"})
    assert len(answers) == len(bad) + 1
    assert all(set(answer) == {"id", "error"} for answer in answers[:-1])
    assert answers[2]["id"] == "no query"
    assert len(answers[-1]["plan"]) == 3


def test_a_plan_that_does_not_check_is_an_error(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["email Sid"] = '1. get_email_address("Zebedee")\n2. join()\n'
    (answer,) = batch(scripted, {"id": 1, "query": "email Sid"})
    assert "Zebedee" in answer["error"]


def test_each_answer_is_written_before_the_next_line_is_read(environment: dict[str, str], server: Any) -> None:
    environment |= {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}
    process = subprocess.Popen(
        [sys.executable, "-m", "tinyagent_cli", "plan", "--batch", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None and process.stdout is not None
    for number in range(2):
        process.stdin.write(json.dumps({"id": number, "query": "email Sid the notes"}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    process.stdin.close()
    assert process.stdout.read() == b""
    process.stdout.close()
    assert process.wait(60) == 0


def test_a_long_batch_tells_a_terminal_how_far_it_is(terminal: Callable[..., Any], server: Any, tmp_path: Path) -> None:
    (tmp_path / "batch.jsonl").write_text('{"query": "email Sid the notes"}\n' * 3)
    answer, seen = server.answer, threading.Event()

    def wait_and_answer(exchange: Any) -> None:
        assert len(server.requests) < 3 or seen.wait(60)
        answer(exchange)

    server.answer = wait_and_answer
    screen = terminal("plan", "--batch", str(tmp_path / "batch.jsonl"))
    screen.wait_for("1 of 3 lines planned")
    screen.wait_for("a second")
    screen.wait_for("left")
    seen.set()
    status, output = screen.finish()
    assert status == 0
    assert len(output.splitlines()) == 3


def test_a_named_pipe_is_read_once(scripted: Callable[..., Any], tmp_path: Path) -> None:
    pipe = tmp_path / "batch.jsonl"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=('{"query": "email Sid the notes"}\n' * 2,))
    writer.start()
    done = scripted("plan", "--batch", str(pipe), "--json")
    writer.join()
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2), done.stderr


def test_a_batch_tells_nothing_where_nobody_sees_it(scripted: Callable[..., Any]) -> None:
    done = scripted("plan", "--batch", "-", stdin='{"query": "email Sid the notes"}\n' * 3)
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 3)


@pytest.mark.parametrize("arguments", [("--batch", "missing.jsonl"), ("--batch", "."), ("--batch", "-", "a request")])
def test_a_batch_that_cannot_begin(cli: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    done = cli("plan", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("tinyagent: error: ")


def test_the_trained_planner_answers_a_batch(program: Callable[..., Any], trained: None) -> None:
    (answer,) = batch(program, {"id": 1, "query": "email Sid the notes", "now": "2026-03-04 09:30"})
    assert sorted(call.split("(")[0] for call in answer["plan"]) == [
        "compose_new_email",
        "get_email_address",
        "open_note",
    ]
