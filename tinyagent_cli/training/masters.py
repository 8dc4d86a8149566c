"""Weights at full precision under a model that computes with fewer bits (Micikevicius et al., 2017).

A step of the optimiser is often smaller than the distance of two numbers of 16 bits, or of two of the 16 values that
a weight of the shipped file can have. The masters collect such steps; the model computes with what they round to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tinyagent_cli.training.adapters import MARK

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

BLOCK = 32
"""Weights that share a scale in GGUF's Q4_0."""


class Masters:
    """The 32-bit weights of a model, which computes with `dtype`, and with `to_4_bits` of its matrices if `coarse`.

    Weights that are not tuned have no masters: they are kept as they came, and put back in the end.

    With `coarse` the loss is that of the weight file as it will ship, and its gradient is taken for the masters'
    (the straight-through estimator; Bengio et al., 2013).
    """

    def __init__(self, model: PreTrainedModel, dtype: torch.dtype, *, coarse: bool = False) -> None:
        import torch

        self._model = model
        self._coarse = coarse
        self._adapted = any(MARK in name for name, _ in model.named_parameters())
        self._pairs: list[tuple[torch.Tensor, torch.nn.Parameter]] = []
        self._frozen: list[tuple[torch.Tensor, torch.nn.Parameter]] = []
        for weight in model.parameters():
            if weight.requires_grad:
                self._pairs.append((weight.detach().to(torch.float32, copy=True), weight))
            else:
                self._frozen.append((weight.detach(), weight))
            weight.data = weight.data.to(dtype)
        self.show()

    @property
    def weights(self) -> list[torch.Tensor]:
        """The masters of all weights that are tuned."""
        return [master for master, _ in self._pairs]

    def show(self) -> None:
        """Let the model compute with the masters as they are now."""
        for master, weight in self._pairs:
            weight.data.copy_(to_4_bits(master) if self._coarse and master.ndim == 2 else master)

    def take_gradients(self) -> None:
        """Move the gradients of the model's weights to their masters."""
        for master, weight in self._pairs:
            master.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None

    def state(self) -> dict[str, torch.Tensor]:
        """The model's state with the masters in their places; of a model with adapters theirs alone."""
        kept = self._pairs if self._adapted else (*self._pairs, *self._frozen)
        masters = {id(weight): master for master, weight in kept}
        names = dict(self._model.named_parameters(remove_duplicate=False))
        return {name: masters[id(weight)] for name, weight in names.items() if id(weight) in masters}

    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Set the masters to a state that `state` gave."""
        for name, master in self.state().items():
            master.copy_(state[name])
        self.show()

    def restore(self) -> None:
        """Put the masters back into the model."""
        for master, weight in (*self._pairs, *self._frozen):
            weight.data = master


def to_4_bits(weights: torch.Tensor) -> torch.Tensor:
    """What weights, shape (rows, columns), are once GGUF's Q4_0 has rounded them.

    Every `BLOCK` weights of a row are whole multiples, -8 to 7, of a scale in 16 bits, which takes the largest to -8.
    """
    import torch

    blocks = weights.reshape(-1, BLOCK)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = largest / -8
    inverse = torch.where(scale == 0, 0.0, 1 / scale)
    steps = (blocks * inverse + 8.5).trunc_().clamp_(0, 15).sub_(8)
    return (steps * scale.half().float()).reshape(weights.shape)


def best_dtype(device: torch.device | str) -> torch.dtype:
    """bfloat16 where a device multiplies it natively, otherwise float32."""
    import torch

    if torch.device(device).type == "mps":
        return torch.bfloat16
    if torch.device(device).type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
