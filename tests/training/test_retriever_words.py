"""The classifier begins with the planner's word embeddings: words that mean alike lie close."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("gguf")
pytest.importorskip("transformers")

from tinyagent_cli.training.retriever_model import train_vocabulary  # noqa: E402
from tinyagent_cli.training.retriever_words import SPREAD, word_vectors  # noqa: E402

WIDTH = 24
REQUESTS = ["mail the notes on tuesday", "email the notes on wednesday", "forward the message to the lawyer"] * 3


@pytest.fixture(scope="module")
def vectors() -> "dict[str, torch.Tensor]":
    tokenizer = train_vocabulary(REQUESTS, 400)
    rows = word_vectors(tokenizer, WIDTH)
    assert rows.shape == (tokenizer.get_vocab_size(), WIDTH)
    return {token: rows[number] for token, number in tokenizer.get_vocab().items()}


def test_words_alike_in_meaning_are_closer_than_others(vectors: "dict[str, torch.Tensor]") -> None:
    def likeness(one: str, other: str) -> float:
        return float(torch.cosine_similarity(vectors[f"\u2581{one}"], vectors[f"\u2581{other}"], dim=0))

    assert likeness("mail", "email") > likeness("mail", "wednesday")
    assert likeness("tuesday", "wednesday") > likeness("tuesday", "notes")


def test_vectors_are_as_large_as_random_ones_would_be(vectors: "dict[str, torch.Tensor]") -> None:
    rows = torch.stack(list(vectors.values()))
    assert float(rows.std()) == pytest.approx(SPREAD)
    assert bool(torch.isfinite(rows).all())
