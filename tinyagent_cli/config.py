"""The configuration: defaults, the user's file, the project's file, the environment and the command line.

Later ones win. A project's file (`.tinyagent.toml`, searched upwards from the working folder) comes
with somebody's repository, so it may only set what cannot run commands, send data elsewhere or weaken
the policy; the rest of it is left out with a warning.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_type_hints

from tinyagent_cli import paths, settings
from tinyagent_cli.errors import ConfigError
from tinyagent_cli.settings import Setting

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Answer: TypeAlias = Literal["allow", "ask", "deny"]
"""What the policy says to a call: run it, ask first, or never run it."""

PROJECT_KEYS = frozenset(
    {
        "time_zone",
        "files.roots",
        "files.limit",
        "maps.open",
        "tools.disabled",
        "execution.concurrency",
        "execution.timeout",
        "execution.retries",
    }
)
"""All that a project's file may set."""

_UNSET = Path()


@dataclass(frozen=True)
class OpenAIConfig:
    """An OpenAI-compatible server; `timeout` is in seconds."""

    base_url: str = "http://127.0.0.1:8080/v1"
    api_key: str = field(default="", repr=False, metadata={"secret": True})
    model: str = ""
    timeout: float = field(default=60.0, metadata={"above": 0})


@dataclass(frozen=True)
class FilesConfig:
    """Where files are searched, and how many entries are looked at before the search gives up."""

    roots: tuple[Path, ...] = ()
    limit: int = field(default=50_000, metadata={"above": 0})


@dataclass(frozen=True)
class UserConfig:
    """Who the user is: the sender of mail and the organiser of meetings."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class MailConfig:
    """The Maildir that drafts go to and that replies and forwards start from."""

    maildir: Path = _UNSET


@dataclass(frozen=True)
class MessagesConfig:
    """The command a text message is handed to; empty keeps it as a draft."""

    gateway: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapsConfig:
    """Whether map links are opened in the browser."""

    open: bool = True


@dataclass(frozen=True)
class ZoomConfig:
    """A Zoom server-to-server app."""

    account_id: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False, metadata={"secret": True})


@dataclass(frozen=True)
class ExecutionConfig:
    """Calls at once, seconds a call may take, and how often a failed read is tried again."""

    concurrency: int = field(default=8, metadata={"above": 0})
    timeout: float = field(default=60.0, metadata={"above": 0})
    retries: int = field(default=2, metadata={"above": -1})


@dataclass(frozen=True)
class ToolsConfig:
    """Tools that are never offered, and the tools.toml files of the user's own tools."""

    disabled: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Config:
    """Every setting, with its default.

    `retriever` is the folder of the Tool RAG classifier. `policy` maps a tool's name or an effect to an answer.
    `origins` says where each setting that is not a default came from, by dotted key; `warnings` are lines for the user.
    """

    data_dir: Path = field(default_factory=paths.data_dir)
    platform: Literal["local"] = "local"
    model: str = "embedded"
    engine: Literal["auto", "llamacpp", "mlx", "openai"] = "auto"
    retriever: Path = paths.SHIPPED_MODELS
    time_zone: str = ""
    openai: OpenAIConfig = OpenAIConfig()
    files: FilesConfig = FilesConfig()
    user: UserConfig = UserConfig()
    mail: MailConfig = MailConfig()
    messages: MessagesConfig = MessagesConfig()
    maps: MapsConfig = MapsConfig()
    zoom: ZoomConfig = ZoomConfig()
    execution: ExecutionConfig = ExecutionConfig()
    tools: ToolsConfig = ToolsConfig()
    policy: Mapping[str, Answer] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    warnings: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fill what depends on the data folder."""
        if self.mail.maildir == _UNSET:
            object.__setattr__(self, "mail", replace(self.mail, maildir=self.data_dir / "mail"))
        if not self.files.roots:
            object.__setattr__(self, "files", replace(self.files, roots=_default_roots(self.data_dir)))


SECTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "openai": OpenAIConfig,
        "files": FilesConfig,
        "user": UserConfig,
        "mail": MailConfig,
        "messages": MessagesConfig,
        "maps": MapsConfig,
        "zoom": ZoomConfig,
        "execution": ExecutionConfig,
        "tools": ToolsConfig,
    }
)
"""The tables of a configuration file beside `policy`, whose keys are open."""


@dataclass(frozen=True)
class _Layer:
    """One source of settings: raw values by dotted key, and what relative paths in it are relative to."""

    name: str
    values: Mapping[str, object]
    folder: Path


def load_config(
    overrides: Mapping[str, object] = MappingProxyType({}),
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """Read every layer. `overrides` are raw values by dotted key, as the command line gave them.

    Raises ConfigError naming the file, the key and what is allowed.
    """
    cwd = cwd or Path.cwd()
    layers = [_file_layer(paths.config_file())]
    warnings: list[str] = []
    project = paths.project_file(cwd)
    if project is not None:
        layer, warnings = _only_harmless(_file_layer(project), layers[0])
        layers.append(layer)
    layers.append(_environment_layer(os.environ if environ is None else environ, cwd))
    layers.append(_Layer("the command line", overrides, cwd))
    return _build(layers, tuple(warnings))


@lru_cache(maxsize=1)
def known_settings() -> Mapping[str, Setting]:
    """Every setting by dotted key, except those of the open table `policy`."""
    found = dict(_settings_of(Config, ""))
    for name, section in SECTIONS.items():
        found.update(_settings_of(section, f"{name}."))
    return found


def setting(key: str, where: str) -> Setting:
    """The setting of a dotted key; raises ConfigError with a near miss if there is none."""
    if key.startswith("policy.") and key.count(".") == 1:
        return Setting(key, Answer)
    found = known_settings().get(key)
    if found is None:
        near = settings.near_miss(key, known_settings())
        hint = f"did you mean {near}?" if near else "`tinyagent config show` lists the settings"
        raise ConfigError(f"{where}: there is no setting {key}", hint=hint)
    return found


def check_file(path: Path, text: str) -> None:
    """Raise ConfigError unless `text` would be a valid user's configuration file at `path`."""
    _build([_layer(path, _parse(path, text.encode()))], ())


def _settings_of(section: type[Any], prefix: str) -> Iterable[tuple[str, Setting]]:
    hints = get_type_hints(section)
    for item in fields(section):
        if not prefix and (item.name in SECTIONS or item.name in ("policy", "origins", "warnings")):
            continue
        key = prefix + item.name
        above, secret = item.metadata.get("above"), item.metadata.get("secret", False)
        yield key, Setting(key, hints[item.name], above=above, secret=secret)


def _file_layer(path: Path) -> _Layer:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _Layer(str(path), {}, path.parent)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="check its permissions") from error
    return _layer(path, _parse(path, content))


def _parse(path: Path, content: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="mend that line, or move the file away") from error


def _layer(path: Path, table: Mapping[str, object]) -> _Layer:
    """A file's tables flattened to dotted keys."""
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in SECTIONS and key != "policy":
            values[key] = value
        elif isinstance(value, dict):
            values.update({f"{key}.{name}": item for name, item in value.items()})
        else:
            raise ConfigError(f"{path}: {key} must be a table", hint=f"write [{key}] on a line of its own")
    return _Layer(str(path), values, path.parent)


def _only_harmless(project: _Layer, user: _Layer) -> tuple[_Layer, list[str]]:
    """The part of a project's file that may be honoured. It can disable tools, but not enable any."""
    for key in project.values:
        setting(key, project.name)
    kept = {key: value for key, value in project.values.items() if key in PROJECT_KEYS}
    own, theirs = user.values.get("tools.disabled", []), kept.get("tools.disabled")
    if isinstance(own, list) and isinstance(theirs, list):
        kept["tools.disabled"] = [*own, *theirs]
    warnings = [
        f"{project.name}: {key} is ignored: a project may not set it (your own config.toml may)"
        for key in project.values
        if key not in PROJECT_KEYS
    ]
    return _Layer(project.name, kept, project.folder), warnings


def _environment_layer(environ: Mapping[str, str], cwd: Path) -> _Layer:
    values: dict[str, object] = {}
    for key, known in known_settings().items():
        text = environ.get(variable(key))
        if text:
            values[key] = settings.from_text(known, text, variable(key))
    return _Layer("the environment", values, cwd)


def variable(key: str) -> str:
    """The environment variable of a setting: `openai.base_url` is `TINYAGENT_OPENAI_BASE_URL`."""
    return f"TINYAGENT_{key.upper().replace('.', '_')}"


def _build(layers: Iterable[_Layer], warnings: tuple[str, ...]) -> Config:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        for key, raw in layer.values.items():
            values[key] = settings.convert(setting(key, layer.name), raw, layer.name, layer.folder)
            origins[key] = layer.name
    top = {key: value for key, value in values.items() if "." not in key}
    tables = {name: section(**_table(values, name)) for name, section in SECTIONS.items()}
    return Config(**top, **tables, policy=_table(values, "policy"), origins=origins, warnings=warnings)


def _table(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    prefix = f"{name}."
    return {key[len(prefix) :]: value for key, value in values.items() if key.startswith(prefix)}


def _default_roots(data_dir: Path) -> tuple[Path, ...]:
    """The data folder's own files, and the usual folders of the user's that exist."""
    usual = (Path.home() / name for name in ("Documents", "Downloads", "Desktop"))
    return (data_dir / "files", *(folder for folder in usual if folder.is_dir()))
