"""An engine that notes what goes through it, so that a plan's text and its tokens can be told afterwards."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing

from tinyagent_cli.planner.engines.base import Engine, Prompt, Usage, never


class Meter:
    """Hands everything on to another engine. `reset` begins a new plan, which may take several generations.

    Each generation of a plan goes on from the one before: its prompt holds what was written so far.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.reset()

    @property
    def name(self) -> str:
        """See Engine."""
        return self._engine.name

    @property
    def chat(self) -> bool:
        """See Engine."""
        return self._engine.chat

    def reset(self) -> None:
        """Forget the last plan."""
        self._prompts: list[Prompt] = []
        self._usages: list[Usage | None] = []
        self._output = ""

    @property
    def written(self) -> str:
        """The plan as the model wrote it, however it ended."""
        if len(self._prompts) < 2:
            return self._output
        return str(self._prompts[-1])[len(str(self._prompts[0])) :] + self._output

    @property
    def usage(self) -> Usage | None:
        """Tokens of the prompt and of the plan; None where the engine did not tell."""
        first, last = (self._usages[0], self._usages[-1]) if self._usages else (None, None)
        if first is None or last is None:
            return None
        return Usage(first.prompt, last.prompt + last.written - first.prompt)

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """See Engine."""
        self._prompts.append(prompt)
        self._output = ""
        try:
            with closing(
                self._engine.generate(prompt, grammar=grammar, max_tokens=max_tokens, cancelled=cancelled)
            ) as pieces:
                for piece in pieces:
                    self._output += piece
                    yield piece
        finally:
            self._usages.append(self._engine.usage)

    def close(self) -> None:
        """See Engine."""
        self._engine.close()
