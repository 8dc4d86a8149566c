"""The plots are SVG, the same for the same report, and say where the published figures come from."""

from __future__ import annotations

import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.plots import BY_LENGTH, BY_SIZE, check_library, draw
from tinyagent_cli.evaluation.report import Report


def words(svg: bytes) -> str:
    return " ".join(" ".join(ElementTree.fromstring(svg).itertext()).split())


def test_what_the_plots_say(report: Report) -> None:
    pytest.importorskip("matplotlib", reason="the eval extra is not installed")
    plots = draw(report)
    by_length, by_size = words(plots[BY_LENGTH]), words(plots[BY_SIZE])
    assert "calls in the right plan" in by_length
    assert "openai:qwen|3, all tools" in by_length
    for text in ("TinyAgent-7B, 4 bits", "GPT-4-Turbo", "arXiv 2409.00608", "not comparable", "embedded, classifier"):
        assert text in by_size
    assert "qwen" not in by_size, "a model of unknown size has no place there"
    assert draw(report) == plots


def test_sizes_that_nobody_knows_need_no_legend(report: Report) -> None:
    pytest.importorskip("matplotlib", reason="the eval extra is not installed")
    served = replace(report, runs=[run for run in report.runs if run.bytes is None])
    assert "TinyAgent-7B, 4 bits" in words(draw(served)[BY_SIZE])


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    with pytest.raises(UsageError, match=r"tinyagent-cli\[eval\]"):
        check_library()
