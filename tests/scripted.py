"""An engine that writes what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Generator

from tinyagent_cli.planner.engines.base import Prompt, Usage, never


class Scripted:
    """Stands in for a model: goes on with a text piece by piece, and keeps what it was asked first.

    A conversation gets the whole text; a plain prompt that ends in the beginning of a plan gets the
    rest of the text, up to the end of the line.
    """

    name = "scripted"
    usage: Usage | None = None

    def __init__(self, text: str, *, chat: bool = False, size: int = 7) -> None:
        self.chat = chat
        self.prompt: Prompt = ""
        self.grammar: str | None = None
        self.written = 0
        self.closed = False
        self._text = text
        self._size = size

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        self.prompt, self.grammar = self.prompt or prompt, self.grammar or grammar
        rest = self._text
        if isinstance(prompt, str):
            rest = "".join(rest[len(prompt.partition("Plan:\n")[2]) :].splitlines(keepends=True)[:1])
        try:
            for start in range(0, len(rest), self._size):
                if cancelled():
                    return
                self.written += 1
                yield rest[start : start + self._size]
        finally:
            self.closed = True

    def close(self) -> None:
        pass
