"""Training the planner, from seeds to the weight file: the one path behind `tinyagent train planner`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.suite import Item, spread
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.retrieval import load_retriever
from tinyagent_cli.training.adapters import add_adapters
from tinyagent_cli.training.base import base_config, base_file, load_base, load_tokenizer
from tinyagent_cli.training.check import check_feasible
from tinyagent_cli.training.choice import Choice, Writer, item_of
from tinyagent_cli.training.device import Device, found
from tinyagent_cli.training.estimate import Estimate, estimate
from tinyagent_cli.training.examples import Encoder, Example, apart, batches
from tinyagent_cli.training.export import check_tensors, export
from tinyagent_cli.training.gguf_settings import vocabulary
from tinyagent_cli.training.masters import best_dtype
from tinyagent_cli.training.outcome import exporter, take, with_base
from tinyagent_cli.training.planner_card import write_card
from tinyagent_cli.training.planner_options import PlannerOptions
from tinyagent_cli.training.practice import practice
from tinyagent_cli.training.run_folder import run_folder
from tinyagent_cli.training.scale_tuning import divided, tune_scales
from tinyagent_cli.training.seeds import Seed, of_split, placed_seeds, read_seeds
from tinyagent_cli.training.tune import Progress, TuneOptions, recompute_activations, tune
from tinyagent_cli.training.workers import Team, launched, launched_for_gpus, leads, neighbours, own_device, team

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

LONGEST = 480
"""Requests whose prompt and plan are longer than this many tokens are left out: few, and each costs as much as four."""

MEASURED_FROM = 0.6
"""From which share of the budget on checkpoints are measured: earlier ones are never the best."""

POOL = 512
"""Examples sorted by length at a time, so that batches hold little padding."""


def train_planner(
    options: PlannerOptions,
    builtin: Signatures,
    report: Callable[[Progress], None] = lambda progress: None,
    announce: Callable[[Estimate], None] = lambda expected: None,
) -> Path | None:
    """Tune a base on the training split of the seeds and export it; gives the path of the weights.

    A run that was cut off goes on from its checkpoint, in a folder of its own in `options.work`. A card with the
    data's hash, the options and the outcome is written beside the weights. What the run will take is announced
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
    options = replace(options, work=run_folder(options))
    job = _Job(options, dict(builtin), seeds, expected.memory.recomputes)
    with team(options.workers, options.work / "workers", _join, job) as worker:
        outcome = _tune(worker, job, report if worker.leads else _silent)
    if not worker.leads:
        return None
    if outcome.measured:
        _copy(outcome.best, options.target)
    else:
        outcome.write(options.target)
    write_card(options, outcome.progress, outcome.measured, seeds=outcome.seeds, workers=outcome.workers)
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
    seeds: int
    workers: int
    progress: Progress
    measured: Mapping[str, float]
    best: Path
    write: Writer


def _check(options: PlannerOptions) -> None:
    if options.target.exists() and Path(options.base).exists() and options.target.samefile(options.base):
        raise UsageError("the planner would be written over its base", hint="give another --target")
    if options.workers > 1 and launched() > 1:
        raise UsageError(f"{launched()} processes were launched together", hint="leave out --workers")
    if options.device is Device.MLX and max(options.workers, launched()) > 1:
        raise UsageError("MLX tunes in one process", hint="--device cpu, or no --workers")
    if options.device is Device.CUDA and options.workers > 1:
        hint = "--device cpu, or accelerate launch for several GPUs"
        raise UsageError("--workers share a processor", hint=hint)
    if options.device is Device.CPU and launched() > 1 and launched_for_gpus():
        raise UsageError("processes launched for GPUs do not tune on the processor", hint="accelerate launch --cpu")


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
    else:
        check_tensors(base, config)
    _set_threads(options)
    sharing = options.workers if options.workers > 1 else neighbours()
    batch, device = options.tuning.batch_tokens, _torch_device(options)
    return estimate(config, options.adapter_rank, batch, device, sharing, rounds=options.rounds)


def _set_threads(options: PlannerOptions) -> None:
    import torch

    torch.set_num_threads(max(1, options.threads // max(options.workers, neighbours())))


def _copy(weights: Path, target: Path) -> None:
    """Copy a weight file whole or not at all."""
    partial = target.with_suffix(".partial")
    shutil.copyfile(weights, partial)
    partial.replace(target)


def _silent(progress: Progress) -> None:
    """What the others report."""


def _join(worker: Team, job: _Job) -> None:
    _tune(worker, job, _silent)


def _tune(worker: Team, job: _Job, report: Callable[[Progress], None]) -> _Outcome:
    options = job.options
    _set_threads(options)
    model, tokenizer = _prepared(options, job.recomputes)
    data = _Data(job, tokenizer, worker)
    data.check()
    texts = data.texts() if options.rounds and worker.leads else []
    write = exporter(model, options, texts)
    choice = Choice(_validation(options), options.outcome / f"validate-{options.validate}")
    first, then = divided(options.tuning, options.scales if options.tunes_scales else 0.0)

    def measure(state: Mapping[str, torch.Tensor], progress: Progress) -> None:
        if choice.items and progress.share(first) >= MEASURED_FROM:
            choice.offer(partial(write, state), progress.tokens)

    run = _tuner(worker, options, job.recomputes)
    progress = run(model, data.batches, first, options.work, report=report, measure=measure)
    if options.tunes_scales:
        last, progress = _with_scales(model, data, texts, then, before=progress, report=report)
        if worker.leads and choice.items:
            choice.offer(last, progress.tokens)
    else:
        last = partial(write, model.state_dict())
        if worker.leads and choice.items and str(progress.tokens) not in choice.measured:
            choice.offer(last, progress.tokens)
    return _Outcome(len(job.seeds), worker.size, progress, choice.measured if choice.items else {}, choice.best, last)


def _with_scales(
    model: PreTrainedModel,
    data: _Data,
    texts: Sequence[Sequence[int]],
    tuning: TuneOptions,
    *,
    before: Progress,
    report: Callable[[Progress], None],
) -> tuple[Writer, Progress]:
    """Round to 4 bits and tune the scales: what writes the outcome, and the progress of both parts of the run."""
    options = data.job.options
    if options.keep:
        take(model, with_base(model, model.state_dict(), options))
    rounded, progress = tune_scales(
        model,
        texts,
        lambda step: data.batches(before.step + step),
        tuning,
        options.outcome / f"scales-{before.tokens}",
        report=lambda progress: report(before + progress),
        team=data.worker,
    )

    def write(target: Path) -> None:
        export(model.state_dict(), model.config, base_file(options.base), target, options.bits, rounded=rounded)

    return write, before + progress


@dataclass(frozen=True)
class _Data:
    """What one worker is tuned on."""

    job: _Job
    tokenizer: PreTrainedTokenizerBase
    worker: Team

    def check(self) -> None:
        """Raises UsageError if no seed is short enough, of which there would never be a batch."""
        encoder = self._encoder(Random(self.job.options.tuning.seed))
        if all(next(encoder.encode([seed], LONGEST), None) is None for seed in self.job.seeds):
            what = f"every request takes more than {LONGEST} tokens, with the tools it is about and its plan"
            raise UsageError(what, hint="shorten the descriptions of the tools")

    def batches(self, step: int) -> Iterator[list[Example]]:
        """Batches from a step on; only a base that begins with the seeds meets them as they are written."""
        options = self.job.options
        rng = Random(f"{options.tuning.seed} {self.worker.rank} {step}")
        examples = self._examples(rng, written=step == 0 and not options.met)
        singly = apart(examples) if options.device is Device.MLX else examples
        return batches(singly, options.tuning.batch_tokens, min(POOL, 8 * len(self.job.seeds)), rng)

    def texts(self) -> list[list[int]]:
        """The token ids of prompts and plans by which weights are rounded."""
        options = self.job.options
        examples = islice(apart(self._examples(Random(options.tuning.seed), written=True)), options.calibrate)
        return [[*one.shared, *branch.prompt, *branch.plan] for one in examples for branch in one.branches]

    def _examples(self, rng: Random, *, written: bool) -> Iterator[Example]:
        encoder = self._encoder(rng)
        passes = practice(self.job.seeds, self.job.builtin, rng, written=written)
        return (one for passed in passes for one in encoder.encode(passed, LONGEST))

    def _encoder(self, rng: Random) -> Encoder:
        return Encoder(self.job.builtin, self.tokenizer, load_retriever(), rng)


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
