"""Tuning a planner with MLX, on Apple silicon: the schedule, the steps and the loss of tune.py (AdamW).

This module needs `mlx` and `mlx-lm`: import it only where they are.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlx.core as mx
from mlx.optimizers import AdamW, clip_grad_norm
from mlx.utils import tree_unflatten

from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.examples import Example
from tinyagent_cli.training.mlx_model import MlxModel, named
from tinyagent_cli.training.tune import Measure, Progress, TuneOptions, learning_rate

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CHECKPOINT = "checkpoint.safetensors"


def tune(
    model: PreTrainedModel,
    batches: Callable[[int], Iterator[list[Example]]],
    options: TuneOptions,
    folder: Path,
    *,
    rank: int = 0,
    recomputes: bool = False,
    report: Callable[[Progress], None] = lambda progress: None,
    measure: Measure = lambda state, progress: None,
) -> Progress:
    """Tune `model` in place; checkpoints go to `folder`, from where a run that was cut off goes on.

    `measure` gets the state of each checkpoint, and `batches` gives the examples from a step on. With a `rank`
    only low-rank additions are tuned; the model gets their sums with its weights. If `recomputes`, the backward pass
    computes activations again instead of keeping them.
    Raises UsageError if the checkpoint there is of another model or method.
    """
    mx.random.seed(options.seed)
    run = _Run(MlxModel(model, rank=rank, recomputes=recomputes), options)
    progress = run.resume(folder)
    examples = batches(progress.step)
    saved = time.monotonic()
    while progress.share(options) < 1.0:
        started = time.monotonic()
        batch = next(examples)
        loss = run.step(batch, learning_rate(progress.share(options), options))
        progress.add(batch, loss)
        progress.seconds += time.monotonic() - started
        report(progress)
        if progress.share(options) >= 1.0 or time.monotonic() - saved > options.checkpoint_minutes * 60:
            run.save(progress, folder)
            run.model.write_into(model)
            measure(model.state_dict(), progress)
            saved = time.monotonic()
    run.model.write_into(model)
    return progress


class _Run:
    """The model and the optimiser's state, from step to step."""

    def __init__(self, model: MlxModel, options: TuneOptions) -> None:
        self.model = model
        self._options = options
        self._optimizer = AdamW(
            options.learning_rate, betas=[0.9, 0.95], weight_decay=options.weight_decay, bias_correction=True
        )

    def step(self, batch: list[Example], rate: float) -> float:
        """One step of the optimiser at a learning rate; gives the loss before it."""
        self._optimizer.learning_rate = rate
        loss, gradients = self.model.loss_and_gradients(batch)
        clipped, _ = clip_grad_norm(gradients, 1.0)  # type: ignore[no-untyped-call]
        self.model.weights = self._optimizer.apply_gradients(clipped, self.model.weights)
        mx.eval(loss, self.model.weights, self._optimizer.state)
        mx.clear_cache()  # batches differ in shape: their buffers are seldom used again
        return float(loss)

    def save(self, progress: Progress, folder: Path) -> None:
        """Write a checkpoint whole: weights, optimiser state, progress and options."""
        folder.mkdir(parents=True, exist_ok=True)
        state = named({"weights": self.model.weights, "optimizer": self._optimizer.state})
        partial = folder / f"partial-{CHECKPOINT}"
        mx.save_safetensors(str(partial), state, metadata={"progress": json.dumps(asdict(progress))})
        partial.replace(folder / CHECKPOINT)
        (folder / "options.json").write_text(json.dumps(asdict(self._options), indent=2) + "\n")

    def resume(self, folder: Path) -> Progress:
        """Take up the checkpoint in a folder, if there is one. Raises UsageError if it does not fit."""
        path = folder / CHECKPOINT
        if not path.exists():
            return Progress()
        arrays: dict[str, mx.array]
        metadata: dict[str, str]
        arrays, metadata = mx.load(str(path), return_metadata=True)  # type: ignore[assignment]
        state: dict[str, Any] = tree_unflatten(list(arrays.items()))
        if _shapes(state["weights"]) != _shapes(self.model.weights):
            raise UsageError(f"{path} is of another base or method", hint="give another folder by --work")
        mx.eval(state)  # before a later checkpoint takes the file's place
        self.model.weights, self._optimizer.state = state["weights"], state["optimizer"]
        return Progress(**json.loads(metadata["progress"]))


def _shapes(weights: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: weight.shape for name, weight in named(weights).items()}
