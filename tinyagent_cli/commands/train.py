"""`tinyagent train`: make the planner or the Tool RAG classifier from seed requests."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tinyagent_cli.commands.data_files import SEEDS, builtin_signatures
from tinyagent_cli.commands.files import check_writable
from tinyagent_cli.commands.train_options import (
    CORES,
    BaseOption,
    BitsOption,
    CalibrateOption,
    DeviceOption,
    KeepOption,
    LearningRateOption,
    Method,
    MethodOption,
    MetOption,
    MinutesOption,
    RankOption,
    RetrieverBaseOption,
    RetrieverTargetOption,
    ScalesOption,
    SeedsOption,
    TargetOption,
    ThreadsOption,
    TokensOption,
    ValidateOption,
    WorkersOption,
    WorkOption,
)
from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.device import Device

if TYPE_CHECKING:
    from tinyagent_cli.training.estimate import Estimate
    from tinyagent_cli.training.planner_options import PlannerOptions
    from tinyagent_cli.training.tune import Progress

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Make a planner or a classifier from seed requests."
)


@app.command()
def planner(
    *,
    target: TargetOption = Path("planner.gguf"),
    seeds: SeedsOption = SEEDS,
    base: BaseOption = "smollm2-135m",
    method: MethodOption = Method.FULL,
    rank: RankOption = 16,
    tokens: TokensOption = 3_000_000,
    minutes: MinutesOption = 0.0,
    learning_rate: LearningRateOption = 3e-4,
    bits: BitsOption = 4,
    work: WorkOption = None,
    threads: ThreadsOption = CORES,
    workers: WorkersOption = 1,
    validate: ValidateOption = 120,
    calibrate: CalibrateOption = 160,
    scales: ScalesOption = 0.0,
    keep: KeepOption = 0.0,
    met: MetOption = False,
    device: DeviceOption = Device.AUTO,
) -> None:
    """Tune a base model to plan, and export it as one weight file for every engine.

    On several GPUs or machines: accelerate launch -m tinyagent_cli train planner ...
    """
    _require("torch", "transformers", "gguf", "accelerate", "faker", "psutil")
    if method is Method.LORA:
        _require("peft")
    if bits not in (4, 8, 16):
        raise UsageError(f"--bits must be 4, 8 or 16, not {bits}")
    if learning_rate <= 0:
        raise UsageError(f"--learning-rate must be more than 0, not {learning_rate:g}")
    check_writable(target)
    from tinyagent_cli.training.planner_options import PlannerOptions
    from tinyagent_cli.training.tune import TuneOptions

    tuning = TuneOptions(tokens=tokens, minutes=minutes, learning_rate=learning_rate)
    folder, how = work or _work("planner"), (method.value, rank, device, calibrate, scales, keep, met, _command())
    _train_planner(PlannerOptions(seeds, target, folder, base, bits, threads, workers, validate, tuning, *how))


@app.command()
def retriever(
    *,
    target: RetrieverTargetOption = Path("retriever"),
    seeds: SeedsOption = SEEDS,
    base: RetrieverBaseOption = "",
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


def _train_planner(options: PlannerOptions) -> None:
    """Train with a line of progress, and say where the weights went; of several processes one writes them."""
    from tinyagent_cli.commands.train_estimate import expectation
    from tinyagent_cli.training.planner import train_planner

    def report(progress: Progress) -> None:
        speed = progress.tokens / max(progress.seconds, 1)
        left = progress.seconds * (1 / max(progress.share(options.tuning), 1e-3) - 1) / 60
        _status(f"step {progress.step}, loss {progress.loss:.3f}, {speed:.0f} tokens/s, {left:.0f} minutes left")

    def announce(expected: Estimate) -> None:
        for line in expectation(expected, options.tuning, options.workers):
            typer.echo(line, err=True)

    written = train_planner(options, builtin_signatures(), report, announce)
    if written is not None:
        _done(written)


def _command() -> str:
    """What was typed, for the card."""
    return shlex.join(["tinyagent", *sys.argv[1:]])


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
