"""`tinyagent tools`: what can be done, and turning parts of it on and off."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tinyagent_cli.commands.options import JsonOption, options_of
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.commands.streams import print_json
from tinyagent_cli.errors import UsageError
from tinyagent_cli.settings import near_miss

if TYPE_CHECKING:
    from tinyagent_cli.config import Config
    from tinyagent_cli.plan.signature import Parameter
    from tinyagent_cli.tools.registry import Registry
    from tinyagent_cli.tools.spec import Tool

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)

NameArgument = Annotated[str, typer.Argument(help="The name of a tool.")]


@app.callback()
def default(ctx: typer.Context) -> None:
    """List, show, enable and disable tools."""
    if ctx.invoked_subcommand is None:
        list_tools(ctx)


@app.command("list")
def list_tools(ctx: typer.Context, *, json: JsonOption = False) -> None:
    """Print every tool with its effect and what it does."""
    options = options_of(ctx, json=json)
    config = open_session(options).config
    registry = _registry(config)
    if options.json:
        print_json({"tools": [_tool_to_json(tool, registry) for tool in registry.declared.values()]}, indent=2)
    else:
        print_tools(registry)


@app.command()
def show(ctx: typer.Context, name: NameArgument, *, json: JsonOption = False) -> None:
    """Print what a tool takes, what it does, and where it is declared."""
    options = options_of(ctx, json=json)
    config = open_session(options).config
    registry = _registry(config)
    tool = _declared(registry, name)
    if options.json:
        print_json(_tool_to_json(tool, registry), indent=2)
        return
    _print_tool(tool, registry, config)


@app.command()
def enable(ctx: typer.Context, name: NameArgument) -> None:
    """Offer a tool to the planner again."""
    _turn(ctx, name, on=True)


@app.command()
def disable(ctx: typer.Context, name: NameArgument) -> None:
    """Never offer a tool to the planner."""
    _turn(ctx, name, on=False)


def print_tools(registry: Registry) -> None:
    """The tools as a table on standard output."""
    from rich.table import Table
    from rich.text import Text

    from tinyagent_cli.ui.text import one_line
    from tinyagent_cli.ui.theme import effect_style, make_console

    table = Table.grid(padding=(0, 2, 0, 0))
    for tool in registry.declared.values():
        off = "" if tool.name in registry.tools else "disabled: "
        description = Text(f"{off}{one_line(tool.signature.description)}", style="dim" if off else "")
        table.add_row(tool.name, Text(tool.effect.value, style=effect_style(tool.effect)), description)
    make_console(sys.stdout).print(table)


def _turn(ctx: typer.Context, name: str, *, on: bool) -> None:
    """Edit `tools.disabled` in the user's file, and say so where another layer decides otherwise."""
    from tinyagent_cli.commands.settingsfile import change_config, get_value, set_value

    options = options_of(ctx)
    _declared(_registry(open_session(options).config), name)

    def change(document: Any) -> None:
        listed = get_value(document, "tools.disabled")
        others = [item for item in listed if item != name] if isinstance(listed, list) else []
        set_value(document, "tools.disabled", others if on else [*others, name])

    path = change_config(change)
    config = open_session(options).config
    if (name in config.tools.disabled) is on:
        origin = config.origins.get("tools.disabled", "")
        raise UsageError(f"{path} is changed, but {origin} decides otherwise", hint="change it there, too")
    typer.echo(f"{name} is {'enabled' if on else 'disabled'} in {path}", err=True)


def _registry(config: Config) -> Registry:
    from tinyagent_cli.tools.registry import Registry

    return Registry.load(config)


def _declared(registry: Registry, name: str) -> Tool:
    tool = registry.declared.get(name)
    if tool is None:
        near = near_miss(name, registry.declared)
        raise UsageError(f"there is no tool {name}", hint=f"did you mean {near}?" if near else "see `tinyagent tools`")
    return tool


def _print_tool(tool: Tool, registry: Registry, config: Config) -> None:
    from tinyagent_cli.execution.policy import Policy
    from tinyagent_cli.ui.text import visible

    state = "enabled" if tool.name in registry.tools else "disabled"
    decision = Policy(config.policy).decide(tool).value
    lines = [
        f"{tool.name}({', '.join(parameter.name for parameter in tool.signature.parameters)})",
        tool.signature.description,
        f"effect: {tool.effect.value}; policy: {decision}; {state}; declared in {registry.files[tool.name]}",
        *(f"  {_described(parameter)}" for parameter in tool.signature.parameters),
    ]
    for line in lines:
        typer.echo(visible(line))


def _described(parameter: Parameter) -> str:
    choices = f", one of {', '.join(parameter.choices)}" if parameter.choices else ""
    optional = "" if parameter.required else ", optional"
    return f"{parameter.name}: {parameter.type}{choices}{optional}  {parameter.description}".rstrip()


def _tool_to_json(tool: Tool, registry: Registry) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.signature.description,
        "effect": tool.effect.value,
        "enabled": tool.name in registry.tools,
        "builtin": tool.builtin,
        "file": str(registry.files[tool.name]),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "description": parameter.description,
                "required": parameter.required,
            }
            for parameter in tool.signature.parameters
        ],
    }
