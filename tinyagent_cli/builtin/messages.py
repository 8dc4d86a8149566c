"""Sending text messages."""

from __future__ import annotations

from tinyagent_cli.builtin.outcomes import done, listed, quoted
from tinyagent_cli.tools.cancellation import current_cancellation
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def send_sms(context: ToolContext, *, recipients: list[str], message: str) -> Outcome:
    """Hand a message to the gateway; without one it is kept as a draft, and the summary says so."""
    stoppable = current_cancellation().calling
    delivery = context.platform.messages.send(recipients, message, context.now, stoppable)
    what, whom = f"Text message {quoted(message)}", listed(delivery.recipients)
    if delivery.sent:
        return done(f"{what} sent to {whom}")
    unsent = f"not sent: saved as {delivery.written.path}; set messages.gateway to the command that sends"
    return done(f"{what} to {whom} {unsent}", delivery.written)
