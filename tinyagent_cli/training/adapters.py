"""Which weights of a base are tuned: all but its words, or low-rank adapters beside it (LoRA; Hu et al., 2021)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""Every linear layer but the output: adapters on attention alone learn less (Dettmers et al., QLoRA, 2023)."""

MARK = ".lora_"
"""What stands in the name of every weight of an adapter."""

SCALE = 2
"""What adapters count: peft calls it alpha, divided by the rank."""

_WRAPPED = ".base_layer"


def freeze_words(model: PreTrainedModel) -> None:
    """Leave the embedding and the output layer as they are: less work, and a word in no seed keeps its place."""
    model.get_input_embeddings().requires_grad_(False)
    model.get_output_embeddings().requires_grad_(False)  # type: ignore[no-untyped-call]


def add_adapters(model: PreTrainedModel, rank: int) -> None:
    """Freeze `model` and put adapters of a rank into its layers. At first they change nothing."""
    from peft import LoraConfig, inject_adapter_in_model

    config = LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules=LAYERS)
    inject_adapter_in_model(config, model)


class Merged(Mapping[str, "torch.Tensor"]):
    """The weights of a model under the names that they have without adapters, each with its adapter added.

    `state` holds what was tuned: adapters, or the weights themselves. The sum is made in 32 bits, one weight at a
    time, when it is asked for: of a large base in 16 bits there is never a whole copy in 32.
    """

    def __init__(self, model: PreTrainedModel, state: Mapping[str, torch.Tensor]) -> None:
        weights = model.state_dict()
        self._state = state
        self._base = {name.replace(_WRAPPED, ""): weight for name, weight in weights.items() if MARK not in name}

    def __getitem__(self, name: str) -> torch.Tensor:
        weight: torch.Tensor = self._state.get(name, self._base[name]).detach().cpu()
        first, second = (self._state.get(name.replace(".weight", f"{MARK}{part}.default.weight")) for part in "AB")
        if first is None or second is None:
            return weight
        merged: torch.Tensor = weight.float() + SCALE * second.detach().cpu().float() @ first.detach().cpu().float()
        return merged

    def __iter__(self) -> Iterator[str]:
        return iter(self._base)

    def __len__(self) -> int:
        return len(self._base)
