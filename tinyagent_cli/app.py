"""The command line's root: a request is carried out; without one, the REPL or what is piped in.

Sub-commands are loaded when they are called, so that `--help` and `--version` start at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tinyagent_cli import __version__
from tinyagent_cli.commands.options import (
    Color,
    ColorOption,
    DataDirOption,
    DryRunOption,
    EngineOption,
    JsonLinesOption,
    JsonOption,
    ModelOption,
    NowOption,
    Options,
    QuietOption,
    SandboxOption,
    VerboseOption,
    YesOption,
)
from tinyagent_cli.errors import ExitStatus, TinyAgentError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "ask": "Carry out a request, also one that begins with the name of a command.",
        "plan": "Print the plan for a request, or for a file of them, without running it.",
        "tools": "List, show, enable and disable tools.",
        "config": "Show and change the configuration.",
        "doctor": "Say what works here, what is missing, and what mends it.",
        "undo": "Take back what the last run wrote.",
        "data": "Make, check, split and look at the seeds that planners learn.",
        "train": "Make a planner or a classifier from seed requests.",
        "eval": "Measure how well requests are planned, by one model or several.",
    }
)
"""Sub-commands by name, each a module of `tinyagent_cli.commands`, with a line on what it does."""

MODULES: Mapping[str, str] = MappingProxyType({"eval": "evaluate"})
"""Modules that are not named as their sub-command is."""

NAME = "tinyagent"
ASK = "ask"

EPILOG = """\
A request is what is not a command: tinyagent "email Sid the notes". Without one, what is piped in is the
request, a line each; beside one, it is the document that the request speaks of. On a terminal, with neither, a REPL
begins. `tinyagent -- plan my week` and `tinyagent ask plan my week` are requests, too.

\b
Exit status:
    0  done
    1  a step failed
    2  the command line, the configuration or an input is wrong
    3  refused or cancelled
    4  no plan
    5  the model is missing
  130  interrupted
"""


class RequestGroup(TyperGroup):
    """A group whose default command is `ask`, with the root's options before and behind the request."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take options from among the words of a request; those of a sub-command are its own."""
        _, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        begin = len(args) - len(rest)
        literal = args[begin - 1 : begin] == ["--"]
        if rest and (literal or rest[0] == ASK or rest[0] not in COMMANDS):
            ctx.allow_interspersed_args = True
            if rest[0] == ASK and not literal:
                args = [*args[:begin], *args[begin + 1 :]]
            ctx.meta[ASK] = True
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The words of a request go to `ask`."""
        if ctx.meta.get(ASK):
            return super().resolve_command(ctx, [ASK, "--", *args])
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the sub-commands, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a sub-command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"tinyagent_cli.commands.{MODULES.get(cmd_name, cmd_name)}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the sub-commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=RequestGroup,
    name=NAME,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="[REQUEST | COMMAND ...]",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    *,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    json: JsonOption = False,
    jsonl: JsonLinesOption = False,
    now: NowOption = "",
    model: ModelOption = "",
    engine: EngineOption = "",
    data_dir: DataDirOption = None,
    sandbox: SandboxOption = False,
    color: ColorOption = Color.AUTO,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
    version: Annotated[
        bool | None, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = None,
) -> None:
    """Say what to do; a small local model plans it, and it runs once you agree."""
    ctx.obj = Options(dry_run, yes, json, jsonl, now, model, engine, data_dir, sandbox, color, quiet, verbose)
    if ctx.invoked_subcommand is None:
        from tinyagent_cli.commands.ask import ask

        ask(ctx.obj, ())


def main() -> None:
    """Run, and end the process with an ExitStatus; whatever goes wrong is one line on standard error."""
    try:
        app(prog_name=NAME)
    except TinyAgentError as error:
        from tinyagent_cli.commands.crash import print_traceback

        print_traceback(error)
        _end(error, error.exit_status)
    except KeyboardInterrupt:
        sys.exit(ExitStatus.INTERRUPTED)
    except BrokenPipeError:
        # Nobody reads any more: let the interpreter's last flush go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(ExitStatus.STEP_FAILED)
    except Exception as error:
        from tinyagent_cli.commands.crash import crash

        _end(crash(error), ExitStatus.STEP_FAILED)


def _end(error: TinyAgentError, status: ExitStatus) -> None:
    from tinyagent_cli.commands.streams import print_problem

    print_problem(error)
    sys.exit(status)


if __name__ == "__main__":
    main()
