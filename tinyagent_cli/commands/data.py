"""`tinyagent data`: make, check, split and look at seed requests, for the built-in tools or the user's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tinyagent_cli.commands.options import EngineOption, JsonOption, ModelOption, options_of
from tinyagent_cli.commands.streams import print_json, print_line

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Make, check, split and look at the seeds that planners learn."
)

PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="[FILE.jsonl | DIR ...]", help="Seeds; data/seeds if none are named.")
]
ToolsOption = Annotated[
    str, typer.Option("--tools", metavar="TOOLS.toml", help='A file that declares tools; "builtin": the built-in ones.')
]
ConcurrencyOption = Annotated[int, typer.Option(min=1, help="Requests to the server at a time.")]


@app.command()
def generate(
    ctx: typer.Context,
    *,
    tools: ToolsOption,
    count: Annotated[int, typer.Option(min=1, help="How many seeds the file is to hold.")],
    out: Annotated[Path, typer.Option(metavar="FILE.jsonl", help="The file; rejects go beside it.")],
    engine: EngineOption = "openai",
    model: ModelOption = "",
    concurrency: ConcurrencyOption = 4,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the file stops.")] = False,
    second_reading: Annotated[
        bool,
        typer.Option("--second-reading", help="Have every request planned afresh, and drop what is read otherwise."),
    ] = False,
    price_in: Annotated[
        float, typer.Option(min=0, metavar="PRICE", help="What a million tokens of prompts cost.")
    ] = 0.0,
    price_out: Annotated[
        float, typer.Option(min=0, metavar="PRICE", help="What a million tokens of answers cost.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Another number gives other requests.")] = 0,
    json: JsonOption = False,
) -> None:
    """Have a chat model write seeds about tools, and keep those that pass every check.

    The server is that of the settings openai.base_url and openai.api_key.
    """
    from tinyagent_cli.commands.data_generate import Order, generate_seeds

    order = Order(tools, count, out, concurrency, resume, second_reading, price_in, price_out, seed)
    generate_seeds(options_of(ctx, engine=engine, model=model, json=json), order)


@app.command()
def check(
    ctx: typer.Context,
    paths: PathsArgument = None,
    *,
    json: JsonOption = False,
    second_reading: Annotated[
        bool, typer.Option("--second-reading", help="Have every request planned afresh by the model, and compare.")
    ] = False,
    engine: EngineOption = "",
    model: ModelOption = "",
    concurrency: ConcurrencyOption = 4,
) -> None:
    """Say which seeds cannot be learned from, and why; the exit status is 1 if there are any.

    A good plan parses, fits its tools, refers to earlier results only, copies what must be copied from the request, and
    holds no useless call; and no request stands twice.
    """
    from tinyagent_cli.commands.data_check import check_seeds

    check_seeds(options_of(ctx, json=json, engine=engine, model=model), paths, second_reading, concurrency)


@app.command()
def multiply(
    ctx: typer.Context,
    paths: PathsArgument = None,
    *,
    count: Annotated[int, typer.Option(min=1, help="How many requests the file is to hold.")],
    out: Annotated[Path, typer.Option(metavar="FILE.jsonl", help="The file.")],
    seed: Annotated[int, typer.Option(help="Another number gives other requests.")] = 0,
) -> None:
    """Write what a planner is tuned on: the training split of the seeds, and new forms of them.

    Other names, files, titles, times and more people; noise; two requests in one; the built-in tools under other names;
    a user's own tools in other styles. No request stands twice, and every one passes the checks.
    """
    from tinyagent_cli.commands.data_multiply import multiply_seeds

    multiply_seeds(options_of(ctx), paths, count, out, seed)


@app.command()
def split(
    paths: PathsArgument = None,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder for train, validation and test.jsonl.")],
) -> None:
    """Put seeds into files for training, validation and test, each by the words of its request."""
    from tinyagent_cli.commands.data_files import read_named
    from tinyagent_cli.training.splits import write_splits

    for path, count in write_splits(read_named(paths), out).items():
        print_line("data", f"{count:,} seeds in {path}")


@app.command()
def stats(
    ctx: typer.Context, paths: PathsArgument = None, *, tools: ToolsOption = "builtin", json: JsonOption = False
) -> None:
    """Count seeds by file, split, length and tool, and say which pairs of tools never stand together."""
    from tinyagent_cli.commands.data_files import declared_tools, read_named
    from tinyagent_cli.training.stats import stats as count

    counted = count(read_named(paths), declared_tools(tools))
    if options_of(ctx, json=json).json:
        print_json(counted.to_json(), indent=2)
        return
    from tinyagent_cli.ui.seeds import stats_tables
    from tinyagent_cli.ui.theme import make_console

    make_console(sys.stdout).print(stats_tables(counted))


@app.command()
def show(
    ctx: typer.Context,
    paths: PathsArgument = None,
    *,
    number: Annotated[int, typer.Option("--number", "-n", min=0, help="Which seed, counted from 1; 0 is any.")] = 0,
    grep: Annotated[str, typer.Option(metavar="PATTERN", help="All seeds with this regular expression in them.")] = "",
    multiplied: Annotated[int, typer.Option(min=0, metavar="N", help="And so many variations of each.")] = 0,
    prompt: Annotated[
        bool, typer.Option("--prompt", help="As the very prompt and plan that a planner is tuned on.")
    ] = False,
) -> None:
    """Show a seed and its plan as a tree: one at random, unless a number or a pattern says which."""
    from tinyagent_cli.commands.data_show import show_seeds

    show_seeds(options_of(ctx), paths, number, grep, multiplied=multiplied, prompt=prompt)
