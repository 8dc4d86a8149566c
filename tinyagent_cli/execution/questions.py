"""Names that fit several things: the user says which is meant."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from tinyagent_cli.errors import AmbiguousError, Choice
from tinyagent_cli.execution.attempts import described
from tinyagent_cli.execution.events import Event, StepQuestion
from tinyagent_cli.execution.workers import WorkerPool
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Outcome

Choose: TypeAlias = Callable[[Call, AmbiguousError], Choice | Awaitable[Choice | None] | None]
"""Asks the user. It is called in a thread; what it returns to be awaited is awaited on the loop."""


class Questions:
    """Puts questions to the user, one at a time, by way of `choose`."""

    def __init__(self, choose: Choose | None, workers: WorkerPool, emit: Callable[[Event], None]) -> None:
        self._choose = choose
        self._workers = workers
        self._emit = emit
        self._turn = asyncio.Lock()

    async def ask(self, call: Call, error: AmbiguousError) -> Outcome:
        """The outcome that the user means; raises the error itself if nobody can be asked or answers."""
        if self._choose is None:
            raise error
        async with self._turn:
            self._emit(StepQuestion(call.number, error.message, tuple(choice.label for choice in error.choices)))
            returned = await self._workers.submit(partial(self._choose, call, error))
            if returned.error is not None:
                raise described(call.tool, returned.error)
            answer = returned.value
            choice = await answer if inspect.isawaitable(answer) else answer
        if choice is None:
            raise error
        return choice.value if isinstance(choice.value, Outcome) else Outcome(choice.value, choice.label)
