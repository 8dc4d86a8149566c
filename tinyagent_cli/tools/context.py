"""What a running tool may know of its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tinyagent_cli.config import Config
    from tinyagent_cli.platforms.base import Platform


@dataclass(frozen=True)
class ToolContext:
    """The platform the built-in tools act on, the settings, and the user's "now" (aware, local zone)."""

    platform: Platform
    config: Config
    now: datetime
