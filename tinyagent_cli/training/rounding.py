"""Rounding to 4 bits with little harm: what one column of a matrix loses, the next ones make good (GPTQ).

Frantar et al., GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers, 2023. Layer by layer,
a matrix is rounded so that its outputs for prompts and plans as in training stay near those of the exact weights; each
layer is measured behind those that are rounded already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinyagent_cli.training.base import BLOCK

if TYPE_CHECKING:
    import numpy as np
    import torch
    from transformers import PreTrainedModel

DAMPING = 0.01
"""What is added to the moments' diagonal, as a share of its mean: the value of the paper."""

SHARING = (("self_attn.q_proj",), ("self_attn.o_proj",), ("mlp.gate_proj", "mlp.up_proj"), ("mlp.down_proj",))
"""Matrices of a layer that are rounded to 4 bits, by the inputs that they share; keys and values keep 8 bits."""


@dataclass(frozen=True)
class Rounded:
    """A matrix in GGUF's Q4_0: `codes` from 0 to 15, shape (rows, columns), and `scales`, (rows, columns // 32)."""

    codes: np.ndarray
    scales: np.ndarray

    def values(self) -> np.ndarray:
        """The weights, 32-bit."""
        blocks = self.codes.reshape(*self.scales.shape, BLOCK).astype("float32") - 8
        weights: np.ndarray = (blocks * self.scales[:, :, None]).reshape(self.codes.shape)
        return weights

    def packed(self) -> np.ndarray:
        """The bytes of the file, shape (rows, columns // 32 * 18): a 16-bit scale, then two weights a byte."""
        import numpy

        codes = self.codes.reshape(*self.scales.shape, BLOCK)
        halves = codes[:, :, : BLOCK // 2] | codes[:, :, BLOCK // 2 :] << 4
        scales = self.scales.astype("float16")[:, :, None].view("uint8")
        return numpy.concatenate([scales, halves], axis=2).reshape(len(codes), -1)


def round_model(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> dict[str, Rounded]:
    """Round the large matrices of a Llama-shaped model's layers, in place; `texts` are token ids as it will meet them.

    Gives each by its name in the model's state. The model must compute with 32 bits.
    """
    import torch

    names = {id(module): name for name, module in model.named_modules()}
    rounded: dict[str, Rounded] = {}
    with torch.no_grad():
        inside = [_Text(model, ids) for ids in texts]
        layers: Any = model.base_model.layers
        for layer in layers:
            moments = _moments(layer, inside)
            for sharing in SHARING:
                for part in sharing:
                    matrix = layer.get_submodule(part)
                    result = round_matrix(matrix.weight, moments[sharing[0]])
                    matrix.weight.copy_(torch.from_numpy(result.values()))
                    rounded[f"{names[id(matrix)]}.weight"] = result
            for text in inside:
                text.hidden = text.through(layer)
    return rounded


def round_matrix(weights: torch.Tensor, moments: torch.Tensor) -> Rounded:
    """Round a matrix, shape (rows, columns), for inputs with these second moments, shape (columns, columns).

    A block's scale is that of its largest weight. Columns with large inputs come first (the paper's "act-order"), while
    all others can still make good what they lose.
    """
    import torch

    order = moments.diagonal().argsort(descending=True)
    blocks = weights.view(len(weights), -1, BLOCK)
    scales = (blocks.gather(2, blocks.abs().argmax(2, keepdim=True))[:, :, 0] / -8).half().float()
    factor = _inverse_factor(moments[order][:, order])
    left, steps = weights[:, order], scales[:, order // BLOCK]
    codes = torch.zeros(weights.shape, dtype=torch.uint8)
    for first in range(0, len(order), BLOCK):
        block, errors = left[:, first : first + BLOCK], torch.zeros(len(left), BLOCK)
        for place in range(BLOCK):
            row, step = factor[first + place, first : first + BLOCK], steps[:, first + place]
            code = _codes(block[:, place], step)
            errors[:, place] = (block[:, place] - step * code) / row[place]
            block[:, place:] -= errors[:, place, None] * row[place:]
            codes[:, order[first + place]] = (code + 8).to(torch.uint8)
        left[:, first + BLOCK :] -= errors @ factor[first : first + BLOCK, first + BLOCK :]
    return Rounded(codes.numpy(), scales.numpy())


def _codes(weights: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """The nearest multiples, -8 to 7, of scales that may be 0."""
    import torch

    return (weights * torch.where(scales == 0, 0.0, 1 / scales)).round().clamp(-8, 7)


def write_rounded(rounded: Mapping[str, Rounded], path: Path) -> None:
    """Keep rounded matrices, by their names, in a file of numpy's."""
    import numpy

    path.parent.mkdir(parents=True, exist_ok=True)
    parts = {f"{name} {part}": getattr(one, part) for name, one in rounded.items() for part in ("codes", "scales")}
    partial = path.with_suffix(".partial.npz")
    numpy.savez(partial, **parts)
    partial.replace(path)


def read_rounded(path: Path) -> dict[str, Rounded]:
    """What `write_rounded` wrote."""
    import numpy

    with numpy.load(path) as parts:
        names = dict.fromkeys(key.rpartition(" ")[0] for key in parts)
        return {name: Rounded(parts[f"{name} codes"], parts[f"{name} scales"]) for name in names}


def _inverse_factor(moments: torch.Tensor) -> torch.Tensor:
    """The upper Cholesky factor of the inverse of the damped moments."""
    import torch

    damped = moments + torch.eye(len(moments)) * max(DAMPING * moments.diagonal().mean().item(), 1e-8)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    factor: torch.Tensor = torch.linalg.cholesky(inverse, upper=True)
    return factor


class _Text:
    """One text on its way through the layers; `hidden` has the shape (1, tokens, width)."""

    def __init__(self, model: PreTrainedModel, ids: Sequence[int]) -> None:
        import torch

        self.hidden = model.get_input_embeddings()(torch.tensor([list(ids)]))
        self._positions = torch.arange(len(ids))[None]
        rotary: Any = model.base_model.rotary_emb
        self._rotary = rotary(self.hidden, self._positions)

    def through(self, layer: torch.nn.Module) -> torch.Tensor:
        """What a layer makes of it."""
        made: Any = layer(
            self.hidden,
            attention_mask=None,
            position_ids=self._positions,
            position_embeddings=self._rotary,
            use_cache=False,
        )
        hidden: torch.Tensor = made[0] if isinstance(made, tuple) else made
        return hidden


def _moments(layer: torch.nn.Module, texts: Sequence[_Text]) -> dict[str, torch.Tensor]:
    """Second moments of the inputs of a layer's matrices, by the first of those that share them."""
    with _watched(layer) as moments:
        for text in texts:
            text.through(layer)
    return moments


@contextmanager
def _watched(layer: torch.nn.Module) -> Iterator[dict[str, torch.Tensor]]:
    import torch

    moments: dict[str, torch.Tensor] = defaultdict(lambda: torch.zeros(1))

    def add(part: str, inputs: tuple[torch.Tensor, ...]) -> None:
        rows = inputs[0].reshape(-1, inputs[0].shape[-1])
        moments[part] = moments[part] + rows.T @ rows

    parts = [sharing[0] for sharing in SHARING]
    hooks = [
        layer.get_submodule(part).register_forward_pre_hook(lambda _, inputs, part=part: add(part, inputs))
        for part in parts
    ]
    try:
        yield moments
    finally:
        for hook in hooks:
            hook.remove()
