"""Threads for blocking work, handed to and from an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Returned(Generic[T]):
    """How a function ended: with a value, or with an exception of any kind."""

    value: T | None
    error: BaseException | None


class _Job(NamedTuple):
    function: Callable[[], Any]
    future: asyncio.Future[Any]


class WorkerPool:
    """Daemon threads that are reused. One that hangs holds up neither other work nor the end of the process.

    The pool starts a thread whenever none is idle; whoever submits limits how many run at once.
    `submit` and `close` belong to the loop's thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._idle: list[SimpleQueue[_Job | None]] = []
        self._closed = False

    def submit(self, function: Callable[[], T]) -> asyncio.Future[Returned[T]]:
        """Run a function in a thread. The future holds its end; cancelling it discards that."""
        future: asyncio.Future[Returned[T]] = self._loop.create_future()
        inbox = self._idle.pop() if self._idle else self._start()
        inbox.put(_Job(function, future))
        return future

    def close(self) -> None:
        """Let the threads go once their work is done."""
        self._closed = True
        for inbox in self._idle:
            inbox.put(None)
        self._idle.clear()

    def _start(self) -> SimpleQueue[_Job | None]:
        inbox: SimpleQueue[_Job | None] = SimpleQueue()
        threading.Thread(target=self._work, args=(inbox,), name="tinyagent-worker", daemon=True).start()
        return inbox

    def _work(self, inbox: SimpleQueue[_Job | None]) -> None:
        while (job := inbox.get()) is not None:
            returned = _run(job.function)
            try:
                self._loop.call_soon_threadsafe(self._finished, inbox, job.future, returned)
            except RuntimeError:
                return  # the loop has closed: nobody waits for this any more

    def _finished(self, inbox: SimpleQueue[_Job | None], future: asyncio.Future[Any], returned: Returned[Any]) -> None:
        if self._closed:
            inbox.put(None)
        else:
            self._idle.append(inbox)
        if not future.done():
            future.set_result(returned)


def _run(function: Callable[[], T]) -> Returned[T]:
    try:
        return Returned(function(), None)
    except BaseException as error:
        return Returned(None, error)
