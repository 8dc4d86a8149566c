"""Replies and forwards: on the right mail, to the right people, in the right thread."""

from __future__ import annotations

import mailbox
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tinyagent_cli.errors import NotFoundError, ToolError
from tinyagent_cli.platforms.base import Correspondent, Letter
from tinyagent_cli.platforms.local.mail import SELECTED, MaildirMail
from tinyagent_cli.platforms.local.store import FileStore

FIRST = b"""From: Priya Nair <priya@acme.com>
To: robin@acme.com
Subject: Customer day
Date: Tue, 3 Mar 2026 23:30:00 -0800
Message-ID: <one@acme.com>

Which day shall I book?
"""
SECOND = b"""From: Sid Carter <sid@acme.com>
To: robin@acme.com
Subject: RE: Print contract
Date: Wed, 4 Mar 2026 08:05:00 +0100
Message-ID: <two@acme.com>
In-Reply-To: <root@acme.com>
References: <root@acme.com>
 <middle@acme.com>
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Fine with 30 days?
> earlier words
Gr\xc3\xbc\xc3\x9fe
--b
Content-Type: application/pdf; name="terms.pdf"
Content-Disposition: attachment; filename="terms.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--b--
"""


def inbox(folder: Path, *mails: bytes) -> MaildirMail:
    maildir = mailbox.Maildir(folder / "mail")
    for mail in mails:
        maildir.add(mail)
    return MaildirMail(folder / "mail", folder / "drafts", FileStore(folder), Correspondent("robin@acme.com", "Robin"))


def parsed(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_reply_goes_to_the_sender_of_the_newest_mail(tmp_path: Path, now: datetime) -> None:
    mail = inbox(tmp_path, SECOND, FIRST)  # the first was written later, in California
    assert mail.sender() == Correspondent("priya@acme.com", "Priya Nair")
    message = parsed(mail.reply(Letter(body="The 12th."), now).path)
    assert message["To"] == "priya@acme.com"
    assert message["Subject"] == "Re: Customer day"
    assert message["In-Reply-To"] == message["References"] == "<one@acme.com>"
    introduction = "On Tue, 03 Mar 2026 23:30:00 -0800, Priya Nair <priya@acme.com> wrote:"
    assert text(message) == f"The 12th.\n\n{introduction}\n> Which day shall I book?\n"


def test_a_reply_continues_the_thread(tmp_path: Path, now: datetime) -> None:
    message = parsed(inbox(tmp_path, SECOND).reply(Letter(cc=["zoe@acme.com"], body="Yes."), now).path)
    assert message["Subject"] == "RE: Print contract"
    assert message["In-Reply-To"] == "<two@acme.com>"
    assert message["References"] == "<root@acme.com> <middle@acme.com> <two@acme.com>"
    assert message["Cc"] == "zoe@acme.com"
    assert "> Fine with 30 days?\n>> earlier words\n> Grüße\n" in text(message)
    assert list(message.iter_attachments()) == []


def test_the_selected_mail_comes_before_the_newest(tmp_path: Path, now: datetime) -> None:
    mail = inbox(tmp_path, FIRST, SECOND)
    (tmp_path / "mail" / SELECTED).write_text("<two@acme.com>\n")
    assert parsed(mail.reply(Letter(body="Yes."), now).path)["To"] == "sid@acme.com"
    (tmp_path / "mail" / SELECTED).write_text("<gone@acme.com>\n")
    with pytest.raises(NotFoundError, match=r"<gone@acme\.com>"):
        mail.reply(Letter(body="Yes."), now)


def test_the_sender_may_ask_for_answers_elsewhere(tmp_path: Path, now: datetime) -> None:
    elsewhere = b"Reply-To: Desk <desk@acme.com>, ops@acme.com\n" + FIRST
    assert inbox(tmp_path, elsewhere).reply(Letter(body="x"), now).recipients == ("desk@acme.com", "ops@acme.com")


def test_a_forward_carries_the_text_and_what_was_attached(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "own.txt").write_text("mine")
    letter = Letter(["lutfi@acme.com"], body="Please look.", attachments=[tmp_path / "own.txt"])
    message = parsed(inbox(tmp_path, SECOND).forward(letter, now).path)
    assert message["To"] == "lutfi@acme.com"
    assert message["Subject"] == "Fwd: RE: Print contract"
    assert "In-Reply-To" not in message
    body = text(message)
    assert body.startswith("Please look.\n\n---------- Forwarded message ----------\nFrom: Sid Carter <sid@acme.com>\n")
    assert "Fine with 30 days?" in body
    attached = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert attached == {"own.txt": b"mine", "terms.pdf": b"%PDF-1.4"}


def test_a_forward_of_what_is_attached_keeps_it_byte_for_byte(tmp_path: Path, now: datetime) -> None:
    message = parsed(inbox(tmp_path, SECOND).forward(Letter(["lutfi@acme.com"]), now).path)
    (part,) = message.iter_attachments()
    assert part.get_payload(decode=True) == b"%PDF-1.4"
    assert text(message).startswith("---------- Forwarded message")


def test_a_mail_in_html_is_quoted_as_text(tmp_path: Path, now: datetime) -> None:
    html = b"From: a@b.example\nMessage-ID: <h@b.example>\nContent-Type: text/html; charset=utf-8\n\n"
    html += b"<html><head><style>p{}</style></head><p>One &amp; two</p><script>bad()</script><p>three</p></html>"
    assert text(parsed(inbox(tmp_path, html).reply(Letter(body="x"), now).path)).endswith("> One & two\n> three\n")


@pytest.mark.parametrize(
    "mail",
    [
        b"From: a@b.example\n\nno identifier, no date",
        b"From: a@b.example\nDate: yesterday\nSubject: =?x-unknown?B?////?=\nMessage-ID: broken\n\n\xff\xfe",
        b"From: a@b.example\nContent-Type: text/plain; charset=no-such-set\n\ntext \xe9",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\nno parts at all",
        b"From: a@b.example\nSubject: a\n b\n c\nReferences: rubbish <x@y> more\nMessage-ID: <z@y>\n\ntext",
    ],
)
def test_damaged_mail_can_be_answered_and_passed_on(tmp_path: Path, now: datetime, mail: bytes) -> None:
    box = inbox(tmp_path, mail)
    assert parsed(box.reply(Letter(body="Yes."), now).path)["To"] == "a@b.example"
    assert parsed(box.forward(Letter(["c@d.example"]), now).path)["To"] == "c@d.example"


def test_a_mail_without_a_sender_cannot_be_answered(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(ToolError, match="no sender"):
        inbox(tmp_path, b"Subject: x\n\ntext").reply(Letter(body="Yes."), now)


def test_drafts_are_not_answered(tmp_path: Path, now: datetime) -> None:
    mail = inbox(tmp_path)
    mail.compose(Letter(["sid@acme.com"], subject="mine"), now)
    with pytest.raises(NotFoundError, match="there is no mail"):
        mail.reply(Letter(body="x"), now)
