"""Sample contacts, notes, files, mail and a calendar, for trying things out without touching anything real."""

from __future__ import annotations

import shutil
from pathlib import Path

from tinyagent_cli.platforms.local.store import os_errors

USER_NAME = "Robin Ellis"
USER_EMAIL = "robin@acme.com"
"""Whom the sample data belongs to."""

_FOLDERS = ("contacts", "notes", "files", "calendars")


def install(data_dir: Path) -> None:
    """Copy the samples into a data folder, its `mail` being the Maildir. What is there already stays as it is.

    Raises ToolError if the folder cannot be written.
    """
    samples = Path(__file__).parent
    with os_errors("write", data_dir):
        for folder in _FOLDERS:
            _copy(samples / folder, data_dir / folder)
        if not (data_dir / "mail").exists():
            _deliver(samples / "mailbox", data_dir / "mail")


def _copy(folder: Path, target: Path) -> None:
    for source in sorted(folder.rglob("*")):
        copy = target / source.relative_to(folder)
        if source.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)


def _deliver(mails: Path, maildir: Path) -> None:
    import mailbox

    inbox = mailbox.Maildir(maildir, create=True)
    for mail in sorted(mails.glob("*.eml")):
        inbox.add(mail.read_bytes())
