"""The built-in tools' signatures, as tools.toml declares them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.tools.toolfile import read_tool_file

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def builtin() -> Signatures:
    tools = read_tool_file(ROOT / "tools.toml", builtin=True)
    return {name: tool.signature for name, tool in tools.items()}
