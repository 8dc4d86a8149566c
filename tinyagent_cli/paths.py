"""Where tinyagent keeps its files: data, configuration, state (journal, history, log) and cache."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "tinyagent"
PROJECT_FILE = ".tinyagent.toml"

SHIPPED_MODELS = Path(__file__).resolve().parent / "models"
"""The folder of the weights that come with the package."""


def data_dir(home: Path | None = None) -> Path:
    """Contacts, calendar, notes and mail of the local platform, unless the configuration says otherwise."""
    return _folder("data", home)


def config_dir() -> Path:
    """Holds the user's `config.toml` and `tools.toml`."""
    return _folder("config")


def state_dir(home: Path | None = None) -> Path:
    """Holds the journal of runs, the REPL's history and the log."""
    return _folder("state", home)


def cache_dir() -> Path:
    """Holds what can be made again."""
    return _folder("cache")


def config_file() -> Path:
    """The user's configuration file, whether or not it exists."""
    return config_dir() / "config.toml"


def log_file() -> Path:
    """Where the traceback of an unexpected error is written."""
    return state_dir() / "tinyagent.log"


def project_file(start: Path) -> Path | None:
    """The nearest `.tinyagent.toml` in `start` or a folder above it."""
    for folder in (start, *start.parents):
        candidate = folder / PROJECT_FILE
        if candidate.is_file():
            return candidate
    return None


def _folder(kind: str, home: Path | None = None) -> Path:
    """All four stand under `home` or `TINYAGENT_HOME`; without either they are where the system wants them."""
    under = home or os.environ.get("TINYAGENT_HOME")
    if under:
        return Path(under).expanduser().absolute() / kind
    from platformdirs import PlatformDirs

    folders = PlatformDirs(NAME, appauthor=False)
    return Path(getattr(folders, f"user_{kind}_path"))
