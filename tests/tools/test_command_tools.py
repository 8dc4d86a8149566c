"""Programs as tools: values are single arguments or input, and never reach a shell."""

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.cancellation import Cancellation, cancelled_by
from tinyagent_cli.tools.kinds.command import command_runner, run_program

CONTEXT: Any = None
SHOW = "import json, sys; print(json.dumps(sys.argv[1:]))"
HERE = Path()


def shown(arguments: list[str], **values: Any) -> list[str]:
    """The arguments that a program receives."""
    import json

    runner = command_runner("show", [sys.executable, "-c", SHOW, "--", *arguments], None, tuple(values), HERE)
    found: list[str] = json.loads(runner(CONTEXT, **values).value)
    return found[1:]


def test_values_are_filled_in() -> None:
    values = {"name": "Sid", "to": ["a", "b"], "count": 3, "loud": True, "rate": 0.5}
    assert shown(["{name}", "--to={to}", "{count}", "{loud}", "{rate}", "{{name}}", "x{name}y{name}"], **values) == [
        "Sid", "--to=a", "--to=b", "3", "true", "0.5", "{name}", "xSidySid",
    ]  # fmt: skip


def test_an_empty_text_is_an_argument_and_an_empty_list_is_none() -> None:
    assert shown(["{name}", "{to}", "end"], name="", to=[]) == ["", "end"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.lists(
        st.sampled_from(["$(touch x)", "`id`", "; rm", "'", '"', "{name}", "\n", "%s", "é", "-", " ", "\\"])
    ).map("".join)
)
def test_no_text_leaves_its_argument(text: str) -> None:
    assert shown(["{name}", "end"], name=text) == [text, "end"]


def test_a_value_cannot_become_an_option() -> None:
    runner = command_runner("list", ["ls", "{folder}"], None, ("folder",), HERE)
    with pytest.raises(ToolError, match=r"list: '--version' would be read as an option \(write \"--\" before"):
        runner(CONTEXT, folder="--version")
    with pytest.raises(ToolError, match="would be read as an option"):
        runner(CONTEXT, folder=["/", "-R"])
    joined = command_runner("echo", ["echo", "text={text}", "{count}"], None, ("text", "count"), HERE)
    assert joined(CONTEXT, text="--version", count=-1).value == "text=--version -1"


def test_the_input_can_be_a_value() -> None:
    runner = command_runner("shout", ["tr", "a-z", "A-Z"], "To {name}: {text}", ("name", "text"), HERE)
    assert runner(CONTEXT, name="Sid", text="hello\n").value == "TO SID: HELLO"


def test_a_program_that_does_not_read_its_input_is_no_error() -> None:
    assert run_program(["true"], "x" * 1_000_000, tool="ignore") == ""


def test_without_an_input_it_ends_at_once() -> None:
    assert run_program(["cat"], tool="cat") == ""


def test_a_failure_gives_the_last_line_of_standard_error() -> None:
    with pytest.raises(ToolError) as raised:
        run_program(["sh", "-c", "echo out; echo first >&2; echo the disk is full >&2; exit 4"], tool="save")
    assert str(raised.value) == "save: sh failed: the disk is full"
    with pytest.raises(ToolError, match="save: sh failed: exit status 4"):
        run_program(["sh", "-c", "exit 4"], tool="save")
    with pytest.raises(ToolError, match="save: sh failed: ended by signal 9"):
        run_program(["sh", "-c", "kill -9 $$"], tool="save")


def test_output_that_is_not_utf8_is_read_as_well_as_can_be() -> None:
    assert run_program(["printf", r"caf\351"], tool="print") == "caf\N{REPLACEMENT CHARACTER}"


def test_programs_that_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="save: there is no program no-such-program"):
        run_program(["no-such-program"], tool="save")
    with pytest.raises(ToolError, match=r"save: cannot start .*: Permission denied"):
        run_program([str(tmp_path)], tool="save")
    with pytest.raises(ToolError, match="save: cannot start echo: embedded null byte"):
        run_program(["echo", "a\0b"], tool="save")


def test_a_relative_program_stands_beside_the_file(only_tool, tmp_path: Path) -> None:
    script = tmp_path / "hello.sh"
    script.write_text("#!/bin/sh\necho hello $1\n")
    script.chmod(0o755)
    tool = only_tool(
        """
        [tools.hello]
        description = "Says hello."
        effect = "read"
        command = ["./hello.sh", "{name}"]
        timeout = 2.5
        parameters.name = { type = "str" }
        """
    )
    assert tool.runner(CONTEXT, name="Sid").value == "hello Sid"
    assert tool.timeout == 2.5


def test_a_cancelled_call_kills_its_program_even_if_that_came_first() -> None:
    early, late = Cancellation(), Cancellation()
    early.cancel()
    threading.Timer(0.1, late.cancel).start()
    for cancellation in (early, late):
        with cancelled_by(cancellation), pytest.raises(ToolError, match="ended by signal 9"):
            run_program(["sleep", "60"], tool="sleep")
