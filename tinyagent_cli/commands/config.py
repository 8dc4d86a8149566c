"""`tinyagent config`: where the configuration is, what it says, and changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tinyagent_cli import paths, settings
from tinyagent_cli.commands.options import JsonOption, options_of
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.commands.streams import print_json
from tinyagent_cli.config import Config, known_settings, setting

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="Show and change the configuration."
)

HIDDEN = "***"


@app.command("path")
def show_path() -> None:
    """Print where your configuration file is, or would be."""
    typer.echo(paths.config_file())


@app.command()
def show(ctx: typer.Context, *, json: JsonOption = False) -> None:
    """Print every setting, and where it comes from."""
    options = options_of(ctx, json=json)
    config = open_session(options).config
    if options.json:
        rows = {key: {"value": _shown(config, key), "from": _origin(config, key)} for key in setting_keys(config)}
        print_json(rows, indent=2)
        return
    for key in setting_keys(config):
        typer.echo(setting_line(config, key))


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_key(
    key: Annotated[str, typer.Argument(help="A dotted key, such as user.email or policy.send_sms.")],
    value: Annotated[str, typer.Argument(help="Its value; a list is written as on a command line.")],
) -> None:
    """Set a value in your configuration file, if it is a valid one."""
    typer.echo(f"{key} is set in {write_setting(key, value)}", err=True)


def write_setting(key: str, text: str) -> Path:
    """Set a value in the user's file; gives its path. Raises ConfigError if there is no such setting or value."""
    from tinyagent_cli.commands.settingsfile import change_config, set_value

    where = "config set"
    known = setting(key, where)
    raw = settings.from_text(known, text, where)
    settings.convert(known, raw, where, Path.cwd())
    return change_config(lambda document: set_value(document, key, raw))


def setting_line(config: Config, key: str) -> str:
    """A setting as TOML has it, and where it comes from unless it is a default. Raises ConfigError for no setting."""
    setting(key, "config")
    origin = _origin(config, key)
    return f"{key} = {_toml(_shown(config, key))}" + ("" if origin == "default" else f"  # {origin}")


def setting_keys(config: Config) -> list[str]:
    """Every dotted key that there is, and the rules of the policy."""
    return [*known_settings(), *(f"policy.{name}" for name in config.policy)]


def _origin(config: Config, key: str) -> str:
    return config.origins.get(key, "default")


def _shown(config: Config, key: str) -> Any:
    """The value as TOML has it; a secret only as being there."""
    section, _, name = key.rpartition(".")
    if section == "policy":
        return config.policy.get(name, "")
    value = getattr(getattr(config, section) if section else config, name)
    if value and known_settings()[key].secret:
        return HIDDEN
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _toml(value: object) -> str:
    import tomlkit

    return tomlkit.item(value).as_string()
