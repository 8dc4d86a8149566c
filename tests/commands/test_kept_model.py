"""In the REPL the loaded model is freed only for settings that it depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.repl import Conversation
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.config import Config
from tinyagent_cli.errors import ModelError, TinyAgentError
from tinyagent_cli.planner import engines


class Loaded:
    """Stands in for an engine: knows what it was loaded for, and whether it was freed."""

    def __init__(self, config: Config) -> None:
        if config.model == "damaged":
            raise ModelError("the model is damaged")
        self.config = config
        self.freed = False

    def close(self) -> None:
        self.freed = True


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Loaded]:
    """Every engine that was loaded, in order."""
    found: list[Loaded] = []

    def load(config: Config) -> Loaded:
        found.append(Loaded(config))
        return found[-1]

    monkeypatch.setattr(engines, "load_engine", load)
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return found


class Talk:
    """A conversation, driven by its slash commands."""

    def __init__(self, options: Options = Options()) -> None:  # noqa: B008 - it is frozen
        self._conversation = Conversation(open_session(options))
        self._commands = {command.name: command.run for command in self._conversation.commands()}
        self.wait()

    def say(self, command: str, rest: str) -> None:
        self._commands[command](rest)
        self.wait()

    def wait(self) -> None:
        """Until the model is there, or cannot be."""
        self._conversation._session.engine.begin().exception()


@pytest.mark.parametrize(
    "setting", ["user.name Robin Day", "policy.write deny", "files.limit 9", "openai.model other", "tools.disabled x"]
)
def test_the_model_stays_for_a_setting_of_something_else(loaded: list[Loaded], setting: str) -> None:
    Talk().say("config", setting)
    assert [engine.freed for engine in loaded] == [False]


@pytest.mark.parametrize("setting", ["model other", "engine llamacpp"])
def test_the_model_is_loaded_anew_for_a_setting_that_concerns_it(loaded: list[Loaded], setting: str) -> None:
    Talk().say("config", setting)
    assert [engine.freed for engine in loaded] == [True, False]
    assert loaded[1].config != loaded[0].config


def test_a_server_is_its_settings(loaded: list[Loaded]) -> None:
    talk = Talk(Options(engine="openai"))
    talk.say("config", "model other")
    assert len(loaded) == 1
    talk.say("config", "openai.timeout 5")
    assert [engine.freed for engine in loaded] == [True, False]
    assert loaded[1].config.openai.timeout == 5


def test_a_model_that_was_named_lies_in_the_data_folder(loaded: list[Loaded], tmp_path: Path) -> None:
    talk = Talk(Options(model="named"))
    talk.say("config", f"data_dir {tmp_path / 'other'}")
    assert [engine.freed for engine in loaded] == [True, False]


def test_naming_the_model_again_keeps_it(loaded: list[Loaded]) -> None:
    Talk().say("model", "embedded")
    assert [engine.freed for engine in loaded] == [False]


def test_a_model_that_could_not_be_loaded_is_tried_again(loaded: list[Loaded]) -> None:
    talk = Talk(Options(model="damaged"))
    with pytest.raises(TinyAgentError, match="damaged"):
        talk.say("model", "damaged")
    talk.say("model", "whole")
    assert [engine.config.model for engine in loaded] == ["whole"]


def test_another_model_that_cannot_be_loaded_leaves_the_old_one(loaded: list[Loaded]) -> None:
    talk = Talk()
    with pytest.raises(TinyAgentError, match="damaged"):
        talk.say("model", "damaged")
    assert [engine.freed for engine in loaded] == [False]
