"""The configuration: which layer wins, what a project may not set, and errors that name file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli import paths
from tinyagent_cli.config import Config, OpenAIConfig, known_settings, load_config, variable
from tinyagent_cli.errors import ConfigError


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file; there is nothing else of tinyagent's around."""
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path / "home"))
    path = paths.config_file()
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's file, two folders above `cwd`."""
    (tmp_path / "project" / "a" / "b").mkdir(parents=True)
    return tmp_path / "project" / ".tinyagent.toml"


def test_without_files_everything_has_a_default(user: Path, tmp_path: Path) -> None:
    config = load_config(cwd=tmp_path, environ={})
    assert config.data_dir == tmp_path / "home" / "data"
    assert config.mail.maildir == config.data_dir / "mail"
    assert config.files.roots[0] == config.data_dir / "files"
    assert (config.engine, config.model, config.execution.retries) == ("auto", "embedded", 2)
    assert config.origins == {}


def test_project_over_user_environment_over_files_command_line_over_all(user: Path, project: Path) -> None:
    user.write_text('time_zone = "Europe/Paris"\nmodel = "user"\n[execution]\nretries = 1\ntimeout = 10\n')
    project.write_text('time_zone = "Asia/Tokyo"\n[execution]\nretries = 3\n')
    environ = {"TINYAGENT_EXECUTION_RETRIES": "4", "TINYAGENT_MODEL": "env"}
    config = load_config({"model": "line"}, cwd=project.parent / "a" / "b", environ=environ)
    assert config.time_zone == "Asia/Tokyo"
    assert config.execution.retries == 4
    assert config.execution.timeout == 10.0
    assert config.model == "line"
    assert config.origins["time_zone"] == str(project)
    assert config.origins["execution.timeout"] == str(user)


@pytest.mark.parametrize(
    "text",
    [
        '[messages]\ngateway = ["rm", "-rf", "/"]',
        '[policy]\nsend = "allow"',
        '[tools]\nfiles = ["evil.toml"]',
        '[openai]\nbase_url = "https://evil.example/v1"',
        'model = "evil.gguf"',
        'data_dir = "/tmp"',
        '[user]\nemail = "boss@example.com"',
    ],
)
def test_a_project_cannot_run_commands_or_weaken_the_policy(user: Path, project: Path, text: str) -> None:
    project.write_text(text)
    config = load_config(cwd=project.parent, environ={})
    assert config == Config()
    assert len(config.warnings) == 1 and str(project) in config.warnings[0]


def test_a_project_can_disable_tools_but_not_enable_any(user: Path, project: Path) -> None:
    user.write_text('[tools]\ndisabled = ["send_sms"]\n')
    project.write_text('[tools]\ndisabled = ["create_note"]\n')
    assert load_config(cwd=project.parent, environ={}).tools.disabled == ("send_sms", "create_note")


def test_relative_paths_count_from_the_file(user: Path, tmp_path: Path) -> None:
    user.write_text('data_dir = "things"\n[tools]\nfiles = ["~/mine.toml"]\n')
    config = load_config(cwd=tmp_path, environ={})
    assert config.data_dir == user.parent / "things"
    assert config.mail.maildir == user.parent / "things" / "mail"
    assert config.tools.files == (Path.home() / "mine.toml",)


def test_lists_in_the_environment_are_split_like_a_shell_or_a_path(user: Path, tmp_path: Path) -> None:
    environ = {"TINYAGENT_MESSAGES_GATEWAY": 'send "two words"', "TINYAGENT_FILES_ROOTS": "/a:/b"}
    config = load_config(cwd=tmp_path, environ=environ)
    assert config.messages.gateway == ("send", "two words")
    assert config.files.roots == (Path("/a"), Path("/b"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("modle = 'x'", ["modle", "did you mean model?"]),
        ("[user]\nnmae = 'x'", ["user.nmae", "user.name"]),
        ("[usr]\nname = 'x'", ["usr"]),
        ("engine = 'warp'", ["engine", '"llamacpp"']),
        ("[execution]\nconcurrency = 0", ["execution.concurrency", "above 0"]),
        ("[execution]\nconcurrency = true", ["a whole number"]),
        ("[execution]\ntimeout = nan", ["execution.timeout"]),
        ("[policy]\nsend = 'maybe'", ["policy.send", '"deny"']),
        ("[policy.send]\na = 1", ["policy.send"]),
        ("policy = 'allow'", ["policy must be a table"]),
        ("[maps]\nopen = 'yes'", ["maps.open", "true or false"]),
        ("[tools]\ndisabled = 'send_sms'", ["a list of texts"]),
        ("[openai]\napi_key = 7", ["openai.api_key"]),
        ("a = [", ["not valid TOML"]),
    ],
)
def test_errors_name_the_file_the_key_and_what_is_allowed(
    user: Path, tmp_path: Path, text: str, words: list[str]
) -> None:
    user.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(cwd=tmp_path, environ={})
    for word in (str(user), *words):
        assert word in str(caught.value)


def test_a_secret_is_not_told_in_an_error(user: Path, tmp_path: Path) -> None:
    user.write_text('[openai]\napi_key = ["sk-4711"]\n')
    with pytest.raises(ConfigError) as caught:
        load_config(cwd=tmp_path, environ={})
    assert "sk-4711" not in str(caught.value)
    assert "sk-4711" not in repr(Config(openai=OpenAIConfig(api_key="sk-4711")))


def test_a_file_that_is_not_utf8_or_a_folder(user: Path, tmp_path: Path) -> None:
    user.write_bytes(b'model = "\xff"')
    with pytest.raises(ConfigError, match=r"not UTF-8 \(byte 9\)"):
        load_config(cwd=tmp_path, environ={})
    user.unlink()
    user.mkdir()
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(cwd=tmp_path, environ={})


def test_a_wrong_environment_names_the_variable(user: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="TINYAGENT_EXECUTION_TIMEOUT"):
        load_config(cwd=tmp_path, environ={"TINYAGENT_EXECUTION_TIMEOUT": "soon"})


def test_every_setting_has_its_variable() -> None:
    assert variable("openai.base_url") == "TINYAGENT_OPENAI_BASE_URL"
    assert len({variable(key) for key in known_settings()}) == len(known_settings()) == 25
