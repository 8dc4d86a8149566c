"""Slash commands: which are offered, how they are found, what is none."""

from __future__ import annotations

import pytest

from tinyagent_cli.errors import UsageError
from tinyagent_cli.ui.slash import SlashCommand, SlashCommands


@pytest.fixture
def called() -> list[str]:
    return []


@pytest.fixture
def commands(called: list[str]) -> SlashCommands:
    return SlashCommands(
        (
            SlashCommand("tools", "what there is", lambda rest: called.append(f"tools {rest}")),
            SlashCommand("undo", "", lambda rest: called.append("undo"), lambda: bool(called), idle="nothing is done"),
            SlashCommand("unplug", "pull it", lambda rest: called.append("unplug")),
        )
    )


def test_the_rest_of_the_line_is_handed_on(commands: SlashCommands, called: list[str]) -> None:
    assert commands.run("  /tools  show open_note ")
    assert called == ["tools show open_note"]


def test_the_beginning_of_one_name_will_do(commands: SlashCommands, called: list[str]) -> None:
    assert commands.run("/to")
    assert called == ["tools "]


def test_only_what_makes_sense_now_is_offered(commands: SlashCommands) -> None:
    assert [command.name for command in commands.offered()] == ["tools", "unplug"]
    with pytest.raises(UsageError, match="/undo: nothing is done"):
        commands.run("/undo")
    commands.run("/tools")
    assert [command.name for command in commands.offered()] == ["tools", "undo", "unplug"]


def test_an_unknown_command_names_the_nearest(commands: SlashCommands) -> None:
    with pytest.raises(UsageError, match=r"there is no command /tolos \(did you mean /tools\?\)"):
        commands.run("/tolos")


@pytest.mark.parametrize("line", ["/", "/un", "/xyzzy"])
def test_what_means_no_one_command_points_to_help(commands: SlashCommands, line: str) -> None:
    with pytest.raises(UsageError, match=r"/help|/undo"):
        commands.run(line)


@pytest.mark.parametrize("line", ["email Sid", "/home/ana/report.pdf to Sid", "and / or", "x /tools"])
def test_requests_are_no_commands(commands: SlashCommands, called: list[str], line: str) -> None:
    assert not commands.run(line)
    assert called == []
