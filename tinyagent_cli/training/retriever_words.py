"""What the Tool RAG classifier knows of words before its training: the planner's embeddings, in fewer dimensions.

Some thousand requests are too few to learn from them which words mean alike; the planner's base has read billions.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.config import Config
from tinyagent_cli.planner.engines import model_path
from tinyagent_cli.training.base import load_tokenizer

if TYPE_CHECKING:
    import torch
    from gguf import ReaderTensor
    from tokenizers import Tokenizer

SPREAD = 0.02
"""Standard deviation of a DeBERTa's embeddings before training."""

_TABLE = "token_embd.weight"
_WORD_START = "\u2581"


def words_hash() -> str:
    """SHA-256 of the planner's embedding, as its file holds it. Raises ModelError."""
    return hashlib.sha256(_table(model_path(Config())).data.tobytes()).hexdigest()


def word_vectors(tokenizer: Tokenizer, width: int) -> torch.Tensor:
    """Float [vocabulary, width]: each token as the planner has it, in its main directions (PCA, not whitened).

    A token is the mean of the planner's tokens that spell it, as it is and with a capital. Where there are
    fewer directions than `width`, the rest is zero. Raises ModelError.
    """
    import torch

    shipped = model_path(Config())
    table, planner = _embedding(shipped), load_tokenizer(shipped)
    ids = tokenizer.get_vocab()
    tokens = sorted(ids, key=ids.__getitem__)
    spelt = [[planner(form, add_special_tokens=False)["input_ids"] for form in _forms(token)] for token in tokens]
    rows = torch.stack([torch.stack([table[pieces].mean(0) for pieces in forms]).mean(0) for forms in spelt])
    rows -= rows.mean(0)
    _, _, directions = torch.linalg.svd(rows, full_matrices=False)
    found = rows @ directions[:width].T
    vectors = torch.zeros(len(rows), width)
    vectors[:, : found.shape[1]] = found * (SPREAD / found.std())
    return vectors


def _forms(token: str) -> list[str]:
    """A token as text, and with a capital where it begins a word."""
    text = token.replace(_WORD_START, " ")
    return [text, text.title()] if text.startswith(" ") and text != text.title() else [text]


def _embedding(weights: Path) -> torch.Tensor:
    """A planner's embedding, float [vocabulary, width]."""
    import torch
    from gguf.quants import dequantize

    table = _table(weights)
    return torch.tensor(dequantize(table.data, table.tensor_type))


@cache
def _table(weights: Path) -> ReaderTensor:
    """The embedding as a weight file holds it; reading the file's index takes seconds, so it is read once."""
    from gguf import GGUFReader

    return next(tensor for tensor in GGUFReader(weights).tensors if tensor.name == _TABLE)
