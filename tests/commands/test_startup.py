"""`--help` and `--version` start at once: they import nothing heavy. And the shell can complete."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

HEAVY = (
    "asyncio",
    "httpx",
    "icalendar",
    "networkx",
    "numpy",
    "onnxruntime",
    "platformdirs",
    "prompt_toolkit",
    "pydantic",
    "rich",
    "tokenizers",
    "tomlkit",
    "torch",
    "vobject",
    "xllamacpp",
)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_nothing_heavy_is_imported(option: str, environment: dict[str, str]) -> None:
    code = (
        "import sys, tinyagent_cli.app as a\n"
        f"sys.argv = ['tinyagent', {option!r}]\n"
        "try: a.main()\nexcept SystemExit as e: assert not e.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment, timeout=60
    )
    assert done.stderr.strip() == "[]"


def test_help_names_commands_options_and_exit_statuses(cli: Callable[..., Any]) -> None:
    text = cli("--help").stdout
    for word in ("doctor", "--dry-run", "--sandbox", "130  interrupted", "5  the model is missing"):
        assert word in text


@pytest.mark.parametrize("command", ["ask", "plan", "tools", "config", "doctor", "undo", "data", "train", "eval"])
def test_each_command_has_its_help(cli: Callable[..., Any], command: str) -> None:
    done = cli(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")


def test_completion_of_commands_and_options(cli: Callable[..., Any]) -> None:
    shown = cli("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "_TINYAGENT_COMPLETE" in shown.stdout
    commands = cli(_TINYAGENT_COMPLETE="complete_bash", COMP_WORDS="tinyagent do", COMP_CWORD="1")
    assert commands.stdout.split() == ["doctor"]
    options = cli(_TINYAGENT_COMPLETE="complete_bash", COMP_WORDS="tinyagent plan --ba", COMP_CWORD="2")
    assert options.stdout.split() == ["--batch"]
