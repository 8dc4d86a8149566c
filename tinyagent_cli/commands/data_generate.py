"""`tinyagent data generate`: seeds from any chat model behind an OpenAI-compatible server."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tinyagent_cli.commands.data_files import BUILTIN, declared_tools
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.session import open_session
from tinyagent_cli.commands.streams import print_json, print_line
from tinyagent_cli.errors import UsageError

if TYPE_CHECKING:
    from tinyagent_cli.config import Config
    from tinyagent_cli.planner.engines.openai import OpenAI
    from tinyagent_cli.training.generate import Progress
    from tinyagent_cli.training.writer import Writer

WRITING = 1.0
READING = 0.0
"""Temperatures: requests are to differ, and a second reading is to be the model's best."""


@dataclass(frozen=True)
class Order:
    """What is wanted: seeds about which tools, how many, where, and how. Prices are per million tokens."""

    tools: str
    count: int
    target: Path
    concurrency: int
    resume: bool
    second_reading: bool
    price_read: float
    price_written: float
    seed: int


def generate_seeds(options: Options, order: Order) -> None:
    """Write the seeds, with progress on standard error; at the end, the file's name, or all figures as JSON.

    Raises UsageError for an engine that is no server, and for a file that is there without --resume.
    """
    from tinyagent_cli.training.generate import Progress, generate
    from tinyagent_cli.ui.seeds import generation
    from tinyagent_cli.ui.theme import make_console

    if options.engine != "openai":
        raise UsageError(f"seeds are written by a chat model, not by {options.engine}", hint="--engine openai")
    if order.target.exists() and not order.resume:
        raise UsageError(f"{order.target} is there already", hint="--resume goes on where it stops")
    config = open_session(options).config
    done = Progress()
    try:
        with ExitStack() as opened, generation(make_console(sys.stderr, quiet=options.quiet), order.count) as told:

            def report(progress: Progress) -> None:
                nonlocal done
                done = progress
                told(progress.seeds, _words(progress, order))

            writers = _writers(config, order, opened)
            names = list(declared_tools(order.tools))
            done = generate(order.target, order.count, names, writers, seed=order.seed, report=report)
    finally:
        _tell(options, order, done)


def _writers(config: Config, order: Order, opened: ExitStack) -> list[Writer]:
    """As many as there are to be requests at a time, since every engine counts its own tokens."""
    from tinyagent_cli.training.writer import Writer

    tools = {name: tool.signature for name, tool in declared_tools(order.tools).items()}

    def connect(temperature: float) -> OpenAI:
        return opened.enter_context(closing(_server(config, temperature)))

    return [
        Writer(
            connect(WRITING),
            tools,
            own=order.tools != BUILTIN,
            reader=connect(READING) if order.second_reading else None,
        )
        for _ in range(order.concurrency)
    ]


def _server(config: Config, temperature: float) -> OpenAI:
    from tinyagent_cli.planner.engines.openai import OpenAI

    server = config.openai
    settings = {"temperature": temperature, "stream_options": {"include_usage": True}}
    return OpenAI(
        server.base_url, model=server.model, api_key=server.api_key, timeout=server.timeout, settings=settings
    )


def _words(progress: Progress, order: Order) -> str:
    """What there is to say beside the number of seeds."""
    parts = [f"{progress.rejected:,} rejected"]
    if progress.failed:
        parts.append(f"{progress.failed:,} requests failed")
    if progress.readings:
        parts.append(f"second readings agree on {progress.agreed / progress.readings:.0%}")
    at_least = "at least " if progress.unmetered else ""
    parts.append(f"{at_least}{progress.tokens_read:,} + {progress.tokens_written:,} tokens")
    if order.price_read or order.price_written:
        parts.append(f"cost {at_least}{progress.cost(order.price_read, order.price_written):.2f}")
    return ", ".join(parts)


def _tell(options: Options, order: Order, progress: Progress) -> None:
    """Also when a run was cut off: what is in the file stays there."""
    if options.json:
        print_json(_to_json(progress, order), indent=2)
    elif not options.quiet and progress.seeds:
        left = "" if progress.seeds >= order.count else "; --resume goes on"
        print_line("data", f"{progress.seeds:,} seeds in {order.target}, {_words(progress, order)}{left}")
        typer.echo(order.target)


def _to_json(progress: Progress, order: Order) -> dict[str, Any]:
    from tinyagent_cli.training.seeds import rejects_file

    return {
        "file": str(order.target),
        "rejects_file": str(rejects_file(order.target)),
        "seeds": progress.seeds,
        "new": progress.new,
        "rejected": progress.rejected,
        "failed": progress.failed,
        "second_readings": progress.readings,
        "agreed": progress.agreed,
        "tokens": {"read": progress.tokens_read, "written": progress.tokens_written, "unmetered": progress.unmetered},
        "cost": round(progress.cost(order.price_read, order.price_written), 6),
        "seconds": round(progress.seconds, 3),
    }
