"""Every tool that tools.toml declares runs with the parameters it declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.config import Config
from tinyagent_cli.errors import MissingSettingError
from tinyagent_cli.tools.arguments import typed_arguments
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.registry import Registry
from tinyagent_cli.tools.spec import Effect, Outcome

ARGUMENTS: dict[str, list[Any]] = {
    "get_phone_number": ["Sid"],
    "get_email_address": ["Sid"],
    "create_calendar_event": ["Lunch", "2026-03-06 12:00:00"],
    "open_and_get_file_path": ["Q3 report"],
    "summarize_pdf": ["A text. It has two sentences."],
    "compose_new_email": [["sid@acme.com"]],
    "reply_to_email": [],
    "forward_email": [["lutfi@acme.com"]],
    "maps_open_location": ["Old Town"],
    "maps_show_directions": ["", "Old Town", "d"],
    "create_note": ["Plans"],
    "open_note": ["Notes"],
    "append_note_content": ["Notes", "more"],
    "create_reminder": ["Call Mom"],
    "send_sms": [["+15550101"], "hello"],
    "get_zoom_meeting_link": ["Launch", "2026-03-06 12:00:00", 60],
}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path))
    return Registry.load(Config(data_dir=tmp_path))


def test_all_are_known_here(registry: Registry) -> None:
    assert set(registry.tools) == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_it_runs_and_says_what_it_did(registry: Registry, context: ToolContext, name: str) -> None:
    tool = registry.tools[name]
    arguments = typed_arguments(tool.signature, ARGUMENTS[name])
    if name == "get_zoom_meeting_link":
        with pytest.raises(MissingSettingError):
            tool.runner(context, **arguments)
        return
    outcome = tool.runner(context, **arguments)
    assert isinstance(outcome, Outcome)
    assert outcome.value
    assert outcome.summary
    assert "\n" not in outcome.summary
    assert bool(outcome.changes) is (tool.effect is not Effect.READ)
