"""Figures that others published, to stand beside our own.

TinyAgent: Erdogan et al., "TinyAgent: Function Calling at the Edge" (EMNLP 2024, arXiv 2409.00608), tables 1 and 2.
FunctionGemma: its model card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CAPTION = (
    "The paper's figures (arXiv 2409.00608) are as published, on its own test set, which is not public, and on a "
    "MacBook Pro M3: they are not comparable one to one."
)


@dataclass(frozen=True)
class PublishedModel:
    """A model's plan success in per cent, seconds a plan and size in GB, where they are given."""

    name: str
    tools: str
    bits: int | None
    success: float
    seconds: float | None = None
    gigabytes: float | None = None


@dataclass(frozen=True)
class PublishedRetrieval:
    """A way to choose tools: recall, mean tools and prompt tokens, plan success in per cent of the two models."""

    name: str
    recall: float
    offered: float
    prompt_tokens: int
    success_1b: float
    success_7b: float


_RAG = "Tool RAG"

MODELS: Sequence[PublishedModel] = (
    PublishedModel("GPT-3.5", "", None, 65.04, 3.2),
    PublishedModel("GPT-4-Turbo", "", None, 79.08, 3.9),
    PublishedModel("TinyLlama-1.1B, before tuning", "all", 16, 12.71),
    PublishedModel("WizardLM-2-7B, before tuning", "all", 16, 41.25),
    PublishedModel("TinyAgent-1.1B", "all", 16, 78.89),
    PublishedModel("TinyAgent-1.1B", _RAG, 16, 80.06, 3.9, 2.2),
    PublishedModel("TinyAgent-1.1B", _RAG, 4, 80.35, 2.9, 0.68),
    PublishedModel("TinyAgent-7B", "all", 16, 83.09),
    PublishedModel("TinyAgent-7B", _RAG, 16, 84.95, 19.5, 14.5),
    PublishedModel("TinyAgent-7B", _RAG, 4, 85.14, 13.1, 4.37),
)

RETRIEVAL: Sequence[PublishedRetrieval] = (
    PublishedRetrieval("all tools", 1.0, 16, 2762, 78.89, 83.09),
    PublishedRetrieval("basic RAG (embedding, top 3)", 0.949, 3, 1674, 74.88, 78.50),
    PublishedRetrieval("classifier (DeBERTa-v3-small)", 0.998, 3.97, 1397, 80.06, 84.95),
)

FUNCTION_GEMMA_NAME = "FunctionGemma-270M"
FUNCTION_GEMMA_MEGABYTES = 288

FUNCTION_GEMMA: Mapping[str, float] = {
    "simple_python": 61.6,
    "multiple": 63.5,
    "parallel": 39.0,
    "parallel_multiple": 29.5,
    "irrelevance": 73.7,
}
"""Its BFCL accuracy in per cent, by category."""

BFCL_CAPTION = (
    "FunctionGemma-270M as published in its model card. TinyAgent-1.1B is reported at 19.7 % overall, over more "
    "categories than these."
)
