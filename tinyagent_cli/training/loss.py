"""The loss of a batch: weighted cross entropy over the plans' tokens, each request as if alone behind its tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tinyagent_cli.training.examples import Example

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


@dataclass
class Row:
    """An example laid out as one row of token ids.

    `owner` is 0 for what the branches share and the branch's number from 1 otherwise, `position` counts
    along each branch, and the token at `sources[i]` is to predict the id `targets[i]`, which counts for `weights[i]`.
    """

    ids: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, ids: Sequence[int], first: int, owner: int) -> None:
        """Put tokens behind what is there; the first of them is number `first` of its branch."""
        self.ids += ids
        self.position += range(first, first + len(ids))
        self.owner += [owner] * len(ids)


def lay_out(example: Example) -> Row:
    """The shared part, then the branches one after the other."""
    row = Row()
    row.add(example.shared, 0, 0)
    for number, branch in enumerate(example.branches, 1):
        row.add(branch.prompt, len(example.shared), number)
        before = len(row.ids) - 1 if branch.prompt else len(example.shared) - 1
        row.sources += [before, *range(len(row.ids), len(row.ids) + len(branch.plan) - 1)]
        row.targets += branch.plan
        row.weights += branch.weights
        row.add(branch.plan, len(example.shared) + len(branch.prompt), number)
    return row


def plan_loss(model: PreTrainedModel, batch: Sequence[Example]) -> torch.Tensor:
    """Weighted mean cross entropy over the plans' tokens; logits are computed for those positions alone."""
    import torch
    from torch.nn import functional

    rows = [lay_out(example) for example in batch]
    ids, positions, owners = (_padded([getattr(row, name) for row in rows]) for name in ("ids", "position", "owner"))
    hidden = model.base_model(
        input_ids=ids.clamp(min=0).to(model.device),
        position_ids=positions.clamp(min=0).to(model.device),
        attention_mask=_visible(owners).to(model.device),
        use_cache=False,
    ).last_hidden_state
    where = [(number, source) for number, row in enumerate(rows) for source in row.sources]
    targets = torch.tensor([target for row in rows for target in row.targets], device=model.device)
    output: torch.nn.Module = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    logits = output(hidden[tuple(torch.tensor(where, device=model.device).T)])
    weights = torch.tensor([weight for row in rows for weight in row.weights], device=model.device)
    return functional.cross_entropy(logits.float(), targets, reduction="none") @ weights / weights.sum()


def _visible(owners: torch.Tensor) -> torch.Tensor:
    """Which tokens each token sees, bool [rows, 1, tokens, tokens]: earlier ones, its branch's own and shared ones."""
    import torch

    width = owners.shape[1]
    earlier = torch.ones(width, width, dtype=torch.bool).tril()
    seen, seeing = owners[:, None, :], owners[:, :, None]
    return (earlier & ((seen == 0) | (seen == seeing)))[:, None]


def _padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Rows of one width, filled up with -1."""
    import torch

    width = max(map(len, rows))
    return torch.tensor([[*row, *[-1] * (width - len(row))] for row in rows])
