"""How a running tool learns that it is no longer wanted.

A thread cannot be killed. A tool that holds something that can be (a process, a connection) registers
what ends it with the cancellation of its call, which is called at once when the call is cancelled or
takes too long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Cancellation:
    """Whether one call was cancelled, and what to do then. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Call what is registered, once. It runs under the lock, so nothing is called after its block has ended."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, []
            for callback in callbacks:
                callback()

    @contextmanager
    def calling(self, callback: Callable[[], None]) -> Iterator[None]:
        """While the block runs, a cancellation calls `callback`: at once if it has already happened."""
        with self._lock:
            if self._cancelled:
                callback()
            else:
                self._callbacks.append(callback)
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)


_current: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def current_cancellation() -> Cancellation:
    """The cancellation of the call that this thread runs; outside of a call, one that never happens."""
    return _current.get() or Cancellation()


@contextmanager
def cancelled_by(cancellation: Cancellation) -> Iterator[None]:
    """Make it the current one of this thread while the block runs."""
    token = _current.set(cancellation)
    try:
        yield
    finally:
        _current.reset(token)
