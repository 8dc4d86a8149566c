"""MLX, for Apple silicon: the planner's GGUF file read into MLX's own 4-bit layout.

Only `mlx` is needed: `mlx_lm` would bring transformers with it, which takes longer to import than a
plan takes to write. Chat models are left to llama.cpp and to servers.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ModelError, UsageError
from tinyagent_cli.planner.engines.base import Prompt, Usage, never
from tinyagent_cli.planner.engines.gguf import is_planner

if TYPE_CHECKING:
    from llguidance import LLMatcher
    from numpy import bool_
    from numpy.typing import NDArray

CONTEXT = 2048
"""Tokens of prompt and plan together."""


class Mlx:
    """A planner run by MLX; threads that use it take turns. What a prompt shares with the one before is kept."""

    name = "mlx"
    chat = False

    def __init__(self, path: Path) -> None:
        """Load a planner's GGUF file.

        Raises ModelError if it is missing, damaged or no planner, or if mlx or llguidance is.
        """
        if not is_planner(path):
            raise ModelError(f"{path} is a chat model, and MLX runs planners here", hint='set engine = "llamacpp"')
        try:
            from llguidance import LLTokenizer

            from tinyagent_cli.planner.engines.mlx_llama import load
        except ImportError as error:
            raise ModelError("the MLX engine is not installed", hint="pip install 'tinyagent-cli[mlx]'") from error
        self._model, self._tokenizer, self._end = load(path)
        self._vocabulary = LLTokenizer(self._tokenizer.to_str(), n_vocab=self._model.vocabulary, eos_token=self._end)
        self.usage: Usage | None = None
        self._seen: list[int] = []
        self._lock = Lock()

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """See Engine. It only takes plain text."""
        if not isinstance(prompt, str):
            raise ModelError("a planner takes no conversation", hint='set engine = "llamacpp"')
        matcher = self._matcher(grammar) if grammar is not None else None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with self._lock:
            tokens = self._encoded(prompt)
            self.usage = Usage(len(tokens), 0)
            for written, token in enumerate(self._tokens(tokens, matcher, max_tokens), 1):
                self.usage = Usage(len(tokens), written)
                yield decoder.decode(self._vocabulary.decode_bytes([token]))
                if cancelled():
                    return

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            del self._model

    def _encoded(self, prompt: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(prompt, add_special_tokens=False).ids
        if len(tokens) >= CONTEXT:
            what = f"the request is too long: {len(tokens)} tokens with its tools, and the model reads {CONTEXT}"
            raise UsageError(what, hint="shorten it")
        return tokens

    def _matcher(self, grammar: str) -> LLMatcher:
        from llguidance import LLMatcher

        matcher = LLMatcher(self._vocabulary, LLMatcher.grammar_from_lark(grammar), log_level=0)
        if matcher.is_error():
            raise ModelError(f"the grammar is wrong: {matcher.get_error()}")
        return matcher

    def _tokens(self, prompt: list[int], matcher: LLMatcher | None, max_tokens: int) -> Iterator[int]:
        """The likeliest of the allowed tokens, one by one, up to the end of the text."""
        kept = _common(self._seen, prompt[:-1])
        self._model.keep(kept)
        self._seen = prompt[:kept]
        new = prompt[kept:]
        for _ in range(min(max_tokens, CONTEXT - len(prompt))):
            scores = self._model.scores(new)
            self._seen += new
            if matcher is not None:
                scores[~self._allowed(matcher)] = float("-inf")
            token = int(scores.argmax())
            if token == self._end or (matcher is not None and not matcher.consume_token(token)):
                return
            yield token
            new = [token]

    def _allowed(self, matcher: LLMatcher) -> NDArray[bool_]:
        """Which tokens the grammar lets through, by number."""
        import numpy as np

        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return np.unpackbits(bits, bitorder="little")[: self._model.vocabulary].astype(bool)


def _common(one: list[int], other: list[int]) -> int:
    """Length of what both begin with."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
