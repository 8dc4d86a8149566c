"""A base model in MLX: its weights in mlx-lm's Llama, the loss of a batch of plans, and the way back.

This module needs `mlx` and `mlx-lm`: import it only where they are. Weights have the names of transformers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import mlx.core as mx
from mlx import nn
from mlx.utils import tree_flatten, tree_map
from mlx_lm.models.llama import Model, ModelArgs
from mlx_lm.tuner.lora import LoRALinear
from mlx_lm.tuner.trainer import grad_checkpoint
from mlx_lm.tuner.utils import linear_to_lora_layers

from tinyagent_cli.training.adapters import SCALE
from tinyagent_cli.training.examples import Example

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class MlxModel:
    """A model whose tuned weights are kept in 32 bits, while it computes with 16 on a GPU (see masters.py).

    All weights but those of the words are tuned, or with a `rank` only low-rank additions to the linear layers of the
    blocks (LoRA; Hu et al., 2021).
    """

    def __init__(self, model: PreTrainedModel, *, rank: int = 0, recomputes: bool = False) -> None:
        """Take over the weights of a Llama- or Mistral-shaped model."""
        if mx.default_device() == mx.Device(mx.cpu):
            mx.disable_compile()  # it would run g++ for every fused kernel, where there is one
        self._model = mirrored(model)
        if rank:
            self._model.freeze()
            settings = {"rank": rank, "scale": float(SCALE), "dropout": 0.0}
            linear_to_lora_layers(self._model, len(self._model.layers), settings)
        else:
            _freeze_words(self._model)
        if recomputes:
            recompute: Callable[[Any], None] = grad_checkpoint
            recompute(self._model.layers[0])  # changes the class, and so all layers
        self.weights: dict[str, Any] = self._model.trainable_parameters()
        self._dtype = best_dtype()
        self._model.set_dtype(self._dtype)
        self._loss_and_gradients = mx.value_and_grad(self._loss)

    def loss_and_gradients(self, batch: Sequence[Example]) -> tuple[mx.array, dict[str, Any]]:
        """The loss of a batch, and its gradients as a tree like `weights`."""
        loss, gradients = self._loss_and_gradients(self.weights, batch)
        return loss, gradients

    def write_into(self, model: PreTrainedModel) -> None:
        """Put the tuned weights as they are now into the model that they were taken from."""
        self._model.update(self.weights)
        fused = {
            f"{name}.weight": layer.fuse().weight
            for name, layer in self._model.named_modules()
            if isinstance(layer, LoRALinear)
        }
        state = model.state_dict()
        for name, weight in (fused or named(self.weights)).items():
            state[name].copy_(_torch(weight))

    def _loss(self, weights: dict[str, Any], batch: Sequence[Example]) -> mx.array:
        self._model.update(tree_map(lambda weight: weight.astype(self._dtype), weights))
        return plan_loss(self._model, batch)


def mirrored(model: PreTrainedModel) -> Model:
    """The same model in mlx-lm, with weights of 32 bits."""
    config: dict[str, Any] = model.config.to_dict()
    if rotary := config.get("rope_parameters"):  # since transformers 5; before it, both stood in the configuration
        config |= {"rope_theta": rotary["rope_theta"], "rope_scaling": rotary}
    mirror = Model(ModelArgs.from_dict(config))  # type: ignore[no-untyped-call]
    weights = {name: _mlx(weight) for name, weight in model.state_dict().items()}
    mirror.load_weights(list(mirror.sanitize(weights).items()))  # type: ignore[no-untyped-call]
    return mirror


def plan_loss(model: Model, batch: Sequence[Example]) -> mx.array:
    """Weighted mean cross entropy over the plans' tokens as in loss.py, but with a row for each prompt and its plan."""
    rows = [(item.shared + branch.prompt, branch.plan) for item in batch for branch in item.branches]
    width = max(len(prompt) + len(plan) for prompt, plan in rows)
    ids = [[*prompt, *plan, *[0] * (width - len(prompt) - len(plan))] for prompt, plan in rows]
    sources = [
        (number, len(prompt) - 1 + place) for number, (prompt, plan) in enumerate(rows) for place in range(len(plan))
    ]
    targets = mx.array([token for _, plan in rows for token in plan])
    hidden = model.model(mx.array(ids))[tuple(mx.array(sources).T)]
    logits = model.model.embed_tokens.as_linear(hidden) if model.args.tie_word_embeddings else model.lm_head(hidden)
    weights = mx.array([weight for item in batch for branch in item.branches for weight in branch.weights])
    losses = nn.losses.cross_entropy(logits.astype(mx.float32), targets, weights, reduction="sum")
    return losses / weights.sum()


def _freeze_words(model: Model) -> None:
    """Leave the embedding and the output layer as they are; see tune.py."""
    model.model.embed_tokens.freeze()
    if not model.args.tie_word_embeddings:
        model.lm_head.freeze()


def best_dtype() -> mx.Dtype:
    """bfloat16 on a GPU; on a processor MLX is slower with it than with float32."""
    return mx.float32 if mx.default_device() == mx.Device(mx.cpu) else mx.bfloat16


def named(tree: dict[str, Any]) -> dict[str, mx.array]:
    """The arrays of a tree by their names, with dots."""
    return dict(tree_flatten(tree))


def _mlx(weight: torch.Tensor) -> mx.array:
    return mx.array(weight.detach().float().cpu().numpy())


def _torch(weight: mx.array) -> torch.Tensor:
    import numpy as np
    import torch

    return torch.from_numpy(np.array(weight.astype(mx.float32)))
