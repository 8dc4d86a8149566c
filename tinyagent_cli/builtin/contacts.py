"""Looking people up."""

from __future__ import annotations

from tinyagent_cli.builtin.outcomes import listed
from tinyagent_cli.platforms.base import Found
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def get_phone_number(context: ToolContext, *, name: str) -> Outcome:
    """The number of a contact, or the list of a group's numbers."""
    return _outcome(context.platform.contacts.phone_number(name))


def get_email_address(context: ToolContext, *, name: str) -> Outcome:
    """The address of a contact, or the list of a group's addresses."""
    return _outcome(context.platform.contacts.email_address(name))


def _outcome(found: Found) -> Outcome:
    values = found.value if isinstance(found.value, list) else [found.value]
    remark = f" ({found.remark})" if found.remark else ""
    return Outcome(found.value, f"{found.who}: {listed(values)}{remark}")
