"""The classifier begins with the planner's word embeddings: words that mean alike lie close."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("gguf", reason="the train extra is not installed")

import torch
from tokenizers import Tokenizer

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner import engines
from tinyagent_cli.training.retriever_model import train_vocabulary
from tinyagent_cli.training.retriever_words import SPREAD, word_vectors, words_hash

WIDTH = 64
WORDS = ("mail", "email", "tuesday", "wednesday", "town", "city", "walk", "drive", "station", "airport", "notes", "map")
REQUESTS = [
    "mail the notes on tuesday",
    "email the notes on wednesday",
    "map of the town, walk to the station",
    "map of the city, drive to the airport",
] * 3


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_vocabulary(REQUESTS, 400)


@pytest.fixture(scope="module")
def vectors(tokenizer: Tokenizer) -> torch.Tensor:
    return word_vectors(tokenizer, WIDTH)


@pytest.mark.parametrize(
    ("word", "alike"),
    [("tuesday", "wednesday"), ("mail", "email"), ("town", "city"), ("station", "airport"), ("walk", "drive")],
)
def test_the_nearest_word_is_one_of_like_meaning(
    word: str, alike: str, tokenizer: Tokenizer, vectors: torch.Tensor
) -> None:
    def likeness(other: str) -> float:
        first, second = (vectors[tokenizer.token_to_id(f"\u2581{name}")] for name in (word, other))
        return float(torch.cosine_similarity(first, second, dim=0))

    assert max(set(WORDS) - {word}, key=likeness) == alike


def test_vectors_are_as_large_as_random_ones_would_be(tokenizer: Tokenizer, vectors: torch.Tensor) -> None:
    assert vectors.shape == (tokenizer.get_vocab_size(), WIDTH)
    assert float(vectors.std()) == pytest.approx(SPREAD, rel=0.01)


def test_fewer_words_than_directions_leave_the_rest_empty() -> None:
    few = train_vocabulary(["ab"], 40)
    rows = word_vectors(few, 128)
    assert rows.shape == (few.get_vocab_size(), 128)
    assert bool(torch.isfinite(rows).all()) and bool((rows[:, few.get_vocab_size() :] == 0).all())


def test_without_the_planner_there_are_no_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engines, "MODELS", tmp_path)
    with pytest.raises(ModelError, match=r"no model at .*planner\.gguf"):
        words_hash()
