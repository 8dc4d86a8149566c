from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.platforms.local.store import FileStore

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 9, 30, tzinfo=BERLIN)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)
