"""The built-in tools' signatures, as tools.toml declares them."""

from __future__ import annotations

import pytest

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file


@pytest.fixture(scope="session")
def builtin() -> Signatures:
    tools = read_tool_file(builtin_tool_file(), builtin=True)
    return {name: tool.signature for name, tool in tools.items()}
