"""A tools.toml written for a test."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tinyagent_cli.tools.spec import Tool
from tinyagent_cli.tools.toolfile import read_tool_file


@pytest.fixture
def write_tools(tmp_path: Path) -> Callable[..., Path]:
    """Write a tools.toml, and modules beside it: `write_tools(text, my_tools="def ...")`."""

    def write(text: str, **modules: str) -> Path:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        path = tmp_path / "tools.toml"
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def only_tool(write_tools: Callable[..., Path]) -> Callable[..., Tool]:
    """The one tool that a tools.toml declares."""

    def read(text: str, **modules: str) -> Tool:
        (tool,) = read_tool_file(write_tools(text, **modules)).values()
        return tool

    return read
