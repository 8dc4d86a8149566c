"""From what was tuned to the weights that ship: with the share of the base that is kept, rounded, as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tinyagent_cli.training.adapters import Merged
from tinyagent_cli.training.averaging import Mean
from tinyagent_cli.training.base import base_file, load_base
from tinyagent_cli.training.device import Device
from tinyagent_cli.training.export import export
from tinyagent_cli.training.planner_options import PlannerOptions
from tinyagent_cli.training.rounding import Rounded, round_model

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Exporter: TypeAlias = Callable[["Mapping[str, torch.Tensor]", Path], None]
"""Writes a state of the model, or of its adapters, as a weight file."""


def exporter(model: PreTrainedModel, options: PlannerOptions, texts: Sequence[Sequence[int]]) -> Exporter:
    """An exporter that rounds to 4 bits by what the texts tell."""

    def write(state: Mapping[str, torch.Tensor], target: Path) -> None:
        merged = with_base(model, Merged(model, state), options)
        with _all_threads(options):
            rounded = _rounded(merged, model.config, texts) if texts else {}
        export(merged, model.config, base_file(options.base), target, options.bits, rounded=rounded)

    return write


def with_base(
    model: PreTrainedModel, state: Mapping[str, torch.Tensor], options: PlannerOptions
) -> Mapping[str, torch.Tensor]:
    """A state with the share of the base in it that is to be kept; beside adapters, the base is in the model."""
    if not options.keep:
        return state
    if options.adapter_rank and options.device is not Device.MLX:
        return Mean(state, Merged(model, {}), options.keep)
    base, _ = load_base(base_file(options.base))
    return Mean(state, base.state_dict(), options.keep)


def take(model: PreTrainedModel, state: Mapping[str, torch.Tensor]) -> None:
    """Set the weights of a model one by one, so that there is never a second copy of them all."""
    import torch

    with torch.no_grad():
        for name, weight in model.state_dict().items():
            weight.copy_(state[name])


def _rounded(state: Mapping[str, torch.Tensor], config: Any, texts: Sequence[Sequence[int]]) -> dict[str, Rounded]:
    import torch
    from transformers import AutoModelForCausalLM

    make: Callable[..., PreTrainedModel] = AutoModelForCausalLM.from_config
    exact = make(config, dtype=torch.float32)
    take(exact, state)
    return round_model(exact.train(False), texts)


@contextmanager
def _all_threads(options: PlannerOptions) -> Iterator[None]:
    """Every thread for this process while the other workers wait."""
    import torch

    usual = torch.get_num_threads()
    torch.set_num_threads(options.threads)
    try:
        yield
    finally:
        torch.set_num_threads(usual)
