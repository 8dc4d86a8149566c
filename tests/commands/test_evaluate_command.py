"""`tinyagent eval`, from files of requests to tables, JSON, a page and plots."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOTES = ['get_email_address("Sid")', 'open_note("Notes", "")', 'compose_new_email(["$1"], [], "Notes", "$2", [])']
ROWS = [
    {"query": "email Sid the notes", "plan": NOTES},
    {"query": "play jazz", "plan": [], "style": "music", "id": "jazz"},
    {"query": "show my Ideas note", "plan": ['open_note("Ideas", "")'], "now": "2027-01-02 08:00"},
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "office.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_tables_on_standard_output(scripted: Callable[..., Any], suite: Path) -> None:
    done = scripted("eval", str(suite))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["plan", "success", "%", "66.7", "(21-94)"] in lines
    assert ["all", "requests", "3", "66.7", "100.0", "75.0", "100.0", "100.0", "100.0"] in [line[:9] for line in lines]
    for group in ("music", "office", "open_note", "no"):
        assert any(line[:1] == [group] for line in lines), done.stdout


def test_all_files(scripted: Callable[..., Any], suite: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the eval extra is not installed")
    out = tmp_path / "new" / "out"
    done = scripted(
        *("eval", str(suite), "--failures", "--tools", "all", "--tools", "top3"),
        *("--json", str(out / "e.json"), "--report", str(out / "e.md"), "--plots", str(out / "two plots")),
    )
    assert done.returncode == 0, done.stderr
    entry = json.loads((out / "e.json").read_text(encoding="utf-8"))
    assert [run["tools"] for run in entry["runs"]] == ["all", "top3"]
    first = entry["runs"][0]["results"]
    assert [(result["id"], result["success"]) for result in first] == [
        ("office:1", True),
        ("jazz", True),
        ("office:3", False),
    ]
    assert len(first[0]["offered"]) == 16
    page = (out / "e.md").read_text(encoding="utf-8")
    assert "](two%20plots/success_by_length.svg)" in page
    assert "office:3  show my Ideas note" in page
    assert {path.name for path in (out / "two plots").iterdir()} == {"success_by_length.svg", "success_by_size.svg"}
    assert not list(out.glob(".*"))
    assert done.stdout.count("office:3  show my Ideas note") == 2


def test_json_on_standard_output_is_all_there_is(scripted: Callable[..., Any], suite: Path) -> None:
    done = scripted("eval", str(suite), "--json", "-", "--limit", "2")
    assert [result["id"] for result in json.loads(done.stdout)["runs"][0]["results"]] == ["office:1", "jazz"]


def test_the_test_split_of_the_seeds(scripted: Callable[..., Any], suite: Path) -> None:
    from tinyagent_cli.training.seeds import split_of

    rows = [{"query": f"play song number {number}", "plan": []} for number in range(100)]
    suite.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for split in ("test", "validation"):
        done = scripted("eval", "--seeds", str(suite.parent), "--split", split, "--json", "-")
        queries = [result["query"] for result in json.loads(done.stdout)["runs"][0]["results"]]
        assert queries == [row["query"] for row in rows if split_of(str(row["query"])) == split]
        assert queries


def test_an_answer_that_is_no_plan_is_listed(scripted: Callable[..., Any], suite: Path, server: Any) -> None:
    server.plans["show my Ideas note"] = '1. open_note("Zebedee", "")\n2. join()\n'
    done = scripted("eval", str(suite), "--failures")
    assert done.returncode == 0
    assert "Zebedee" in done.stdout
    assert "stand in the request" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("none.jsonl",), "cannot read none.jsonl"),
        (("--seeds", "nowhere"), "there are no seeds in nowhere"),
        (("office.jsonl", "--tools", "best"), "--tools must be retrieved, all, top3 or embedding3"),
        (("office.jsonl", "--now", "soon"), '"soon" is not a time'),
        (("office.jsonl", "--bfcl", "parallel"), "--bfcl brings its own requests"),
        (("bad.jsonl",), "bad.jsonl:1: plan must be a list"),
        (("empty.jsonl",), "there are no requests in empty.jsonl"),
    ],
)
def test_what_cannot_be_evaluated(
    cli: Callable[..., Any], suite: Path, tmp_path: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "bad.jsonl").write_text('{"query": "email Sid"}\n')
    (tmp_path / "empty.jsonl").write_text("\n")
    done = cli("eval", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    scripted: Callable[..., Any], suite: Path, server: Any
) -> None:
    done = scripted("eval", str(suite), "--report", str(suite / "inside" / "e.md"))
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert not server.requests


def test_a_folder_in_the_place_of_a_file_is_told_before_the_work(
    scripted: Callable[..., Any], suite: Path, server: Any
) -> None:
    done = scripted("eval", str(suite), "--json", str(suite.parent))
    assert done.returncode == 1
    assert "Is a directory" in done.stderr
    assert not server.requests


def test_a_model_that_is_not_there_is_told_before_the_others_are_measured(
    scripted: Callable[..., Any], suite: Path, server: Any
) -> None:
    done = scripted("eval", str(suite), "--model", "openai:qwen3", "--model", "llamacpp:none")
    assert done.returncode == 5
    assert "there is no model at none" in done.stderr
    assert not server.requests


def test_an_id_that_no_file_can_hold(scripted: Callable[..., Any], tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_text('{"query": "email Sid the notes", "plan": [], "id": "\\ud800\\u001b[2J"}\n')
    done = scripted("eval", str(odd), "--failures", "--report", str(tmp_path / "e.md"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\ud800\\x1b[2J  email Sid the notes" in done.stdout
    assert "email Sid the notes" in (tmp_path / "e.md").read_text(encoding="utf-8")


def test_the_shipped_planner(program: Callable[..., Any], suite: Path, trained: None) -> None:
    done = program("eval", str(suite), "--json", "-")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    assert run["results"][0]["success"]
    assert run["summary"]["prompt_tokens"] > 20
    assert run["summary"]["copied"]["share"] == 1


def test_the_leaderboard(scripted: Callable[..., Any]) -> None:
    pytest.importorskip("bfcl_eval", reason="bfcl-eval is not installed")
    done = scripted("eval", "--bfcl", "irrelevance", "--bfcl", "multiple", "--limit", "2", "--failures")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert any(line[:3] == ["irrelevance", "2", "0"] and "100.0" in line for line in lines), done.stdout
    assert "Wrong number of functions." in done.stdout


def test_what_was_measured_before_an_interruption_is_kept(
    suite: Path, tmp_path: Path, environment: dict[str, str], server: Any
) -> None:
    out = tmp_path / "e.json"
    done = interrupted_at(
        "jazz", environment, server, str(suite), "--json", str(out), "--report", str(tmp_path / "e.md")
    )
    assert done.returncode == 130, done.stderr
    assert "cut off: 1 of 3 requests were measured" in done.stderr
    entry = json.loads(out.read_text(encoding="utf-8"))
    assert [result["id"] for run in entry["runs"] for result in run["results"]] == ["office:1"]
    assert entry["sources"] == "office.jsonl, cut off after 1 of 3 requests"
    assert "cut off after 1 of 3 requests" in (tmp_path / "e.md").read_text(encoding="utf-8")


def test_what_was_measured_before_a_model_that_cannot_be_loaded_is_kept(
    scripted: Callable[..., Any], suite: Path, tmp_path: Path
) -> None:
    (tmp_path / "torn.gguf").write_bytes(b"GGUF, and no more")
    models = ("--model", "openai:qwen3", "--model", "llamacpp:torn.gguf")
    done = scripted("eval", str(suite), *models, "--json", "e.json")
    assert done.returncode == 5
    assert "cut off: 3 of 6 requests were measured" in done.stderr
    assert "torn.gguf" in done.stderr
    assert [len(run["results"]) for run in json.loads((tmp_path / "e.json").read_text())["runs"]] == [3]


def test_what_was_measured_of_the_leaderboard_before_an_interruption_is_kept(
    tmp_path: Path, environment: dict[str, str], server: Any
) -> None:
    pytest.importorskip("bfcl_eval", reason="bfcl-eval is not installed")
    out, page = tmp_path / "e.json", tmp_path / "e.md"
    wanted = ["--bfcl", "irrelevance", "--bfcl", "multiple", "--limit", "2", "--json", str(out), "--report", str(page)]
    done = interrupted_at("multiple_0", environment, server, *wanted)
    assert done.returncode == 130, done.stderr
    assert "cut off: 2 of 4 requests were measured" in done.stderr
    entry = json.loads(out.read_text(encoding="utf-8"))
    assert entry["suite"] == "bfcl, cut off after 2 of 4 requests"
    assert [len(run["results"]) for run in entry["runs"]] == [2]
    assert "cut off after 2 of 4 requests" in page.read_text(encoding="utf-8")


def interrupted_at(
    request: str, environment: dict[str, str], server: Any, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """An evaluation that somebody interrupts as the planner begins with a request."""
    program = (
        "import sys, tinyagent_cli.app as app\n"
        "from tinyagent_cli.evaluation.contender import Contender\n"
        "answer = Contender.answer\n"
        "def interrupted(self, request, tools):\n"
        f"    if request.id == {request!r}: raise KeyboardInterrupt\n"
        "    return answer(self, request, tools)\n"
        "Contender.answer = interrupted\n"
        "app.main()\n"
    )
    settings = {"TINYAGENT_ENGINE": "openai", "TINYAGENT_OPENAI_BASE_URL": server.url}
    return subprocess.run(
        [sys.executable, "-c", program, "eval", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment | settings,
        timeout=300,
    )
