"""Drafts that any mail program opens, in a Maildir and as files."""

from __future__ import annotations

import mailbox
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Correspondent, Letter
from tinyagent_cli.platforms.local.mail import MaildirMail
from tinyagent_cli.platforms.local.store import FileStore

ANY_TEXT = st.text(st.characters())
ROBIN = Correspondent("robin@acme.com", "Robin Ellis")


def mail_in(folder: Path, user: Correspondent = ROBIN) -> MaildirMail:
    return MaildirMail(folder / "mail", folder / "drafts", FileStore(folder), user)


def parsed(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def drafts(folder: Path) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(folder / "mail", create=False).get_folder("Drafts"))


def test_a_draft_holds_what_was_asked_for(tmp_path: Path, now: datetime) -> None:
    letter = Letter(["sid@acme.com"], ["zoe@acme.com", "sid@acme.com"], "Grüße", "Hi Sid,\n\nsee you — Robin\n")
    draft = mail_in(tmp_path).compose(letter, now)
    message = parsed(draft.path)
    assert draft.path == tmp_path / "drafts" / "2026-03-04 Grüße.eml"
    assert (message["From"], message["To"], message["Cc"]) == (
        "Robin Ellis <robin@acme.com>",
        "sid@acme.com",
        "zoe@acme.com",
    )
    assert message["Subject"] == "Grüße"
    assert message["Date"].datetime == now
    assert message["Message-ID"].endswith("@acme.com>")
    assert message.get_content().replace("\r\n", "\n") == "Hi Sid,\n\nsee you — Robin\n"
    assert draft.recipients == ("sid@acme.com", "zoe@acme.com")


def test_the_maildir_holds_the_same_mail_marked_as_a_draft(tmp_path: Path, now: datetime) -> None:
    draft = mail_in(tmp_path).compose(Letter(["sid@acme.com"], subject="Notes", body="text"), now)
    (kept,) = drafts(tmp_path)
    assert "D" in kept.get_flags()
    assert kept.get_subdir() == "cur"
    assert kept.as_bytes().replace(b"\n", b"\r\n") == draft.path.read_bytes()
    assert {written.path for written in draft.written} >= {draft.path}
    assert all(written.path.is_file() and written.before is None for written in draft.written)


def test_drafts_of_one_subject_do_not_replace_each_other(tmp_path: Path, now: datetime) -> None:
    mail = mail_in(tmp_path)
    with ThreadPoolExecutor(6) as pool:
        paths = {draft.path for draft in pool.map(lambda _: mail.compose(Letter(["a@b.example"]), now), range(6))}
    assert len(paths) == 6
    assert len(drafts(tmp_path)) == 6


def test_files_are_attached_with_their_types(tmp_path: Path, now: datetime) -> None:
    files = {"report.pdf": b"%PDF-1.4 \x00", "Bild ä.jpg": b"\xff\xd8", "data.unknown7": b"?", "notes.txt": b"caf\xe9"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    letter = Letter(["sid@acme.com"], attachments=[tmp_path / name for name in files])
    parts = list(parsed(mail_in(tmp_path).compose(letter, now).path).iter_attachments())
    assert {part.get_filename(): part.get_payload(decode=True) for part in parts} == files
    types = ["application/pdf", "image/jpeg", "application/octet-stream", "text/plain"]
    assert [part.get_content_type() for part in parts] == types


def test_a_missing_attachment_leaves_no_draft(tmp_path: Path, now: datetime) -> None:
    letter = Letter(["sid@acme.com"], attachments=[tmp_path / "none.pdf"])
    with pytest.raises(ToolError, match=r"cannot attach .*none\.pdf"):
        mail_in(tmp_path).compose(letter, now)
    assert not (tmp_path / "drafts").exists()
    assert not (tmp_path / "mail").exists()


def test_a_drafts_folder_that_cannot_be_written_leaves_nothing_in_the_maildir(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "drafts").write_text("a file where a folder should be")
    with pytest.raises(ToolError, match="cannot write"):
        mail_in(tmp_path).compose(Letter(["sid@acme.com"]), now)
    assert drafts(tmp_path) == []


@pytest.mark.parametrize("text", ["Sid", "", "sid@", "@acme.com", "sid acme.com", "a@b@c", "sid@acme.com\nBcc: x@y.z"])
def test_what_is_no_address_is_refused(tmp_path: Path, now: datetime, text: str) -> None:
    with pytest.raises(ToolError, match="is not an email address") as caught:
        mail_in(tmp_path).compose(Letter([text]), now)
    assert "\n" not in str(caught.value)


def test_an_address_may_carry_a_name_and_an_international_domain(tmp_path: Path, now: datetime) -> None:
    letter = Letter(["Sid Carter <sid@acme.com>", "jo@müller.example", "SID@acme.com"])
    assert mail_in(tmp_path).compose(letter, now).recipients == ("SID@acme.com", "jo@xn--mller-kva.example")


def test_nobody_to_send_to_is_refused(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(ToolError, match="no recipient"):
        mail_in(tmp_path).compose(Letter([]), now)


def test_without_an_address_of_the_users_there_is_no_sender(tmp_path: Path, now: datetime) -> None:
    draft = mail_in(tmp_path, Correspondent("")).compose(Letter(["sid@acme.com"]), now)
    assert "From" not in parsed(draft.path)


@given(subject=ANY_TEXT, name=ANY_TEXT, body=ANY_TEXT)
def test_no_text_can_add_a_header(tmp_path_factory: pytest.TempPathFactory, subject: str, name: str, body: str) -> None:
    folder = tmp_path_factory.mktemp("mail")
    mail = mail_in(folder, Correspondent("robin@acme.com", f"{name}\r\nBcc: x@y.example"))
    letter = Letter(["sid@acme.com"], subject=f"{subject}\r\nBcc: x@y.example\r\n\r\n", body=body)
    message = parsed(mail.compose(letter, datetime(2026, 3, 4).astimezone()).path)
    ours = {"From", "To", "Subject", "Date", "Message-ID", "X-Unsent"}
    assert set(message.keys()) == ours | {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    assert message["To"] == "sid@acme.com"
    assert message["From"].addresses[0].addr_spec == "robin@acme.com"
