"""The last part of a run: the scales of 4-bit weights are tuned, and their codes stay as rounding left them.

A matrix then moves in few directions, but nothing that is learned is lost in rounding any more: what is tuned are the
4-bit weights of the file that will ship (Kim et al., Memory-Efficient Fine-Tuning of Compressed Large Language Models
via sub-4-bit Integer Quantization, 2023; Chen et al., EfficientQAT, 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.training.examples import Example
from tinyagent_cli.training.masters import Masters, best_dtype
from tinyagent_cli.training.rounding import Rounded, read_rounded, round_model, write_rounded
from tinyagent_cli.training.tune import Progress, TuneOptions, tune
from tinyagent_cli.training.workers import ALONE, Team

if TYPE_CHECKING:
    from transformers import PreTrainedModel

RATE = 1e-3
"""The learning rate: how far a step may move a scale, as a share of it."""

ROUNDED = "rounded.npz"


def divided(options: TuneOptions, share: float) -> tuple[TuneOptions, TuneOptions]:
    """How all weights are tuned, and then for a share of the budget their scales."""

    def part(share: float) -> TuneOptions:
        return replace(options, tokens=max(1, round(options.tokens * share)), minutes=options.minutes * share)

    return part(1 - share), replace(part(share), learning_rate=RATE, weight_decay=0.0)


def tune_scales(
    model: PreTrainedModel,
    texts: Sequence[Sequence[int]],
    batches: Callable[[int], Iterator[list[Example]]],
    options: TuneOptions,
    folder: Path,
    *,
    report: Callable[[Progress], None] = lambda progress: None,
    team: Team = ALONE,
) -> tuple[dict[str, Rounded], Progress]:
    """Round a model of 32 bits by what the texts tell, in place, and tune the scales; see `tune` for the rest.

    Gives the matrices of 4 bits by their names, and how far it came. The rounding stays in `folder`, so that a run
    that was cut off goes on with the same codes.
    """
    rounded = team.follow([], _rounded(model, texts, folder / ROUNDED) if team.leads else {})
    masters = Masters(model, best_dtype(model.device), rounded)
    progress = tune(model, batches, options, folder, report=report, team=team, masters=masters)
    return masters.rounded(), progress


def _rounded(model: PreTrainedModel, texts: Sequence[Sequence[int]], path: Path) -> dict[str, Rounded]:
    """The rounding of before, or a new one, made on the CPU."""
    import torch

    if path.exists():
        return read_rounded(path)
    device = model.device
    torch.nn.Module.to(model.train(False), "cpu")
    rounded = round_model(model, texts)
    torch.nn.Module.to(model, device)
    write_rounded(rounded, path)
    return rounded
