"""The setting `retriever`: a classifier of the user's in the place of the one that ships."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.retrieval.classifier import CARD, SHIPPED, VOCABULARY, WEIGHTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped classifier with the names of its outputs in reverse, so that it takes one tool for another."""
    own = tmp_path / "own"
    own.mkdir()
    for name in (WEIGHTS, VOCABULARY):
        shutil.copy(SHIPPED / name, own)
    card = json.loads((SHIPPED / CARD).read_text(encoding="utf-8"))
    card["tools"] = dict(reversed(card["tools"].items()))
    (own / CARD).write_text(json.dumps(card), encoding="utf-8")
    return own


def test_the_folder_s_classifier_chooses_the_tools(scripted: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    suite = tmp_path / "suite.jsonl"
    suite.write_text('{"query": "email Sid the notes", "plan": []}\n')

    def offered(**settings: str) -> set[str]:
        done = scripted("eval", str(suite), "--json", "-", **settings)
        assert done.returncode == 0, done.stderr
        return set(json.loads(done.stdout)["runs"][0]["results"][0]["offered"])

    assert {"get_email_address", "compose_new_email"} <= offered()
    assert "compose_new_email" not in offered(TINYAGENT_RETRIEVER=str(folder))


def test_a_folder_without_a_classifier_is_told(scripted: Callable[..., Any], tmp_path: Path) -> None:
    done = scripted("plan", "text Sid that I'm late", TINYAGENT_RETRIEVER=str(tmp_path))
    assert done.returncode == 5
    assert f"{tmp_path / CARD} is missing\n" in done.stderr
    assert "tinyagent train retriever makes one" in done.stderr
    found = scripted("doctor", "--json", TINYAGENT_RETRIEVER=str(tmp_path))
    states = {finding["name"]: finding["state"] for finding in json.loads(found.stdout)["findings"]}
    assert states["tool retrieval"] == "broken"
