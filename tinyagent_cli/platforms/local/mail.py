"""Mail in a Maildir: drafts go to its folder Drafts, and to an `.eml` file that any mail program opens."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from tinyagent_cli.errors import NotFoundError, ToolError
from tinyagent_cli.platforms.base import Correspondent, Draft, Letter, Written
from tinyagent_cli.platforms.local.mail_messages import (
    correspondents,
    forward_of,
    header,
    new_message,
    one_line,
    reply_to,
)
from tinyagent_cli.platforms.local.store import FileStore, os_errors, safe_name

SELECTED = "selected"
"""The file in the Maildir that holds the Message-ID of the selected mail."""

_DATE = re.compile(rb"^date:(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_IDENTIFIER = re.compile(rb"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_LONGEST_HEAD = 64 * 1024


class MaildirMail:
    """The mail in `maildir`, and drafts as files in `drafts`.

    `user` is whom mail comes from; without an address, drafts carry no From, for the mail program to fill in.
    """

    def __init__(self, maildir: Path, drafts: Path, store: FileStore, user: Correspondent) -> None:
        self._maildir = maildir
        self._drafts = drafts
        self._store = store
        self._user = user

    def compose(self, letter: Letter, now: datetime) -> Draft:
        """Save a new mail as a draft."""
        return self._save(new_message(letter, self._user, now), now)

    def sender(self) -> Correspondent:
        """Whom a reply to the selected mail goes to."""
        return correspondents(self._selected())[0]

    def reply(self, letter: Letter, now: datetime) -> Draft:
        """Save an answer to the selected mail as a draft."""
        return self._save(reply_to(self._selected(), letter, self._user, now), now)

    def forward(self, letter: Letter, now: datetime) -> Draft:
        """Save the selected mail, passed on, as a draft."""
        return self._save(forward_of(self._selected(), letter, self._user, now), now)

    def _save(self, message: EmailMessage, now: datetime) -> Draft:
        content = _serialised(message)
        kept = self._to_maildir(content)
        name = f"{now:%Y-%m-%d} {safe_name(header(message, 'Subject'))}"
        try:
            exported = self._store.create(self._drafts / f"{safe_name(name)}.eml", content)
        except ToolError:
            kept.unlink(missing_ok=True)
            raise
        recipients = (*_addresses(message, "To"), *_addresses(message, "Cc"))
        return Draft(exported.path, recipients, header(message, "Subject"), (exported, Written(kept)))

    def _to_maildir(self, content: bytes) -> Path:
        import mailbox

        with os_errors("write", self._maildir), self._store.locked(self._maildir):
            self._maildir.parent.mkdir(parents=True, exist_ok=True)
            folder = mailbox.Maildir(self._maildir, create=True).add_folder("Drafts")
            entry = mailbox.MaildirMessage(content.replace(b"\r\n", b"\n"))
            entry.set_subdir("cur")
            entry.set_flags("DS")
            key = folder.add(entry)
            return next((self._maildir / ".Drafts" / "cur").glob(f"{key}*"))

    def _selected(self) -> EmailMessage:
        """The mail of the selected Message-ID, else the newest one. Raises NotFoundError if there is none."""
        with os_errors("read", self._maildir):
            return BytesParser(policy=policy.default).parsebytes(self._chosen().read_bytes())

    def _chosen(self) -> Path:
        paths = [path for sub in ("new", "cur") for path in sorted((self._maildir / sub).glob("[!.]*"))]
        if not paths:
            raise NotFoundError(f"there is no mail in {self._maildir}", hint="set mail.maildir to your Maildir")
        selection = self._maildir / SELECTED
        if not selection.is_file():
            return max(paths, key=_date)
        wanted = selection.read_text(encoding="utf-8", errors="replace").strip()
        for path in paths:
            if _identifier(path) == wanted:
                return path
        hint = f"select another, or remove {selection} to use the newest"
        raise NotFoundError(f"the selected mail {one_line(wanted)} is not in {self._maildir}", hint=hint)


def _serialised(message: EmailMessage) -> bytes:
    try:
        return message.as_bytes(policy=policy.SMTP)
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # a damaged part of a mail passed on
        subject = header(message, "Subject")
        raise ToolError(f'the mail "{subject}" cannot be written: {error}', hint="write a new mail instead") from error


def _addresses(message: EmailMessage, field: str) -> tuple[str, ...]:
    found = message.get(field)
    return tuple(address.addr_spec for address in found.addresses) if found else ()


def _head(path: Path) -> bytes:
    """The headers of a mail, without reading what may be megabytes of body."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_HEAD)
    return re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]


def _identifier(path: Path) -> str:
    found = _IDENTIFIER.search(_head(path))
    return found.group(1).decode("ascii", errors="replace") if found else ""


def _date(path: Path) -> datetime:
    """When a mail was written; when it arrived, if it does not say so."""
    found = _DATE.search(_head(path))
    try:
        written = parsedate_to_datetime(found.group(1).decode("ascii") if found else "")
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    return written if written.tzinfo else written.replace(tzinfo=timezone.utc)
