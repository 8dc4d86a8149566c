"""Making RFC 5322 messages: new ones, replies and forwards. Pure: nothing is read or written but attachments."""

from __future__ import annotations

import mimetypes
import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses, make_msgid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Correspondent, Letter
from tinyagent_cli.platforms.local.addresses import email_addresses
from tinyagent_cli.platforms.local.store import os_errors, storable

_REPLY_MARK = re.compile(r"\s*re(\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD_MARK = re.compile(r"\s*(fwd?|fw)\s*:", re.IGNORECASE)
_LARGEST_ATTACHMENT = 25 * 1024 * 1024


def new_message(letter: Letter, sender: Correspondent, now: datetime) -> EmailMessage:
    """A message with everything RFC 5322 asks for. Raises ToolError on what is no address or cannot be attached."""
    recipients = email_addresses(letter.recipients)
    if not recipients:
        raise ToolError("the mail has no recipient", hint="say whom it goes to")
    message = EmailMessage(policy=policy.SMTP)
    if sender.address:
        message["From"] = Address(one_line(sender.name), addr_spec=sender.address)
    message["To"] = ", ".join(recipients)
    copies = [address for address in email_addresses(letter.cc) if address not in recipients]
    if copies:
        message["Cc"] = ", ".join(copies)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.address.rpartition("@")[2] or "tinyagent.invalid")
    # mail programs open a file with this mark for editing rather than for reading
    message["X-Unsent"] = "1"
    message.set_content(storable(letter.body).rstrip() + "\n")
    for path in letter.attachments:
        _attach(message, path)
    return message


def reply_to(original: EmailMessage, letter: Letter, sender: Correspondent, now: datetime) -> EmailMessage:
    """An answer to the sender of `original`, threaded below it, with its text quoted."""
    subject = header(original, "Subject")
    answer = Letter(
        [sender.address for sender in correspondents(original)],
        letter.cc,
        subject if _REPLY_MARK.match(subject) else f"Re: {subject}".strip(),
        f"{letter.body.rstrip()}\n\n{_quoted(original)}".lstrip("\n"),
        letter.attachments,
    )
    message = new_message(answer, sender, now)
    _thread(message, original)
    if _identifier(original):
        message["In-Reply-To"] = _identifier(original)
    return message


def forward_of(original: EmailMessage, letter: Letter, sender: Correspondent, now: datetime) -> EmailMessage:
    """`original` passed on below the user's words, with everything that is attached to it."""
    subject = header(original, "Subject")
    passed_on = Letter(
        letter.recipients,
        letter.cc,
        subject if _FORWARD_MARK.match(subject) else f"Fwd: {subject}".strip(),
        f"{letter.body.rstrip()}\n\n{_forwarded(original)}".lstrip("\n"),
        letter.attachments,
    )
    message = new_message(passed_on, sender, now)
    _thread(message, original)
    parts = list(original.iter_attachments())
    if parts and not message.is_multipart():
        message.make_mixed()
    for part in parts:
        message.attach(part)
    return message


def correspondents(message: EmailMessage) -> list[Correspondent]:
    """Whom an answer goes to: Reply-To where the sender set one, else From; ToolError if there is neither."""
    for field in ("Reply-To", "From"):
        pairs = getaddresses([header(message, field)])
        if any("@" in address for _, address in pairs):
            return [Correspondent(address, name) for name, address in pairs if "@" in address]
    raise ToolError(f'the mail "{header(message, "Subject")}" has no sender to reply to', hint="write a new mail")


def header(message: EmailMessage, field: str) -> str:
    """A header on one line; nothing if it is missing or damaged."""
    try:
        return one_line(str(message.get(field, "")))
    except Exception:  # the parser of headers raises nearly anything on damaged ones
        return ""


def one_line(text: str) -> str:
    """Text that cannot end a header and begin another."""
    return " ".join(storable(text).split())


def _attach(message: EmailMessage, path: Path) -> None:
    with os_errors("attach", path):
        if not path.is_file():
            raise ToolError(f"cannot attach {path}: there is no such file", hint="find the file first")
        if path.stat().st_size > _LARGEST_ATTACHMENT:
            limit = _LARGEST_ATTACHMENT // 1024 // 1024
            raise ToolError(f"cannot attach {path}: it is larger than {limit} MB", hint="send a link instead")
        content = path.read_bytes()
    kind, encoding = mimetypes.guess_type(path.name)
    main, _, sub = (kind if kind and not encoding else "application/octet-stream").partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=one_line(path.name))


def _thread(message: EmailMessage, original: EmailMessage) -> None:
    """Set References as RFC 5322 (3.6.4) says: those of the original, then the original itself."""
    if _identifier(original):
        earlier = header(original, "References") or header(original, "In-Reply-To")
        identifiers = dict.fromkeys([*re.findall(r"<[^<>\s]+>", earlier), _identifier(original)])
        message["References"] = " ".join(identifiers)


def _identifier(message: EmailMessage) -> str:
    found = re.search(r"<[^<>\s]+>", header(message, "Message-ID"))
    return found.group() if found else ""


def _quoted(original: EmailMessage) -> str:
    lines = text_of(original).splitlines()
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    date, sender = header(original, "Date"), header(original, "From")
    return f"On {date}, {sender} wrote:\n{quoted}" if date else f"{sender} wrote:\n{quoted}"


def _forwarded(original: EmailMessage) -> str:
    fields = [(field, header(original, field)) for field in ("From", "Date", "Subject", "To", "Cc")]
    block = "\n".join(f"{field}: {value}" for field, value in fields if value)
    return f"---------- Forwarded message ----------\n{block}\n\n{text_of(original)}"


def text_of(message: EmailMessage) -> str:
    """The readable text of a message, from its HTML if it has no plain text."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = _decoded(cast(EmailMessage, body))
    if body.get_content_type() == "text/html":
        reader = _TextOfHtml()
        reader.feed(content)
        content = reader.text()
    return content.replace("\r\n", "\n").strip()


def _decoded(part: EmailMessage) -> str:
    try:
        return str(part.get_content(errors="replace"))
    except (LookupError, ValueError):  # a character set nobody knows
        payload: Any = part.get_payload(decode=True)
        return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""


class _TextOfHtml(HTMLParser):
    """Collects what a reader of a page would see."""

    _UNSEEN = frozenset({"script", "style", "head", "title"})
    _BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in self._UNSEEN
        if tag in self._BREAKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self._UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """The lines seen, none empty."""
        lines = (line.strip() for line in "".join(self._parts).splitlines())
        return "\n".join(line for line in lines if line)
