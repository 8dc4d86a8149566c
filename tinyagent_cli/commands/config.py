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
    rows = {key: (_shown(config, key), config.origins.get(key, "default")) for key in _keys(config)}
    if options.json:
        print_json({key: {"value": value, "from": origin} for key, (value, origin) in rows.items()}, indent=2)
        return
    for key, (value, origin) in rows.items():
        typer.echo(f"{key} = {_toml(value)}" + ("" if origin == "default" else f"  # {origin}"))


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_key(
    key: Annotated[str, typer.Argument(help="A dotted key, such as user.email or policy.send_sms.")],
    value: Annotated[str, typer.Argument(help="Its value; a list is written as on a command line.")],
) -> None:
    """Set a value in your configuration file, if it is a valid one."""
    from tinyagent_cli.commands.settingsfile import change_config, set_value

    where = "config set"
    known = setting(key, where)
    raw = settings.from_text(known, value, where)
    settings.convert(known, raw, where, Path.cwd())
    path = change_config(lambda document: set_value(document, key, raw))
    typer.echo(f"{key} is set in {path}", err=True)


def _keys(config: Config) -> list[str]:
    return [*known_settings(), *(f"policy.{name}" for name in config.policy)]


def _shown(config: Config, key: str) -> Any:
    """The value as TOML has it; a secret only as being there."""
    section, _, name = key.rpartition(".")
    if section == "policy":
        return config.policy[name]
    value = getattr(getattr(config, section) if section else config, name)
    if value and known_settings()[key].secret:
        return HIDDEN
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _toml(value: object) -> str:
    import tomlkit

    return tomlkit.item(value).as_string()
