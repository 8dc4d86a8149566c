"""Notes, text messages and meetings: what is written, and what the summary says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tinyagent_cli.builtin.meetings import get_zoom_meeting_link
from tinyagent_cli.builtin.messages import send_sms
from tinyagent_cli.builtin.notes import append_note_content, create_note
from tinyagent_cli.config import MessagesConfig
from tinyagent_cli.errors import MissingSettingError
from tinyagent_cli.tools.context import ToolContext


def test_a_new_note(context: ToolContext) -> None:
    outcome = create_note(context, name="Plans", content="Paint the boat.", folder="work")
    path = context.config.data_dir / "notes" / "Work" / "Plans.md"
    assert path.read_text() == "# Plans\n\nPaint the boat.\n"
    assert outcome.summary == outcome.value == f'Note "Plans" saved as {path}'
    assert [(change.path, change.before) for change in outcome.changes] == [(path, None)]


def test_an_addition_can_be_undone(context: ToolContext) -> None:
    path = context.config.data_dir / "notes" / "Home" / "Groceries.md"
    before = path.read_bytes()
    outcome = append_note_content(context, name="groceries", content="bread", folder="")
    assert path.read_bytes() == before + b"- bread\n"
    (change,) = outcome.changes
    assert change.before is not None
    assert change.before.read_bytes() == before


def test_a_message_without_a_gateway_is_said_not_to_be_sent(context: ToolContext) -> None:
    outcome = send_sms(context, recipients=["+1-555-0101"], message="On my way")
    assert "not sent" in outcome.summary
    assert "set messages.gateway" in outcome.summary
    (change,) = outcome.changes
    assert str(change.path) in outcome.summary


def test_what_was_sent_cannot_be_undone(make_context: Callable[..., ToolContext]) -> None:
    outcome = send_sms(make_context(messages=MessagesConfig(("cat",))), recipients=["+15550101"], message="On my way")
    assert outcome.summary == 'Text message "On my way" sent to +15550101'
    assert outcome.changes == ()


def test_a_meeting_needs_its_settings(context: ToolContext) -> None:
    with pytest.raises(MissingSettingError, match=r"zoom\.account_id, zoom\.client_id, zoom\.client_secret"):
        get_zoom_meeting_link(context, topic="Launch", start_time="", duration=60, meeting_invitees=[])
