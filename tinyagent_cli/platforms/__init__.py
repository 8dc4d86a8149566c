"""Where the built-in tools act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyagent_cli.errors import ConfigError

if TYPE_CHECKING:
    from tinyagent_cli.config import Config
    from tinyagent_cli.platforms.base import Platform


def load_platform(config: Config) -> Platform:
    """The platform named by `config.platform`. Raises ConfigError if there is none of that name."""
    if config.platform != "local":
        raise ConfigError(f'there is no platform "{config.platform}"', hint='set platform to "local"')
    from tinyagent_cli.platforms.local import local_platform

    return local_platform(config)
