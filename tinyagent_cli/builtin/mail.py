"""Drafting mail: new ones, replies and forwards. What the user wants said comes as `context`, the published name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tinyagent_cli.assistants.mail_writer import subject_from, write_mail
from tinyagent_cli.builtin.outcomes import done, listed, quoted
from tinyagent_cli.platforms.base import Draft, Letter
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def compose_new_email(
    surroundings: ToolContext,
    /,
    *,
    recipients: list[str],
    cc: list[str],
    subject: str,
    context: str,
    attachments: list[str],
) -> Outcome:
    """Draft a new mail: the user's words in a plain frame."""
    files = _files(attachments)
    body = write_mail(context, _names(surroundings, recipients), surroundings.config.user.name)
    letter = Letter(recipients, cc, subject.strip() or subject_from(context, files), body, files)
    return _saved("Draft", surroundings.platform.mail.compose(letter, surroundings.now))


def reply_to_email(surroundings: ToolContext, /, *, cc: list[str], context: str, attachments: list[str]) -> Outcome:
    """Draft a reply to the selected mail, which is quoted below."""
    mail, user = surroundings.platform.mail, surroundings.config.user.name
    sender = mail.sender()
    name = next(iter(_names(surroundings, [sender.address])), "") or sender.name
    letter = Letter(cc=cc, body=write_mail(context, [name], user), attachments=_files(attachments))
    return _saved("Reply", mail.reply(letter, surroundings.now))


def forward_email(
    surroundings: ToolContext, /, *, recipients: list[str], cc: list[str], context: str, attachments: list[str]
) -> Outcome:
    """Draft the selected mail, passed on with what is attached to it."""
    names = _names(surroundings, recipients)
    body = write_mail(context, names, surroundings.config.user.name) if context.strip() else ""
    letter = Letter(recipients, cc, body=body, attachments=_files(attachments))
    return _saved("Forward", surroundings.platform.mail.forward(letter, surroundings.now))


def _names(surroundings: ToolContext, addresses: Sequence[str]) -> list[str]:
    return [surroundings.platform.contacts.name_of(address) for address in addresses]


def _files(attachments: Sequence[str]) -> list[Path]:
    return [Path(path).expanduser() for path in attachments]


def _saved(kind: str, draft: Draft) -> Outcome:
    summary = f"{kind} to {listed(draft.recipients)}: {quoted(draft.subject)} saved as {draft.path}"
    return done(summary, *draft.written)
