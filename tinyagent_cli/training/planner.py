"""Training the planner, from seeds to the weight file: the one path behind `tinyagent train planner`."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.suite import Item, spread
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.retrieval import load_retriever
from tinyagent_cli.training.base import SMOLLM2, base_file, load_base
from tinyagent_cli.training.check import check_feasible
from tinyagent_cli.training.choice import BEST, Choice, item_of
from tinyagent_cli.training.examples import Encoder, Example, batches
from tinyagent_cli.training.export import export
from tinyagent_cli.training.practice import practice
from tinyagent_cli.training.seeds import of_split, placed_seeds, read_seeds
from tinyagent_cli.training.tune import Progress, TuneOptions, tune
from tinyagent_cli.training.workers import Team, team

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

LONGEST = 480
"""Requests whose prompt and plan are longer than this many tokens are left out: few, and each costs as much as four."""

MEASURED_FROM = 0.6
"""From which share of the budget on checkpoints are measured: earlier ones are never the best."""

POOL = 512
"""Examples sorted by length at a time, so that batches hold little padding."""


@dataclass(frozen=True)
class PlannerOptions:
    """What to train on, from which base, and where the results go.

    `validate` requests of the validation split say which checkpoint is the best; 0 takes the last one.
    """

    seeds: Path
    target: Path
    work: Path
    base: str = SMOLLM2
    bits: int = 4
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    workers: int = 1
    validate: int = 120
    tuning: TuneOptions = field(default_factory=TuneOptions)


def train_planner(
    options: PlannerOptions, builtin: Signatures, report: Callable[[Progress], None] = lambda progress: None
) -> Path:
    """Tune a base on the training split of the seeds and export it; gives the path of the weights.

    A run that was cut off goes on from the checkpoint in `options.work`. A card with the data's
    hash, the options and the outcome is written beside the weights. Raises UsageError for a seed that is none.
    """
    check_feasible(placed_seeds([options.seeds]), builtin)
    with team(options.workers, options.work / "workers", _join, options, dict(builtin)) as first:
        outcome = _tune(first, options, builtin, report)
    if outcome.measured:
        shutil.copyfile(options.work / BEST, options.target)
    else:
        _exporter(outcome.model, options)(outcome.model.state_dict(), options.target)
    write_card(options, outcome)
    return options.target


@dataclass(frozen=True)
class _Outcome:
    model: PreTrainedModel
    seeds: int
    progress: Progress
    measured: Mapping[str, float]


def _join(worker: Team, options: PlannerOptions, builtin: Signatures) -> None:
    _tune(worker, options, builtin, lambda progress: None)


def _tune(worker: Team, options: PlannerOptions, builtin: Signatures, report: Callable[[Progress], None]) -> _Outcome:
    import torch

    seeds = of_split(read_seeds(options.seeds), "train")
    if not seeds:
        raise UsageError(f"no seeds in {options.seeds}", hint="give a folder of .jsonl files")
    torch.set_num_threads(max(1, options.threads // options.workers))
    model, tokenizer = load_base(base_file(options.base))
    torch.nn.Module.to(model, "cuda" if torch.cuda.is_available() else "cpu")

    def stream(step: int) -> Iterator[list[Example]]:
        rng = Random(f"{options.tuning.seed} {worker.rank} {step}")
        encoder = Encoder(builtin, tokenizer, load_retriever(), rng)
        passes = practice(seeds, builtin, rng)
        examples = (example for passed in passes for example in encoder.encode(passed, LONGEST))
        return batches(examples, options.tuning.batch_tokens, min(POOL, 8 * len(seeds)), rng)

    choice = Choice(_validation(options), _exporter(model, options), options.work)

    def measure(state: Mapping[str, torch.Tensor], progress: Progress) -> None:
        if choice.items and progress.share(options.tuning) >= MEASURED_FROM:
            choice.offer(state, progress.tokens)

    progress = tune(model, stream, options.tuning, options.work, report=report, measure=measure, team=worker)
    return _Outcome(model, len(seeds), progress, choice.measured)


def _validation(options: PlannerOptions) -> list[Item]:
    """Requests of the validation split, evenly spread over the files."""
    seeds = of_split(read_seeds(options.seeds), "validation")
    items = [item_of(seed, number) for number, seed in enumerate(seeds)]
    return spread(items, options.validate) if options.validate else []


def _exporter(model: PreTrainedModel, options: PlannerOptions) -> Callable[[Mapping[str, torch.Tensor], Path], None]:
    """Writes a state of the model as a weight file."""

    def write(state: Mapping[str, torch.Tensor], target: Path) -> None:
        on_cpu = {name: weight.cpu() for name, weight in state.items()}
        export(on_cpu, model.config, base_file(options.base), target, options.bits)

    return write


def write_card(options: PlannerOptions, outcome: _Outcome) -> Path:
    """The card of a weight file: what it was made from, how, on what, and its hash."""
    card: dict[str, Any] = {
        "base": Path(options.base).name,
        "seeds": outcome.seeds,
        "data_sha256": _hash_of_folder(options.seeds),
        "tuning": asdict(options.tuning),
        "progress": asdict(outcome.progress),
        "plan_success": outcome.measured,
        "bits": options.bits,
        "machine": f"{platform.machine()}, {options.threads} threads, {options.workers} workers",
        "weights_sha256": hashlib.sha256(options.target.read_bytes()).hexdigest(),
        "bytes": options.target.stat().st_size,
    }
    path = options.target.with_suffix(".json")
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return path


def _hash_of_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
