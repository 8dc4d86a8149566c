"""Setting up video meetings."""

from __future__ import annotations

from tinyagent_cli.builtin.outcomes import moment, quoted, said
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def get_zoom_meeting_link(
    context: ToolContext, *, topic: str, start_time: str, duration: int, meeting_invitees: list[str]
) -> Outcome:
    """Schedule a Zoom meeting; gives the link to join it. Without a start it starts now."""
    start = moment(start_time, context) or context.now
    link = context.platform.meetings.create(topic, start, duration, meeting_invitees)
    return Outcome(link, f"Zoom meeting {quoted(topic)} on {said(start)}: {link}")
