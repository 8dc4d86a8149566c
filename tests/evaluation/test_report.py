"""An evaluation as rows, as JSON and as a page."""

from __future__ import annotations

import json

import pytest

from tinyagent_cli.evaluation.markdown import fenced, table, to_markdown
from tinyagent_cli.evaluation.metrics import Share
from tinyagent_cli.evaluation.report import (
    METRICS,
    Report,
    comparison_rows,
    metric_rows,
    percent,
    to_json,
    with_interval,
)


@pytest.mark.parametrize(
    ("share", "shown", "interval"),
    [(Share(2, 3), "66.7", "66.7 (21-94)"), (Share(12, 12), "100.0", "100.0 (76-100)"), (Share(), "-", "-")],
)
def test_shares(share: Share, shown: str, interval: str) -> None:
    assert (percent(share), with_interval(share)) == (shown, interval)


def test_one_row_a_candidate(report: Report) -> None:
    first, second = comparison_rows(report)
    assert first[:3] == ["embedded, classifier", "50.0 (15-85)", "100.0"]
    assert first[-1] == "92"
    assert second[0] == "openai:qwen|3, all tools"
    assert second[-1] == "-"


def test_one_row_a_group(report: Report) -> None:
    results = report.runs[0].results
    (row,) = metric_rows({"all": results})
    assert dict(zip(["group", *(name for name, _ in METRICS)], row, strict=True)) == {
        "group": "all",
        "requests": "4",
        "plan success %": "50.0",
        "arguments %": "100.0",
        "tool recall %": "50.0",
        "tool precision %": "100.0",
        "valid plans %": "75.0",
        "true copies %": "100.0",
        "median s": "0.25",
    }


def test_json_holds_every_answer(report: Report) -> None:
    entry = json.loads(json.dumps(to_json(report)))
    assert entry["sources"] == "sample.jsonl"
    run = entry["runs"][0]
    assert (run["engine"], run["model"], run["tools"], run["bytes"]) == ("auto", "embedded", "retrieved", 91_726_912)
    assert run["summary"]["success"] == {"part": 2, "whole": 4, "share": 0.5}
    assert run["groups"]["plan length"]["0"]["success"]["share"] == 1
    assert [result["success"] for result in run["results"]] == [True, False, True, False]
    assert run["results"][0]["plan"] == run["results"][0]["reference"] == ['open_note("Ideas", "")']
    assert (run["results"][3]["plan"], run["results"][3]["error"]) == (None, "the model wrote no plan")
    assert run["results"][0]["usage"] == {"prompt": 60, "written": 20}


def test_a_page(report: Report) -> None:
    page = to_markdown(report, ["plots/a.svg"], ["text Sid hello\nwanted  planned"])
    assert page.startswith("# Evaluation\n\n4 requests: sample.jsonl. Dates count from 2026-03-04 09:30 CET")
    assert "| embedded, classifier | 50.0 (15-85) |" in page
    assert "![plots/a.svg](plots/a.svg)" in page
    assert "| by style | requests |" in page
    assert "| TinyAgent-7B | Tool RAG | 4 | 85.14 | 13.1 | 4.37 |" in page
    assert "not comparable one to one" in page
    assert page.endswith("```text\ntext Sid hello\nwanted  planned\n```\n")


def test_no_text_breaks_a_table_or_a_fence() -> None:
    rows = table(["a", "b"], [["x | y\nz", "1"]]).splitlines()
    assert rows == ["| a | b |", "| --- | ---: |", "| x \\| y z | 1 |"]
    assert fenced("```\nout") == "````text\n```\nout\n````"
