"""Tuning a planner: all weights but the embedding, or adapters; loss on the plan alone, cosine schedule (AdamW)."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.adapters import freeze_words
from tinyagent_cli.training.attention import pays, use_two_products
from tinyagent_cli.training.examples import Example
from tinyagent_cli.training.loss import plan_loss
from tinyagent_cli.training.masters import Masters, best_dtype
from tinyagent_cli.training.workers import ALONE, Team

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


Measure: TypeAlias = Callable[["Mapping[str, torch.Tensor]", "Progress"], None]
"""Takes the state of a checkpoint, and how far the run has come."""


@dataclass(frozen=True)
class TuneOptions:
    """How long to tune, and how.

    `tokens` is the budget in padded tokens; `minutes` ends the schedule earlier where the machine is
    slow (0: no limit). `batch_tokens` are padded tokens a step. The workers of a team take the mean
    of their weights every `round_minutes`.
    """

    tokens: int = 3_000_000
    minutes: float = 0.0
    batch_tokens: int = 1_500
    learning_rate: float = 3e-4
    last_share: float = 0.05
    warmup_share: float = 0.03
    weight_decay: float = 0.01
    round_minutes: float = 2.0
    checkpoint_minutes: float = 10.0
    seed: int = 1


@dataclass
class Progress:
    """How far a run has come; saved with each checkpoint."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = 0.0

    def __add__(self, later: Progress) -> Progress:
        """Both parts of a run together; the loss is that of the later one."""
        seconds = self.seconds + later.seconds
        return Progress(self.step + later.step, self.tokens + later.tokens, seconds, later.loss)

    def share(self, options: TuneOptions) -> float:
        """Share of the budget that is spent, 0 to 1."""
        by_time = self.seconds / (options.minutes * 60) if options.minutes else 0.0
        return min(1.0, max(self.tokens / options.tokens, by_time))

    def add(self, batch: Sequence[Example], loss: float) -> None:
        """Count a step; the loss is a running mean."""
        self.step += 1
        self.tokens += len(batch) * max(map(len, batch))
        self.loss += 0.02 * (loss - self.loss) if self.loss else loss


def tune(
    model: PreTrainedModel,
    batches: Callable[[int], Iterator[list[Example]]],
    options: TuneOptions,
    folder: Path,
    *,
    report: Callable[[Progress], None] = lambda progress: None,
    measure: Measure = lambda state, progress: None,
    team: Team = ALONE,
    masters: Masters | None = None,
) -> Progress:
    """Tune `model` in place, or what `masters` hold of it.

    Checkpoints go to `folder`, from where a run that was cut off goes on.

    `measure` gets the 32-bit state of each checkpoint; meanwhile the other workers rest.
    `batches` gives the examples from a step on. Embedding and output layer stay as they are; so does
    everything but the adapters where the model has some. Raises UsageError if the checkpoint is of another model.
    """
    import torch

    torch.manual_seed(options.seed)
    freeze_words(model)
    if pays(model.device):
        use_two_products(model)
    masters = masters or Masters(model, best_dtype(model.device))
    optimizer = torch.optim.AdamW(
        masters.weights, lr=options.learning_rate, betas=(0.9, 0.95), weight_decay=options.weight_decay, fused=True
    )
    progress = team.follow(masters.weights, _resume(masters, optimizer, folder))
    masters.show()
    saved = time.monotonic()
    model.train()
    run = _Run(model, masters, optimizer, batches(progress.step), options, report)
    while progress.share(options) < 1.0:
        before = progress.tokens
        run.round(progress)
        team.average(masters.weights)
        masters.show()
        progress.tokens = before + team.total(progress.tokens - before)
        progress.seconds = team.mean(progress.seconds)
        ended = progress.share(options) >= 1.0
        if team.leads and (ended or time.monotonic() - saved > options.checkpoint_minutes * 60):
            save(masters, optimizer, progress, options, folder)
            measure(masters.state(), progress)
            saved = time.monotonic()
        team.wait()
    masters.restore()
    return progress


def recompute_activations(model: PreTrainedModel) -> None:
    """Keep only the input of every layer for the backward pass (gradient checkpointing; Chen et al., 2016)."""
    enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    enable({"use_reentrant": False})


@dataclass(frozen=True)
class _Run:
    """What one worker needs to make steps of its own."""

    model: PreTrainedModel
    masters: Masters
    optimizer: torch.optim.Optimizer
    examples: Iterator[list[Example]]
    options: TuneOptions
    report: Callable[[Progress], None]

    def round(self, progress: Progress) -> None:
        """Steps for `round_minutes`, or as long as the budget lasts."""
        started, before = time.monotonic(), progress.seconds
        while progress.seconds - before < self.options.round_minutes * 60 and progress.share(self.options) < 1.0:
            batch = next(self.examples)
            loss = self.step(batch, learning_rate(progress.share(self.options), self.options))
            progress.add(batch, loss)
            progress.seconds = before + time.monotonic() - started
            self.report(progress)

    def step(self, batch: list[Example], rate: float) -> float:
        """One step of the optimiser at a learning rate; gives the loss before it."""
        from torch.nn.utils import clip_grad_norm_

        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = plan_loss(self.model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        self.masters.take_gradients()
        clip_grad_norm_(self.masters.weights, 1.0)
        self.optimizer.step()
        self.masters.show()
        return loss.item()


def learning_rate(share: float, options: TuneOptions) -> float:
    """Linear warm-up, then a cosine down to `last_share` of the peak."""
    if share < options.warmup_share:
        return options.learning_rate * max(share, 1e-3) / options.warmup_share
    fallen = (share - options.warmup_share) / (1 - options.warmup_share)
    low = options.last_share
    return options.learning_rate * (low + (1 - low) * (1 + math.cos(math.pi * fallen)) / 2)


def save(
    masters: Masters, optimizer: torch.optim.Optimizer, progress: Progress, options: TuneOptions, folder: Path
) -> None:
    """Write a checkpoint whole: weights, optimiser state, progress and options."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    state: dict[str, Any] = {"model": masters.state(), "optimizer": optimizer.state_dict(), **asdict(progress)}
    partial = folder / "checkpoint.partial"
    torch.save(state, partial)
    partial.replace(folder / "checkpoint.pt")
    (folder / "options.json").write_text(json.dumps(asdict(options), indent=2) + "\n")


def _resume(masters: Masters, optimizer: torch.optim.Optimizer, folder: Path) -> Progress:
    import torch

    path = folder / "checkpoint.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=True, map_location="cpu")
    if _shapes(state["model"]) != _shapes(masters.state()):
        raise UsageError(f"the checkpoint in {folder} is of another base or method", hint="give another --work")
    masters.load(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(state["step"], state["tokens"], state["seconds"], state["loss"])


def _shapes(weights: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in weights.items()}
