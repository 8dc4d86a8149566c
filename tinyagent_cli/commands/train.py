"""`tinyagent train`: make the planner or the Tool RAG classifier from seed requests."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tinyagent_cli.commands.data_files import SEEDS, builtin_signatures
from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.device import Device

if TYPE_CHECKING:
    from tinyagent_cli.training.estimate import Estimate

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Make a planner or a classifier from seed requests."
)

SeedsOption = Annotated[Path, typer.Option(help="A folder of seed requests, one JSON object a line.")]
WorkOption = Annotated[Path | None, typer.Option(help="Where checkpoints are kept; a run that was cut off goes on.")]
ThreadsOption = Annotated[int, typer.Option(min=1, help="Threads of the processor to use.")]

BASES = "smollm2-135m, tinyllama-1.1b, wizardlm-2-7b, org/name on the hub, a folder of transformers, or a .gguf file."


class Method(str, Enum):
    """What of the base is tuned."""

    FULL = "full"
    LORA = "lora"


CORES = os.cpu_count() or 1


@app.command()
def planner(
    *,
    target: Annotated[Path, typer.Option(help="The weight file to write; its card goes beside it.")] = Path(
        "planner.gguf"
    ),
    seeds: SeedsOption = SEEDS,
    base: Annotated[str, typer.Option(help=BASES)] = "smollm2-135m",
    method: Annotated[Method, typer.Option(help="Tune the base itself, or small adapters beside it.")] = Method.FULL,
    rank: Annotated[int, typer.Option(min=1, help="The rank of the adapters of --method lora.")] = 16,
    tokens: Annotated[int, typer.Option(min=1, help="The budget in tokens.")] = 3_000_000,
    minutes: Annotated[float, typer.Option(min=0, help="A limit in minutes; 0 is none.")] = 0.0,
    learning_rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 3e-4,
    bits: Annotated[int, typer.Option(help="Bits a weight: 4, 8 or 16.")] = 4,
    work: WorkOption = None,
    threads: ThreadsOption = CORES,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the threads and tune in parallel.")] = 1,
    validate: Annotated[
        int, typer.Option(min=0, help="Requests that say which checkpoint plans best; 0 takes the last one.")
    ] = 120,
    calibrate: Annotated[
        int,
        typer.Option(min=0, help="Requests that tell how to round to 4 bits (GPTQ); 0 rounds each weight by itself."),
    ] = 160,
    scales: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.9,
            help="The share of the budget that tunes the scales of the 4-bit weights in the end (full tuning, not by "
            "MLX).",
        ),
    ] = 0.0,
    keep: Annotated[
        float,
        typer.Option(min=0, max=0.9, help="The share of the base in the weights that are written: a mean of both."),
    ] = 0.0,
    met: Annotated[
        bool, typer.Option("--met", help="The base has met these seeds: show it new forms of them alone.")
    ] = False,
    device: Annotated[Device, typer.Option(help="What to tune on; auto: the fastest that is there.")] = Device.AUTO,
) -> None:
    """Tune a base model to plan, and export it as one weight file for every engine.

    On several GPUs or machines: accelerate launch -m tinyagent_cli train planner ...
    """
    _require("torch", "transformers", "gguf", "accelerate", "faker", "psutil")
    if method is Method.LORA:
        _require("peft")
    if bits not in (4, 8, 16):
        raise UsageError(f"--bits must be 4, 8 or 16, not {bits}")
    from tinyagent_cli.commands.train_estimate import expectation
    from tinyagent_cli.training.planner import train_planner
    from tinyagent_cli.training.planner_options import PlannerOptions
    from tinyagent_cli.training.tune import Progress, TuneOptions

    tuning = TuneOptions(tokens=tokens, minutes=minutes, learning_rate=learning_rate)
    folder, how = work or _work("planner"), (method.value, rank, device, calibrate, scales, keep, met)
    options = PlannerOptions(seeds, target, folder, base, bits, threads, workers, validate, tuning, *how)

    def report(progress: Progress) -> None:
        speed = progress.tokens / max(progress.seconds, 1)
        left = progress.seconds * (1 / max(progress.share(tuning), 1e-3) - 1) / 60
        _status(f"step {progress.step}, loss {progress.loss:.3f}, {speed:.0f} tokens/s, {left:.0f} minutes left")

    def announce(expected: Estimate) -> None:
        for line in expectation(expected, tokens, workers):
            typer.echo(line, err=True)

    written = train_planner(options, builtin_signatures(), report, announce)
    if written is not None:
        _done(written)


@app.command()
def retriever(
    *,
    target: Annotated[Path, typer.Option(help="The folder to write the classifier to.")] = Path("retriever"),
    seeds: SeedsOption = SEEDS,
    base: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A pretrained DeBERTa-v2 or v3, by its name on the hub (microsoft/deberta-v3-small) or a folder; "
            "without it, a small one that begins with the planner's word embeddings.",
        ),
    ] = "",
    work: WorkOption = None,
    threads: ThreadsOption = CORES,
) -> None:
    """Train the classifier that offers the planner the tools a request could need."""
    _require("torch", "transformers", "onnx", "faker", "sentencepiece" if base else "gguf")
    from tinyagent_cli.training.retriever import RetrieverOptions, train_retriever
    from tinyagent_cli.training.retriever_base import FINE_TUNING

    options = RetrieverOptions(seeds, target, work or _work("retriever"), threads)
    if base:
        options = replace(options, base=base, fit=FINE_TUNING, command=f"{options.command} --base {base}")

    def report(progress: Any) -> None:
        _status(f"step {progress.step}, loss {progress.loss:.3f}, {progress.seconds / 60:.0f} minutes")

    train_retriever(options, list(builtin_signatures().values()), report)
    _done(target)


def _require(*packages: str) -> None:
    """Raises UsageError where the train extra is not installed."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise UsageError(f"training needs {', '.join(missing)}", hint="pip install 'tinyagent-cli[train]'")


def _work(name: str) -> Path:
    from tinyagent_cli.paths import cache_dir

    return cache_dir() / "training" / name


def _status(line: str) -> None:
    """One line on stderr, over the last one on a terminal."""
    terminal = sys.stderr.isatty()
    typer.echo(f"\r\x1b[K{line}" if terminal else line, err=True, nl=not terminal)


def _done(target: Path) -> None:
    typer.echo("", err=True)
    typer.echo(target)
