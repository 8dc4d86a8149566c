"""`tinyagent config` and `tinyagent tools`: looking at settings and changing them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMENTED = '# mine\nmodel = "embedded"  # the small one\n\n[tools]\n# not now\ndisabled = ["send_sms"]\n'


@pytest.fixture
def config_file(home: Path) -> Path:
    (home / "config").mkdir()
    return home / "config" / "config.toml"


def test_path(cli: Callable[..., Any], config_file: Path) -> None:
    assert cli("config", "path").stdout.strip() == str(config_file)


def test_set_keeps_comments_and_shows_where_a_value_comes_from(cli: Callable[..., Any], config_file: Path) -> None:
    config_file.write_text(COMMENTED)
    assert cli("config", "set", "user.email", "me@example.com").returncode == 0
    assert cli("config", "set", "execution.retries", "0").returncode == 0
    text = config_file.read_text()
    assert text.startswith(COMMENTED)
    shown = json.loads(cli("config", "show", "--json", TINYAGENT_OPENAI_API_KEY="sk-1").stdout)
    assert shown["user.email"] == {"value": "me@example.com", "from": str(config_file)}
    assert shown["execution.retries"]["value"] == 0
    assert shown["openai.api_key"] == {"value": "***", "from": "the environment"}
    assert shown["files.limit"]["from"] == "default"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("user.emial", "x", "user.email"),
        ("execution.concurrency", "0", "above 0"),
        ("execution.timeout", "soon", "a number"),
        ("engine", "warp", "llamacpp"),
        ("policy.send", "perhaps", "allow"),
        ("maps.open", "maybe", "true or false"),
    ],
)
def test_set_refuses_what_is_wrong(
    cli: Callable[..., Any], config_file: Path, key: str, value: str, problem: str
) -> None:
    config_file.write_text(COMMENTED)
    done = cli("config", "set", key, value)
    assert done.returncode == 2
    assert problem in done.stderr
    assert config_file.read_text() == COMMENTED


def test_set_does_not_touch_a_broken_file(cli: Callable[..., Any], config_file: Path) -> None:
    config_file.write_text("model = [\n")
    done = cli("config", "set", "user.name", "Robin")
    assert done.returncode == 2
    assert config_file.read_text() == "model = [\n"


def test_a_policy_is_set_by_its_dotted_key(cli: Callable[..., Any], config_file: Path) -> None:
    assert cli("config", "set", "policy.send_sms", "deny").returncode == 0
    assert cli("tools", "show", "send_sms").stdout.count("policy: deny") == 1


def test_disable_and_enable_keep_comments(cli: Callable[..., Any], config_file: Path) -> None:
    config_file.write_text(COMMENTED)
    assert cli("tools", "disable", "create_note").returncode == 0
    assert '"send_sms"' in config_file.read_text() and '"create_note"' in config_file.read_text()
    listed = {tool["name"]: tool["enabled"] for tool in json.loads(cli("tools", "list", "--json").stdout)["tools"]}
    assert not listed["create_note"] and not listed["send_sms"] and listed["open_note"]
    assert cli("tools", "enable", "create_note").returncode == 0
    assert cli("tools", "enable", "send_sms").returncode == 0
    assert "# not now" in config_file.read_text() and "create_note" not in config_file.read_text()


def test_a_project_can_keep_a_tool_off_and_it_is_said(
    cli: Callable[..., Any], config_file: Path, tmp_path: Path
) -> None:
    (tmp_path / ".tinyagent.toml").write_text('[tools]\ndisabled = ["send_sms"]\n')
    done = cli("tools", "enable", "send_sms")
    assert done.returncode == 2
    assert ".tinyagent.toml" in done.stderr


def test_the_list_names_every_tool(cli: Callable[..., Any]) -> None:
    done = cli("tools")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) >= 16
    assert "send" in done.stdout


def test_an_unknown_tool_names_the_nearest(cli: Callable[..., Any]) -> None:
    done = cli("tools", "show", "send_smss")
    assert done.returncode == 2
    assert "send_sms" in done.stderr
