"""Every built-in tool is declared as its function is written."""

import pytest

from tinyagent_cli.tools.kinds.python import PythonRunner, load_function
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.spec import Tool
from tinyagent_cli.tools.toolfile import read_tool_file


@pytest.mark.parametrize("tool", read_tool_file(builtin_tool_file(), builtin=True).values(), ids=lambda tool: tool.name)
def test_the_function_takes_the_declared_parameters(tool: Tool) -> None:
    assert isinstance(tool.runner, PythonRunner)
    function, wants_context = load_function(tool.runner)
    assert wants_context
    assert function.__name__ == tool.name
