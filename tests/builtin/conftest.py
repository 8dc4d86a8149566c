from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli import samples
from tinyagent_cli.config import Config, FilesConfig, MapsConfig, MessagesConfig, UserConfig
from tinyagent_cli.platforms import load_platform
from tinyagent_cli.tools.context import ToolContext


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., ToolContext]:
    """Makes a context on sample data; keyword arguments are those of a Config."""

    def make(**settings: object) -> ToolContext:
        samples.install(tmp_path)
        defaults: dict[str, object] = {
            "user": UserConfig(samples.USER_NAME, samples.USER_EMAIL),
            "files": FilesConfig((tmp_path / "files",)),
            "messages": MessagesConfig(),
            "maps": MapsConfig(),
        }
        config = Config(data_dir=tmp_path, **{**defaults, **settings})  # type: ignore[arg-type]
        now = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        return ToolContext(load_platform(config), config, now)

    return make


@pytest.fixture
def context(make_context: Callable[..., ToolContext]) -> ToolContext:
    return make_context()
