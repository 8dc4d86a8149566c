"""The mean of a base and what it was tuned to.

Most of what tuning adds stays, and less of what the base could do before is lost (Wortsman et al., Robust fine-tuning
of zero-shot models, 2022). Our planner's mean with the one before it planned more validation requests than either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Mean(Mapping[str, "torch.Tensor"]):
    """Two states of one model in one: `share` of the weights of `base`, the rest of `tuned`, in 32 bits."""

    def __init__(self, tuned: Mapping[str, torch.Tensor], base: Mapping[str, torch.Tensor], share: float) -> None:
        self._tuned = tuned
        self._base = base
        self._share = share

    def __getitem__(self, name: str) -> torch.Tensor:
        tuned, base = (state[name].detach().cpu().float() for state in (self._tuned, self._base))
        return tuned.lerp(base, self._share)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tuned)

    def __len__(self) -> int:
        return len(self._tuned)
