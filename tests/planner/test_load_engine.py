"""Which engine and which model a configuration gets."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

import pytest

from tinyagent_cli.config import Config, OpenAIConfig
from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines import engine_name, load_engine, model_path, model_title


def test_a_path_is_a_model(tiny_model: Path) -> None:
    engine = load_engine(Config(model=str(tiny_model), engine="llamacpp"))
    assert (engine.name, engine.chat) == ("llamacpp", False)
    engine.close()


def test_other_weights_than_a_planners_are_chatted_with(tiny_model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(tiny_model.read_bytes().replace(b"tinyagent planner", b"some other model."))
    engine = load_engine(Config(model=str(other), engine="llamacpp"))
    assert engine.chat
    engine.close()


def test_a_name_is_a_model_in_the_data_folder(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    placed = Path(shutil.copy(tiny_model, tmp_path / "models" / "mine.gguf"))
    assert model_path(Config(model="mine", data_dir=tmp_path)) == placed


def test_auto_is_llamacpp_away_from_apple_silicon(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    engine = load_engine(Config(model=str(tiny_model)))
    assert engine.name == "llamacpp"
    engine.close()


def test_a_server_needs_no_model_file() -> None:
    settings = OpenAIConfig(base_url="http://127.0.0.1:9/v1", model="some-model")
    engine = load_engine(Config(engine="openai", openai=settings))
    assert (engine.name, engine.chat) == ("openai", True)
    engine.close()


def test_auto_is_mlx_for_a_planner_on_apple_silicon(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlx")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert engine_name(Config(model=str(tiny_model))) == "mlx"


def test_models_have_titles() -> None:
    assert model_title(Config()) == "planner 4-bit"
    assert model_title(Config(model="/models/qwen3-4b.gguf")) == "qwen3-4b"
    server = OpenAIConfig(base_url="http://user:secret@localhost:11434/v1", model="llama3.2")
    assert model_title(Config(engine="openai", openai=server)) == "llama3.2 at localhost:11434"
    assert model_title(Config(engine="openai")) == "the first model at 127.0.0.1:8080"


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model at .*gone.*embedded"):
        load_engine(Config(model="gone", data_dir=tmp_path))
