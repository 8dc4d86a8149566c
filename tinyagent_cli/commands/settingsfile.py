"""Changes to the user's config.toml: comments stay, nothing invalid is written, and the file is whole or untouched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tinyagent_cli import paths
from tinyagent_cli.config import check_file
from tinyagent_cli.errors import ConfigError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def change_config(change: Callable[[TOMLDocument], None]) -> Path:
    """Change the user's configuration file, which is made if there is none; gives its path.

    Raises ConfigError if it is broken, or would be, and ToolError if it cannot be written.
    """
    from tinyagent_cli.platforms.local.store import FileStore

    path = paths.config_file()

    def changed(before: bytes | None) -> bytes:
        document = _parsed(path, before or b"")
        change(document)
        text = document.as_string()
        check_file(path, text)
        return text.encode()

    FileStore(paths.state_dir()).update(path, changed)
    return path


def set_value(document: TOMLDocument, key: str, value: object) -> None:
    """Set a dotted key, in its table."""
    import tomlkit

    section, _, name = key.rpartition(".")
    if section and section not in document:
        document[section] = tomlkit.table()
    table = cast("dict[str, Any]", document[section] if section else document)
    table[name] = value


def get_value(document: TOMLDocument, key: str) -> object:
    """The raw value of a dotted key; None if it is not set."""
    section, _, name = key.rpartition(".")
    table: Any = document.get(section, {}) if section else document
    return table.get(name)


def _parsed(path: Path, content: bytes) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(content.decode("utf-8"))
    except (UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="mend it, or move the file away") from error
