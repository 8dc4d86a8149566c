"""An executor on a thread of its own, so that everything the user sees and says stays on one thread.

The caller reads events and questions in turn, and may be interrupted between any two of them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tinyagent_cli.errors import AmbiguousError, Choice
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.events import Event
from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.results import StepResult
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Tool

if TYPE_CHECKING:
    from tinyagent_cli.tools.context import ToolContext

T = TypeVar("T")

LONGEST_WAIT = 0.5
"""Seconds until a Ctrl-C is noticed at the latest."""

Results: TypeAlias = Mapping[int, StepResult]


@dataclass(frozen=True)
class Happened:
    """An event, and every step as it stood right after it."""

    event: Event
    results: Results


@dataclass(frozen=True)
class Question:
    """A name of a call that fits several things. The call waits for `answer`."""

    call: Call
    error: AmbiguousError
    _answer: Future[Choice | None] = field(default_factory=Future)

    def answer(self, choice: Choice | None) -> None:
        """Settle it; None means none of them. Only the first answer counts."""
        if not self._answer.done():
            self._answer.set_result(choice)

    def wait(self) -> Choice | None:
        """The answer, once it is there."""
        return self._answer.result()


Message: TypeAlias = Happened | Question


class BackgroundExecutor:
    """Runs one plan. Its methods are for one thread; leaving the `with` block ends whatever still runs."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        context: ToolContext,
        *,
        policy: Policy,
        limits: Limits,
        document: str | None = None,
    ) -> None:
        self._messages: SimpleQueue[Message | None] = SimpleQueue()
        self._questions: list[Question] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="executor", daemon=True)
        self._thread.start()
        self._executor = self._on_loop(
            lambda: Executor(
                tools,
                context,
                policy=policy,
                limits=limits,
                document=document,
                choose=self._choose,
                on_event=self._on_event,
            )
        )

    def __enter__(self) -> BackgroundExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Cancel what has not ended, and wait for the loop."""
        for question in self._questions:
            question.answer(None)
        asyncio.run_coroutine_threadsafe(self._wind_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def cancelled(self) -> bool:
        """Whether the plan was cancelled or broke off; may be read from any thread."""
        return self._executor.cancelled

    @property
    def results(self) -> Results:
        """Every step as it stands."""
        return self._on_loop(lambda: self._executor.results)

    @property
    def asking(self) -> tuple[int, ...]:
        """Calls that the user has to decide on."""
        return self._on_loop(lambda: self._executor.asking)

    def prepare(self, calls: Iterable[Call]) -> Iterator[Message]:
        """Take in a plan as it is written, run what may run before consent, and tell what happens.

        Raises what `calls` raises.
        """

        async def taken_in() -> None:
            await self._executor.stream(calls)
            await self._executor.settled()

        return self._follow(taken_in())

    def drop(self, number: int) -> set[int]:
        """Take out a call and all that needs it. Raises UsageError if there is no such call."""
        return self._on_loop(lambda: self._executor.drop(number))

    def finish(self, approved: Iterable[int] | None) -> Iterator[Message]:
        """Run the rest, of what has to be asked about only the approved calls (None: all), and tell what happens."""
        self._on_loop(lambda: self._executor.approve(approved))
        return self._follow(self._executor.wait())

    def cancel(self) -> None:
        """End whatever has not ended; `results` then says how far it came."""
        self._on_loop(self._executor.cancel)

    def _follow(self, coroutine: Coroutine[Any, Any, object]) -> Iterator[Message]:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        future.add_done_callback(lambda _: self._messages.put(None))
        while (message := self._next()) is not None:
            yield message
        future.result()

    def _next(self) -> Message | None:
        """The next message. An interrupt that comes right before a wait does not end it, so no wait is long."""
        while True:
            try:
                return self._messages.get(timeout=LONGEST_WAIT)
            except Empty:
                continue

    def _on_loop(self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    async def _wind_up(self) -> None:
        self._executor.cancel()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    def _on_event(self, event: Event) -> None:
        self._messages.put(Happened(event, self._executor.results))

    def _choose(self, call: Call, error: AmbiguousError) -> Choice | None:
        """Called in a worker thread, which waits."""
        question = Question(call, error)
        self._questions.append(question)
        self._messages.put(question)
        return question.wait()
