"""Training the planner, from seeds to the weight file: the one path behind `tinyagent train planner`."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.suite import Item, spread
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.retrieval import load_retriever
from tinyagent_cli.training.adapters import Merged, add_adapters
from tinyagent_cli.training.base import SMOLLM2, base_config, base_file, load_base, load_tokenizer
from tinyagent_cli.training.check import check_feasible
from tinyagent_cli.training.choice import BEST, Choice, item_of
from tinyagent_cli.training.device import Device, found
from tinyagent_cli.training.estimate import Estimate, estimate
from tinyagent_cli.training.examples import Encoder, Example, apart, batches
from tinyagent_cli.training.export import export
from tinyagent_cli.training.gguf_settings import vocabulary
from tinyagent_cli.training.masters import best_dtype
from tinyagent_cli.training.practice import practice
from tinyagent_cli.training.rounding import Rounded, round_model
from tinyagent_cli.training.seeds import Seed, of_split, placed_seeds, read_seeds
from tinyagent_cli.training.tune import Progress, TuneOptions, recompute_activations, tune
from tinyagent_cli.training.workers import Team, launched, leads, neighbours, own_device, team

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

LONGEST = 480
"""Requests whose prompt and plan are longer than this many tokens are left out: few, and each costs as much as four."""

MEASURED_FROM = 0.6
"""From which share of the budget on checkpoints are measured: earlier ones are never the best."""

POOL = 512
"""Examples sorted by length at a time, so that batches hold little padding."""


METHODS = ("full", "lora")


Exporter: TypeAlias = Callable[["Mapping[str, torch.Tensor]", Path], None]
"""Writes a state of the model, or of its adapters, as a weight file."""


@dataclass(frozen=True)
class PlannerOptions:
    """What to train on, from which base, how, and where the results go.

    `validate` requests of the validation split say which checkpoint is the best; 0 takes the last one.
    `calibrate` requests measure what rounding to 4 bits does; with 0 every weight is rounded by itself.
    `method` is one of `METHODS`; `rank` is that of the adapters which `lora` tunes instead of the base.
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
    method: str = "full"
    rank: int = 16
    device: Device = Device.AUTO
    calibrate: int = 160

    @property
    def adapter_rank(self) -> int:
        """The rank of the adapters; 0 where the base itself is tuned."""
        return self.rank if self.method == "lora" else 0


def train_planner(
    options: PlannerOptions,
    builtin: Signatures,
    report: Callable[[Progress], None] = lambda progress: None,
    announce: Callable[[Estimate], None] = lambda expected: None,
) -> Path | None:
    """Tune a base on the training split of the seeds and export it; gives the path of the weights.

    A run that was cut off goes on from the checkpoint in `options.work`. A card with the data's
    hash, the options and the outcome is written beside the weights. What the run will take is announced
    before it begins. Of processes that were launched together the first one alone reports and writes; the
    others get None. Raises UsageError or ModelError, if it can before anything large is loaded.
    """
    options = replace(options, device=found(options.device))
    _check(options)
    check_feasible(placed_seeds([options.seeds]), builtin)
    seeds = _seeds(options)
    expected = _expected(options)
    if leads():
        announce(expected)
    job = _Job(options, dict(builtin), seeds, expected.memory.recomputes)
    with team(options.workers, options.work / "workers", _join, job) as worker:
        outcome = _tune(worker, job, report if worker.leads else _silent)
    if not worker.leads:
        return None
    if outcome.measured:
        shutil.copyfile(options.work / BEST, options.target)
    else:
        outcome.export(outcome.model.state_dict(), options.target)
    write_card(options, outcome)
    return options.target


@dataclass(frozen=True)
class _Job:
    """What every worker needs to know."""

    options: PlannerOptions
    builtin: Signatures
    seeds: list[Seed]
    recomputes: bool


@dataclass(frozen=True)
class _Outcome:
    model: PreTrainedModel
    seeds: int
    workers: int
    progress: Progress
    measured: Mapping[str, float]
    export: Exporter


def _check(options: PlannerOptions) -> None:
    if options.workers > 1 and launched() > 1:
        raise UsageError(f"{launched()} processes were launched together", hint="leave out --workers")
    if options.device is Device.MLX and max(options.workers, launched()) > 1:
        raise UsageError("MLX tunes in one process", hint="--device cpu, or no --workers")
    if options.tuning.coarse and options.adapter_rank:
        raise UsageError("adapters are not rounded to 4 bits", hint="leave out --coarse, or tune fully")


def _torch_device(options: PlannerOptions) -> str:
    """torch's name of the device; for it, MLX computes on Apple's "mps"."""
    import torch

    if options.device is Device.MLX and torch.backends.mps.is_available():
        return "mps"
    return own_device() if options.device is Device.CUDA else "cpu"


def _seeds(options: PlannerOptions) -> list[Seed]:
    seeds = of_split(read_seeds(options.seeds), "train")
    if not seeds:
        raise UsageError(f"no seeds in {options.seeds}", hint="give a folder of .jsonl files")
    return seeds


def _expected(options: PlannerOptions) -> Estimate:
    """What the run will take; a base that could not be exported in the end is refused here."""
    base = base_file(options.base, weights=False)
    config = base_config(base)
    if base.is_dir():
        vocabulary(load_tokenizer(base), config.vocab_size)
    _set_threads(options)
    sharing = options.workers if options.workers > 1 else neighbours()
    return estimate(config, options.adapter_rank, options.tuning.batch_tokens, _torch_device(options), sharing)


def _set_threads(options: PlannerOptions) -> None:
    import torch

    torch.set_num_threads(max(1, options.threads // max(options.workers, neighbours())))


def _silent(progress: Progress) -> None:
    """What the others report."""


def _join(worker: Team, job: _Job) -> None:
    _tune(worker, job, _silent)


def _tune(worker: Team, job: _Job, report: Callable[[Progress], None]) -> _Outcome:
    options, seeds = job.options, job.seeds
    _set_threads(options)
    model, tokenizer = _prepared(options, job.recomputes)

    def examples(rng: Random) -> Iterator[Example]:
        encoder = Encoder(job.builtin, tokenizer, load_retriever(), rng)
        return (one for passed in practice(seeds, job.builtin, rng) for one in encoder.encode(passed, LONGEST))

    def stream(step: int) -> Iterator[list[Example]]:
        rng = Random(f"{options.tuning.seed} {worker.rank} {step}")
        singly = apart(examples(rng)) if options.device is Device.MLX else examples(rng)
        return batches(singly, options.tuning.batch_tokens, min(POOL, 8 * len(seeds)), rng)

    # What was tuned as plain rounding leaves it is rounded so in the end.
    rounds = worker.leads and options.bits == 4 and not options.tuning.coarse
    calibration = islice(apart(examples(Random(options.tuning.seed))), options.calibrate if rounds else 0)
    texts = [(*one.shared, *rest, *plan) for one in calibration for rest, plan in one.branches]
    write = _exporter(model, options, texts)
    choice = Choice(_validation(options), write, options.work)

    def measure(state: Mapping[str, torch.Tensor], progress: Progress) -> None:
        if choice.items and progress.share(options.tuning) >= MEASURED_FROM:
            choice.offer(state, progress.tokens)

    run = _tuner(worker, options, job.recomputes)
    progress = run(model, stream, options.tuning, options.work, report=report, measure=measure)
    return _Outcome(model, len(seeds), worker.size, progress, choice.measured, write)


def _tuner(worker: Team, options: PlannerOptions, recomputes: bool) -> Callable[..., Progress]:
    """What tunes on the device."""
    if options.device is not Device.MLX:
        return partial(tune, team=worker)
    from tinyagent_cli.training import mlx_tune

    return partial(mlx_tune.tune, rank=options.adapter_rank, recomputes=recomputes)


def _validation(options: PlannerOptions) -> list[Item]:
    """Requests of the validation split, evenly spread over the files."""
    seeds = of_split(read_seeds(options.seeds), "validation")
    items = [item_of(seed, number) for number, seed in enumerate(seeds)]
    return spread(items, options.validate) if options.validate else []


def _exporter(model: PreTrainedModel, options: PlannerOptions, texts: Sequence[Sequence[int]]) -> Exporter:
    """An exporter that rounds to 4 bits by what the texts tell."""

    def write(state: Mapping[str, torch.Tensor], target: Path) -> None:
        merged = Merged(model, state)
        rounded = _rounded(merged, model.config, texts) if texts else {}
        export(merged, model.config, base_file(options.base), target, options.bits, rounded=rounded)

    return write


def _rounded(state: Mapping[str, torch.Tensor], config: Any, texts: Sequence[Sequence[int]]) -> dict[str, Rounded]:
    import torch
    from transformers import AutoModelForCausalLM

    make: Callable[..., PreTrainedModel] = AutoModelForCausalLM.from_config
    exact = make(config, dtype=torch.float32)
    exact.load_state_dict(dict(state))
    return round_model(exact.train(False), texts)


def _prepared(options: PlannerOptions, recomputes: bool) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The base on its device, ready to be tuned; one that stays as it is needs no more bits than it computes with."""
    import torch

    device = _torch_device(options)
    base = base_file(options.base)
    model, tokenizer = load_base(base, best_dtype(device) if options.adapter_rank else torch.float32)
    if options.device is Device.MLX:
        return model, tokenizer
    if options.adapter_rank:
        torch.manual_seed(options.tuning.seed)
        add_adapters(model, options.adapter_rank)
    if recomputes:
        recompute_activations(model)
    torch.nn.Module.to(model, device)
    return model, tokenizer


def write_card(options: PlannerOptions, outcome: _Outcome) -> Path:
    """The card of a weight file: what it was made from, how, on what, and its hash."""
    path = Path(options.base)
    card: dict[str, Any] = {
        "base": path.name if path.exists() else options.base,
        "method": f"LoRA of rank {options.rank}" if options.adapter_rank else "full",
        "seeds": outcome.seeds,
        "data_sha256": _hash_of_folder(options.seeds),
        "tuning": asdict(options.tuning),
        "progress": asdict(outcome.progress),
        "plan_success": outcome.measured,
        "bits": options.bits,
        "device": options.device.value,
        "machine": f"{platform.machine()}, {options.threads} threads, {outcome.workers} workers",
        "weights_sha256": hashlib.sha256(options.target.read_bytes()).hexdigest(),
        "bytes": options.target.stat().st_size,
    }
    target = options.target.with_suffix(".json")
    target.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return target


def _hash_of_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
