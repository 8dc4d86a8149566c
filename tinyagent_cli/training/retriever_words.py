"""What the Tool RAG classifier knows of words before its training: the planner's embeddings, in fewer dimensions.

Some thousand requests are too few to learn from them what words mean alike; the planner's base has read billions.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.planner.engines import MODELS
from tinyagent_cli.training.base import load_tokenizer

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

SPREAD = 0.02
"""Standard deviation of a DeBERTa's embeddings before training."""

_TABLE = "token_embd.weight"
_WORD_START = "\u2581"


def word_vectors(tokenizer: Tokenizer, width: int, weights: Path = MODELS / "planner.gguf") -> torch.Tensor:
    """Float [vocabulary, width]: each token as the planner in `weights` has it, in its `width` main directions.

    A token is the mean of the planner's tokens that spell it, in small letters and capitalised. `width` is at
    most that of the planner's embedding and the number of tokens.
    """
    import torch

    table, planner = _embedding(weights), load_tokenizer(weights)
    words = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    spelt = [[planner(form, add_special_tokens=False)["input_ids"] for form in _forms(word)] for word in words]
    rows = torch.stack([torch.stack([table[ids].mean(0) for ids in forms]).mean(0) for forms in spelt])
    rows -= rows.mean(0)
    _, _, directions = torch.linalg.svd(rows, full_matrices=False)
    vectors = rows @ directions[:width].T
    return vectors * (SPREAD / vectors.std())


def _forms(token: str) -> list[str]:
    """A token as text, and capitalised where it begins a word."""
    text = token.replace(_WORD_START, " ")
    return [text, text.title()] if text.startswith(" ") and text != text.title() else [text]


def _embedding(weights: Path) -> torch.Tensor:
    """The planner's embedding, float [vocabulary, width]."""
    import torch
    from gguf import GGUFReader
    from gguf.quants import dequantize

    table = next(tensor for tensor in GGUFReader(weights).tensors if tensor.name == _TABLE)
    return torch.from_numpy(dequantize(table.data, table.tensor_type)).float()
