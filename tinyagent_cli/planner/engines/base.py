"""What an engine is: something that continues a prompt, under a grammar where it can."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a chat model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Usage:
    """Tokens of one generation: of its prompt, those in the cache included, and of what was written."""

    prompt: int
    written: int


Prompt: TypeAlias = str | Sequence[Message]
"""Plain text to continue, or a conversation that goes through the model's own chat template."""


def never() -> bool:
    """The `cancelled` of a generation that nobody can cancel."""
    return False


class Engine(Protocol):
    """A loaded model. Engines decode greedily, so that the same prompt gives the same text."""

    @property
    def name(self) -> str:
        """What runs the model: `llamacpp`, `mlx` or `openai`."""

    @property
    def chat(self) -> bool:
        """Whether the model is a general chat model; otherwise it is one that was tuned to plan."""

    @property
    def usage(self) -> Usage | None:
        """Tokens of the generation that began last, as far as it came; None where that cannot be told."""

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """Pieces of text as they are written; closing the generator, or `cancelled`, stops the model.

        `grammar` is a Lark grammar in the syntax of llguidance. An engine that cannot enforce it
        leaves it out: what it writes has to be checked in any case. `cancelled` may be called from
        another thread. Raises ModelError, and UsageError if the prompt does not fit the model.
        """

    def close(self) -> None:
        """Free the model. The engine cannot be used afterwards."""
