"""Weights at full precision under a model that computes with fewer bits (Micikevicius et al., 2017).

A step of the optimiser is often smaller than the distance of two numbers of 16 bits. The masters collect such steps;
the model computes with what they round to. Of a model in 4 bits the masters are the scales.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tinyagent_cli.training.adapters import MARK
from tinyagent_cli.training.rounding import Rounded

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


@dataclass
class Master:
    """A weight of a model, and the 32 bits that are tuned in its place."""

    value: torch.Tensor
    weight: torch.nn.Parameter

    def exact(self) -> torch.Tensor:
        """The weight in 32 bits."""
        return self.value

    def gradient(self) -> torch.Tensor | None:
        """The gradient of `value`, from the weight's own."""
        return None if self.weight.grad is None else self.weight.grad.float()


@dataclass
class ScaleMaster(Master):
    """A matrix of 4 bits whose codes stay: `value`, shape (rows, blocks), are factors of its scales, 1 at first.

    `codes`, -8 to 7, have the shape (rows, blocks, 32), and `scales`, as rounding found them, that of `value`.
    """

    codes: torch.Tensor
    scales: torch.Tensor

    @classmethod
    def of(cls, rounded: Rounded, weight: torch.nn.Parameter) -> ScaleMaster:
        """The master of a matrix that was rounded."""
        import torch

        scales = torch.from_numpy(rounded.scales).to(weight.device, torch.float32)
        codes = torch.from_numpy(rounded.codes).to(weight.device).view(*scales.shape, -1).to(torch.int8) - 8
        return cls(torch.ones_like(scales), weight, codes, scales)

    def exact(self) -> torch.Tensor:
        """Codes times scales times factors."""
        return (self.codes * (self.scales * self.value)[:, :, None]).view(self.weight.shape)

    def gradient(self) -> torch.Tensor | None:
        """The sum over each block of the weight's gradient times the codes, times its scale."""
        if self.weight.grad is None:
            return None
        return (self.weight.grad.float().view(self.codes.shape) * self.codes).sum(-1) * self.scales

    def rounded(self) -> Rounded:
        """The matrix with its scales as they are now, in 16 bits as in the file."""
        codes = (self.codes + 8).cpu().numpy().astype("uint8").reshape(self.weight.shape)
        return Rounded(codes, (self.scales * self.value).half().float().cpu().numpy())


class Masters:
    """The 32-bit weights of a model, which computes with `dtype`.

    Weights that are not tuned have no masters: they are kept as they came, and put back in the end. Of a model that
    was `rounded`, by the names of its state, only the scales of those matrices are tuned.
    """

    def __init__(
        self, model: PreTrainedModel, dtype: torch.dtype, rounded: Mapping[str, Rounded] = MappingProxyType({})
    ) -> None:
        import torch

        self._model = model
        names = dict(model.named_parameters())
        self._partial = bool(rounded) or any(MARK in name for name in names)
        self._tuned: list[Master] = []
        self._frozen: list[tuple[torch.Tensor, torch.nn.Parameter]] = []
        for name, weight in names.items():
            if name in rounded:
                self._tuned.append(ScaleMaster.of(rounded[name], weight))
            elif weight.requires_grad and not rounded:
                self._tuned.append(Master(weight.detach().to(torch.float32, copy=True), weight))
            else:
                weight.requires_grad_(False)
                self._frozen.append((weight.detach(), weight))
            weight.data = weight.data.to(dtype)
        self.show()

    @property
    def weights(self) -> list[torch.Tensor]:
        """What is tuned."""
        return [master.value for master in self._tuned]

    def show(self) -> None:
        """Let the model compute with the masters as they are now."""
        for master in self._tuned:
            master.weight.data.copy_(master.exact())

    def take_gradients(self) -> None:
        """Move the gradients of the model's weights to their masters."""
        for master in self._tuned:
            master.value.grad = master.gradient()
            master.weight.grad = None

    def state(self) -> dict[str, torch.Tensor]:
        """The model's state with the masters in their places; where a part of it is tuned, that part alone."""
        values = {id(master.weight): master.value for master in self._tuned}
        if not self._partial:
            values |= {id(weight): value for value, weight in self._frozen}
        names = dict(self._model.named_parameters(remove_duplicate=False))
        return {name: values[id(weight)] for name, weight in names.items() if id(weight) in values}

    def rounded(self) -> dict[str, Rounded]:
        """The matrices of 4 bits with their scales as they are now, by their names."""
        named = {id(weight): name for name, weight in self._model.named_parameters()}
        return {named[id(one.weight)]: one.rounded() for one in self._tuned if isinstance(one, ScaleMaster)}

    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Set the masters to a state that `state` gave."""
        for name, value in self.state().items():
            value.copy_(state[name])
        self.show()

    def restore(self) -> None:
        """Put the masters back into the model."""
        for master in self._tuned:
            master.weight.data = master.exact()
        for value, weight in self._frozen:
            weight.data = value


def best_dtype(device: torch.device | str) -> torch.dtype:
    """bfloat16 where a device multiplies it natively, otherwise float32."""
    import torch

    if torch.device(device).type == "mps":
        return torch.bfloat16
    if torch.device(device).type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    has_library = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    multiplies = has_library and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if multiplies else torch.float32
