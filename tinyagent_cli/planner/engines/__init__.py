"""Engines: one module for each way to run a model, and the choice between them."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.base import Engine
from tinyagent_cli.planner.engines.gguf import is_planner

if TYPE_CHECKING:
    from tinyagent_cli.config import Config

EMBEDDED = "embedded"
"""The model that ships in the package."""


def load_engine(config: Config) -> Engine:
    """The engine that the configuration asks for, with its model loaded.

    `auto` is MLX for planners on Apple silicon where it is installed, else llama.cpp. Raises
    ModelError if the model is missing or damaged, or the engine is not installed.
    """
    if config.engine == "openai":
        from tinyagent_cli.planner.engines.openai import OpenAI

        server = config.openai
        return OpenAI(server.base_url, model=server.model, api_key=server.api_key, timeout=server.timeout)
    path = model_path(config)
    if config.engine == "mlx" or (config.engine == "auto" and _prefers_mlx(path)):
        from tinyagent_cli.planner.engines.mlx import Mlx

        return Mlx(path)
    from tinyagent_cli.planner.engines.llamacpp import LlamaCpp

    return LlamaCpp(path)


def model_path(config: Config) -> Path:
    """Where the configured model lies: in the package, at the path given, or by name in the data folder.

    Raises ModelError if it is not there.
    """
    if config.model == EMBEDDED:
        path = Path(__file__).parents[2] / "models" / "planner.gguf"
        hint = "pip install --force-reinstall tinyagent-cli"
    else:
        path = Path(config.model).expanduser()
        named = config.data_dir / "models" / f"{config.model}.gguf"
        path = named if not path.exists() and named.exists() else path
        hint = f'give the path of a .gguf file, or set model = "{EMBEDDED}"'
    if not path.exists():
        raise ModelError(f"there is no model at {path}", hint=hint)
    return path


def _prefers_mlx(path: Path) -> bool:
    apple_silicon = sys.platform == "darwin" and platform.machine() == "arm64"
    return apple_silicon and find_spec("mlx") is not None and is_planner(path)
