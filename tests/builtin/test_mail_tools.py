"""Mail from the user's words to a draft on disk."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tinyagent_cli.builtin.contacts import get_email_address
from tinyagent_cli.builtin.mail import compose_new_email, forward_email, reply_to_email
from tinyagent_cli.builtin.notes import open_note
from tinyagent_cli.config import UserConfig
from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def written(outcome: Outcome) -> EmailMessage:
    (path,) = (change.path for change in outcome.changes if change.path.suffix == ".eml")
    assert str(path) in outcome.summary
    assert outcome.value == outcome.summary
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_email_sid_the_notes(context: ToolContext) -> None:
    address, notes = get_email_address(context, name="Sid"), open_note(context, name="Notes", folder="")
    outcome = compose_new_email(
        context, recipients=[address.value], cc=[], subject="Notes", context=notes.value, attachments=[]
    )
    message = written(outcome)
    assert message["To"] == "sid@acme.com"
    assert message["From"] == "Robin Ellis <robin@acme.com>"
    assert body(message) == f"Hi Sid,\n\n{notes.value}\n\nBest regards,\nRobin Ellis\n"
    assert "Launch moves to 14 April" in body(message)
    assert outcome.summary.startswith('Draft to sid@acme.com: "Notes" saved as ')


def test_a_draft_can_be_undone_file_by_file(context: ToolContext) -> None:
    outcome = compose_new_email(context, recipients=["sid@acme.com"], cc=[], subject="", context="x", attachments=[])
    assert len(outcome.changes) == 2
    assert all(change.path.is_file() and change.before is None for change in outcome.changes)


def test_a_mail_without_a_subject_gets_one(context: ToolContext) -> None:
    outcome = compose_new_email(
        context, recipients=["a@b.example"], cc=[], subject=" ", context="Lunch moves to one.", attachments=[]
    )
    assert written(outcome)["Subject"] == "Lunch moves to one"


def test_an_attachment_is_a_path(context: ToolContext) -> None:
    path = context.config.data_dir / "files" / "Q3_report.pdf"
    outcome = compose_new_email(
        context, recipients=["a@b.example"], cc=[], subject="Report", context="", attachments=[str(path)]
    )
    (part,) = written(outcome).iter_attachments()
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/pdf", path.read_bytes())


def test_a_name_is_no_recipient(context: ToolContext) -> None:
    with pytest.raises(ToolError, match='"Sid" is not an email address'):
        compose_new_email(context, recipients=["Sid"], cc=[], subject="x", context="x", attachments=[])
    assert not (context.config.data_dir / "drafts").exists()


def test_a_reply_greets_the_sender(context: ToolContext) -> None:
    outcome = reply_to_email(context, cc=["priya@acme.com"], context="30 days are fine.", attachments=[])
    message = written(outcome)
    assert (message["To"], message["Cc"], message["Subject"]) == (
        "sid@acme.com",
        "priya@acme.com",
        "Re: Print contract",
    )
    assert body(message).startswith("Hi Sid,\n\n30 days are fine.\n\nBest regards,\nRobin Ellis\n\nOn Wed, 04 Mar 2026")


def test_a_forward_carries_the_mail(context: ToolContext) -> None:
    outcome = forward_email(context, recipients=["lutfi@acme.com"], cc=[], context="", attachments=[])
    message = written(outcome)
    assert message["Subject"] == "Fwd: Print contract"
    assert body(message).startswith("---------- Forwarded message")
    assert [part.get_filename() for part in message.iter_attachments()] == ["terms.txt"]


def test_without_a_user_there_is_no_name(make_context: Callable[..., ToolContext]) -> None:
    context = make_context(user=UserConfig())
    outcome = compose_new_email(context, recipients=["sid@acme.com"], cc=[], subject="x", context="x", attachments=[])
    assert body(written(outcome)) == "Hi Sid,\n\nx\n"
