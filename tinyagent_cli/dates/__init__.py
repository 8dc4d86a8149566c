"""Times as people say them, resolved against "now" and its time zone."""

from tinyagent_cli.dates.arguments import resolve_call
from tinyagent_cli.dates.moment import Moment, describe, iso
from tinyagent_cli.dates.resolver import resolve, resolve_end, resolve_range
from tinyagent_cli.dates.spans import duration

__all__ = ["Moment", "describe", "duration", "iso", "resolve", "resolve_call", "resolve_end", "resolve_range"]
