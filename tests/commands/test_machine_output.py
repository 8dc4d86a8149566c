"""--json, --jsonl and --dry-run: what scripts read."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_json_is_one_object(scripted: Callable[..., Any]) -> None:
    done = scripted("--yes", "--json", "email Sid the notes")
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_status"] == 0
    assert report["status"] == "done"
    assert report["plan"][0] == 'get_email_address("Sid")'
    assert [step["state"] for step in report["steps"]] == ["done"] * 3
    assert report["steps"][0]["value"] == "sid@acme.com"
    assert "sid@acme.com" in report["answer"]
    assert set(report["seconds"]) == {"retrieve", "plan", "run"}


def test_json_of_a_refused_run_has_the_plan(scripted: Callable[..., Any]) -> None:
    done = scripted("--json", "email Sid the notes")
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_status"] == 3
    assert len(report["plan"]) == 3
    assert "--yes" in report["hint"]


def test_json_of_several_requests(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["Sid's email address"] = '1. get_email_address("Sid")\n2. join()\n'
    done = scripted("--json", stdin="Sid's email address\nplay jazz\n")
    statuses = [report["status"] for report in json.loads(done.stdout)["requests"]]
    assert statuses == ["done", "no_plan"]


def test_jsonl_tells_events_in_order(scripted: Callable[..., Any]) -> None:
    done = scripted("--yes", "--jsonl", "email Sid the notes")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[0] == "tools_offered" and kinds[-1] == "report"
    assert kinds.index("step_added") < kinds.index("plan_written") < kinds.index("decision")
    finished = [event["number"] for event in events if event["event"] == "step_finished"]
    assert sorted(finished) == [1, 2, 3] and finished[-1] == 3
    assert events[-1]["status"] == "done"


def test_events_reach_a_pipe_while_the_screen_shows_something_else(terminal: Callable[..., Any], server: Any) -> None:
    write_plan, seen = server.answer, threading.Event()

    def wait_and_answer(exchange: Any) -> None:
        seen.wait(60)
        write_plan(exchange)

    server.answer = wait_and_answer
    screen = terminal("--yes", "--jsonl", "email Sid the notes")
    screen.wait_for("planning")
    seen.set()
    status, output = screen.finish()
    assert status == 0
    kinds = [json.loads(line)["event"] for line in output.splitlines()]
    assert kinds.count("step_added") == 3
    assert kinds[-1] == "report"


def test_a_dry_run_looks_up_and_changes_nothing(scripted: Callable[..., Any], home: Path) -> None:
    before = sorted((home / "data").rglob("*"))
    done = scripted("--dry-run", "--yes", "email Sid the notes")
    assert done.returncode == 0, done.stderr
    assert "compose_new_email" in done.stdout and "sid@acme.com" in done.stdout
    assert sorted((home / "data").rglob("*")) == before
    assert not (home / "state" / "journal.jsonl").exists()


def test_json_and_jsonl_exclude_each_other(cli: Callable[..., Any]) -> None:
    done = cli("--json", "--jsonl", "hello")
    assert done.returncode == 2


def test_the_model_of_a_server_is_named_on_the_command_line(scripted: Callable[..., Any], server: Any) -> None:
    scripted("--model", "llama3.2", "--dry-run", "email Sid the notes", TINYAGENT_OPENAI_MODEL="another")
    assert [body["model"] for _, _, body in server.requests] == ["llama3.2"]


def test_a_reader_that_leaves_ends_the_run_quietly(scripted: Callable[..., Any], environment: Any, server: Any) -> None:
    environment |= {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}
    process = subprocess.Popen(
        [sys.executable, "-m", "tinyagent_cli", "--jsonl", "--yes", "email Sid the notes"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    stderr = process.stderr.read().decode()
    process.stderr.close()
    process.wait(timeout=60)
    assert "Traceback" not in stderr and "BrokenPipe" not in stderr
