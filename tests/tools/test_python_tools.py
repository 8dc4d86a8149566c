"""A user's own Python function, found beside the tools.toml that declares it."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.spec import Change, Outcome
from tinyagent_cli.tools.toolfile import read_tool_file

GREET = """
    [tools.greet]
    description = "Greets."
    effect = "read"
    python = "my_tools:greet"
    parameters.name = { type = "str" }
    parameters.times = { type = "int", required = false }
"""
CONTEXT: Any = object()


@pytest.fixture(autouse=True)
def same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_plain_function_gives_a_value(only_tool) -> None:
    tool = only_tool(GREET, my_tools="def greet(name, times):\n    return [f'Hello {name}'] * times")
    assert tool.runner(CONTEXT, name="Sid", times=2) == Outcome(["Hello Sid", "Hello Sid"])


def test_a_first_parameter_that_is_not_declared_is_the_context(only_tool) -> None:
    tool = only_tool(GREET, my_tools="def greet(context, name, times):\n    return context")
    assert tool.runner(CONTEXT, name="Sid", times=2).value is CONTEXT


def test_a_parameter_may_be_called_context(only_tool) -> None:
    text = GREET.replace("parameters.name", "parameters.context")
    plain = only_tool(text, my_tools="def greet(context, times):\n    return context")
    assert plain.runner(CONTEXT, context="a text", times=1).value == "a text"
    both = only_tool(
        text.replace("my_tools", "others"), others="def greet(tools, /, context, times):\n    return tools"
    )
    assert both.runner(CONTEXT, context="a text", times=1).value is CONTEXT


def test_an_outcome_is_passed_on(only_tool) -> None:
    tool = only_tool(
        GREET,
        my_tools="""
        from pathlib import Path
        from tinyagent_cli.tools.spec import Change, Outcome
        def greet(name, times=1, loud=False):
            return Outcome(name, "Greeted", changes=[Change(Path("a"))])
        """,
    )
    assert tool.runner(CONTEXT, name="Sid", times=1) == Outcome("Sid", "Greeted", changes=[Change(Path("a"))])


def test_nothing_is_imported_before_the_first_run(only_tool, tmp_path: Path) -> None:
    tool = only_tool(
        GREET,
        my_tools="from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\ndef greet(name, times): ...",
    )
    assert not (tmp_path / "my_tools.ran").exists()
    assert tool.runner(CONTEXT, name="Sid", times=1).value is None
    assert (tmp_path / "my_tools.ran").exists()


def test_modules_of_one_name_in_two_folders_do_not_mix(tmp_path: Path) -> None:
    values = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        (folder / "tools.toml").write_text("\n".join(line.strip() for line in GREET.splitlines()))
        (folder / "helper.py").write_text("PUNCTUATION = '!'")
        (folder / "my_tools.py").write_text(
            f"import helper\ndef greet(name, times): return '{folder.name}' + helper.PUNCTUATION"
        )
        tool = read_tool_file(folder / "tools.toml")["greet"]
        values.append(tool.runner(CONTEXT, name="Sid", times=1).value)
    assert values == ["one!", "two!"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def greet(name, times) return 1", "greet: cannot import my_tools: SyntaxError"),
        ("import no_such_module", "greet: cannot import my_tools: ModuleNotFoundError"),
        ("def hello(name, times): ...", "greet: my_tools has no function greet"),
        ("greet = 3", "greet: my_tools has no function greet"),
        ("async def greet(name, times): ...", "greet: greet is async"),
        ("def greet(context, name): ...", "greet does not take the declared parameters: .*times"),
        ("def greet(name, times, place): ...", "greet does not take the declared parameters: .*place"),
    ],
)
def test_mistakes_are_one_clear_error(source: str, problem: str, only_tool) -> None:
    tool = only_tool(GREET, my_tools=source)
    with pytest.raises(ToolError, match=problem):
        tool.runner(CONTEXT, name="Sid", times=1)


def test_a_module_that_is_not_there(only_tool) -> None:
    tool = only_tool(GREET.replace("my_tools", "no_such_module"))
    with pytest.raises(ToolError, match="cannot import no_such_module: ModuleNotFoundError"):
        tool.runner(CONTEXT, name="Sid", times=1)


def test_what_the_function_raises_comes_through(only_tool) -> None:
    tool = only_tool(GREET, my_tools="def greet(name, times):\n    return 1 / 0")
    with pytest.raises(ZeroDivisionError):
        tool.runner(CONTEXT, name="Sid", times=1)
