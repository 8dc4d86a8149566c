"""Links to places and ways."""

from __future__ import annotations

from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def maps_open_location(context: ToolContext, *, location: str) -> Outcome:
    """A link to a place."""
    return _link(context, context.platform.maps.place(location), f"Map of {location}")


def maps_show_directions(context: ToolContext, *, start_location: str, end_location: str, transport: str) -> Outcome:
    """A link to the way to a place."""
    url = context.platform.maps.directions(start_location, end_location, transport)
    return _link(context, url, f"Way from {start_location or 'here'} to {end_location}")


def _link(context: ToolContext, url: str, what: str) -> Outcome:
    return Outcome(url, f"{what}: {url}", show=url if context.config.maps.open else "")
