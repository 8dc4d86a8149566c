"""Fitting the Tool RAG classifier: weighted binary cross entropy, AdamW, a cosine schedule, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tinyagent_cli.retrieval.classifier import WINDOW
from tinyagent_cli.training.retriever_data import Labelled
from tinyagent_cli.training.retriever_model import OWN_TOKENS, SpecialTokens, request_logits

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import DebertaV2ForTokenClassification

CHECKPOINT = "checkpoint.pt"
POOL = 50


@dataclass(frozen=True)
class FitOptions:
    """How the classifier is fitted.

    `recall_weight` is how much more a missed tool costs than a needless one; `blank_share` is the share
    of tokens hidden from the model, and `split_share` that of merges left out (BPE dropout), so that it
    leans on no single word and on no single spelling. `checkpoint_steps` lie between two checkpoints.
    """

    steps: int = 4_000
    batch: int = 32
    learning_rate: float = 6e-4
    warmup_share: float = 0.1
    weight_decay: float = 0.05
    recall_weight: float = 2.0
    blank_share: float = 0.05
    split_share: float = 0.1
    checkpoint_steps: int = 100
    seed: int = 1


@dataclass(frozen=True)
class FitProgress:
    """Where a run stands: steps done, smoothed loss, and seconds spent, earlier parts of the run included."""

    step: int = 0
    loss: float = 0.0
    seconds: float = 0.0


Report = Callable[[FitProgress], None]


@dataclass(frozen=True)
class Encoded:
    """Token ids of a request, and 1.0 or 0.0 for each label."""

    ids: tuple[int, ...]
    targets: tuple[float, ...]


Supply = Callable[[int], Iterator[list[Encoded]]]
"""Gives batches without end, from the given step on: a run that continues does not see the same ones again."""


def fit(
    model: DebertaV2ForTokenClassification,
    supply: Supply,
    options: FitOptions,
    folder: Path,
    report: Report = lambda progress: None,
    *,
    special: SpecialTokens = OWN_TOKENS,
) -> FitProgress:
    """Train `model` in place for `options.steps` steps; continues from the checkpoint in `folder`, if any.

    `special` are the special tokens of its vocabulary, by default those of our own.
    """
    import torch
    from transformers import get_cosine_schedule_with_warmup

    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    warmup = int(options.steps * options.warmup_share)
    schedule = get_cosine_schedule_with_warmup(optimizer, warmup, options.steps)
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    progress = _resume(parts, folder)
    torch.manual_seed(options.seed + progress.step)
    ready = supply(progress.step)
    started = time.monotonic() - progress.seconds
    model.train()
    for step in range(progress.step + 1, options.steps + 1):
        now = _step(model, next(ready), optimizer, options, special)
        schedule.step()
        loss = now if step == 1 else progress.loss + 0.02 * (now - progress.loss)
        progress = FitProgress(step, loss, time.monotonic() - started)
        report(progress)
        if step % options.checkpoint_steps == 0 or step == options.steps:
            _save(parts, progress, folder)
    model.train(False)
    return progress


def encoded(
    requests: Iterable[Labelled], tokenizer: Tokenizer, labels: Sequence[str], split_share: float
) -> Iterator[Encoded]:
    """Requests as token ids, with BPE dropout (Provilkov et al., 2020): the same word is split in many ways.

    A vocabulary that is no BPE, as DeBERTa-v3's, splits a word always in the same way.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import BPE

    copy = Tokenizer.from_str(tokenizer.to_str())
    if isinstance(copy.model, BPE):
        copy.model.dropout = split_share or None
    copy.enable_truncation(WINDOW)
    for item in requests:
        yield Encoded(tuple(copy.encode(item.request).ids), tuple(float(label in item.tools) for label in labels))


def batches(items: Iterator[Encoded], size: int, rng: Random) -> Iterator[list[Encoded]]:
    """Batches of `size` requests alike in length, cut from pools of `POOL` batches, in random order."""
    while True:
        ready = sorted((next(items) for _ in range(POOL * size)), key=lambda item: len(item.ids))
        cut = [ready[at : at + size] for at in range(0, len(ready), size)]
        rng.shuffle(cut)
        yield from cut


def _step(
    model: DebertaV2ForTokenClassification,
    batch: Sequence[Encoded],
    optimizer: torch.optim.Optimizer,
    options: FitOptions,
    special: SpecialTokens,
) -> float:
    """One update; returns the loss before it."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    ids, mask, targets = _tensors(batch, special.padding)
    hidden = (torch.rand(ids.shape) < options.blank_share) & ~torch.isin(ids, torch.tensor(special.kept))
    ids = ids.masked_fill(hidden, special.blank)
    logits = request_logits(model, ids, mask)
    weight = torch.full((targets.shape[1],), options.recall_weight)
    loss = binary_cross_entropy_with_logits(logits, targets, pos_weight=weight)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def _tensors(batch: Sequence[Encoded], padding: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids and mask, [batch, length], padded; targets, [batch, labels]."""
    import torch

    width = max(len(item.ids) for item in batch)
    ids = torch.full((len(batch), width), padding)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
    mask = (ids != padding).long()
    return ids, mask, torch.tensor([item.targets for item in batch])


def _save(parts: dict[str, Any], progress: FitProgress, folder: Path) -> None:
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{CHECKPOINT}.partial"
    torch.save({name: part.state_dict() for name, part in parts.items()} | {"progress": asdict(progress)}, partial)
    partial.replace(folder / CHECKPOINT)


def _resume(parts: dict[str, Any], folder: Path) -> FitProgress:
    import torch

    path = folder / CHECKPOINT
    if not path.exists():
        return FitProgress()
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return FitProgress(**state["progress"])
