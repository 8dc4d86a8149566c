"""Engines: one module for each way to run a model, and the choice between them."""

from __future__ import annotations

import json
import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.base import Engine
from tinyagent_cli.planner.engines.gguf import is_planner

if TYPE_CHECKING:
    from tinyagent_cli.config import Config

EMBEDDED = "embedded"
"""The model that ships in the package."""

MODELS = Path(__file__).parents[2] / "models"
"""The folder of the weights that ship, each with its card."""


def load_engine(config: Config) -> Engine:
    """The engine that the configuration asks for, with its model loaded.

    `auto` is MLX for planners on Apple silicon where it is installed, else llama.cpp. Raises
    ModelError if the model is missing or damaged, or the engine is not installed.
    """
    name = engine_name(config)
    if name == "openai":
        from tinyagent_cli.planner.engines.openai import OpenAI

        server = config.openai
        return OpenAI(server.base_url, model=server.model, api_key=server.api_key, timeout=server.timeout)
    path = model_path(config)
    if name == "mlx":
        from tinyagent_cli.planner.engines.mlx import Mlx

        return Mlx(path)
    from tinyagent_cli.planner.engines.llamacpp import LlamaCpp

    return LlamaCpp(path)


def model_settings(config: Config) -> tuple[object, ...]:
    """All that decides which model `load_engine` loads, and how: where it is the same, so is the engine."""
    if config.engine == "openai":
        return config.engine, config.openai
    return config.engine, config.model, None if config.model == EMBEDDED else config.data_dir


def engine_name(config: Config) -> Literal["llamacpp", "mlx", "openai"]:
    """What `auto` stands for, else the engine that is configured. Raises ModelError if that takes a model to tell."""
    if config.engine != "auto":
        return config.engine
    return "mlx" if _prefers_mlx(config) else "llamacpp"


def model_title(config: Config) -> str:
    """What the configured model is called: of the shipped one its bits, of another its name, of a server's its host."""
    if config.engine == "openai":
        host = urlsplit(config.openai.base_url).netloc.rpartition("@")[2]
        return f"{config.openai.model or 'the first model'} at {host}"
    return _embedded_title() if config.model == EMBEDDED else Path(config.model).stem


def _embedded_title() -> str:
    try:
        card = json.loads((MODELS / "planner.json").read_text(encoding="utf-8"))
        return f"planner {card['bits']}-bit"
    except (OSError, ValueError, KeyError):
        return "planner"


def model_path(config: Config) -> Path:
    """Where the configured model lies: in the package, at the path given, or by name in the data folder.

    Raises ModelError if it is not there.
    """
    if config.model == EMBEDDED:
        path = MODELS / "planner.gguf"
        hint = "install tinyagent-cli again"
    else:
        path = Path(config.model).expanduser()
        named = config.data_dir / "models" / f"{config.model}.gguf"
        path = named if not path.exists() and named.exists() else path
        hint = f'give the path of a .gguf file, or set model = "{EMBEDDED}"'
    if not path.exists():
        raise ModelError(f"there is no model at {path}", hint=hint)
    return path


def _prefers_mlx(config: Config) -> bool:
    apple_silicon = sys.platform == "darwin" and platform.machine() == "arm64"
    return apple_silicon and find_spec("mlx") is not None and is_planner(model_path(config))
