"""`tinyagent doctor`: what is missing, and how the process ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def findings(done: Any) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_it_is_content_where_the_main_job_works(scripted: Callable[..., Any]) -> None:
    done = scripted("doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = findings(done)
    assert found["planner"]["state"] == "ok"
    assert found["Zoom"]["state"] == "optional" and "tinyagent config set zoom" in found["Zoom"]["mend"]
    assert found["terminal"]["state"] == "optional"


def test_the_text_has_a_line_for_each_and_what_mends_it(scripted: Callable[..., Any]) -> None:
    done = scripted("doctor")
    assert "planner" in done.stdout and "tinyagent config set user.email" in done.stdout


def test_a_missing_model_is_told(cli: Callable[..., Any], tmp_path: Path) -> None:
    done = cli("doctor", "--json", TINYAGENT_MODEL=str(tmp_path / "none.gguf"))
    assert done.returncode == 5
    assert findings(done)["planner"]["state"] == "broken"


def test_a_damaged_model_is_told(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(200))
    done = cli("doctor", "--json", TINYAGENT_MODEL=str(tmp_path / "bad.gguf"))
    assert done.returncode == 5
    assert "damaged" in findings(done)["planner"]["detail"]


def test_a_broken_configuration_does_not_stop_it(scripted: Callable[..., Any], home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text("modle = 1\n")
    done = scripted("doctor", "--json")
    assert done.returncode == 2
    found = findings(done)
    assert "modle" in found["configuration"]["detail"]
    assert found["tool files"]["state"] == "ok"
