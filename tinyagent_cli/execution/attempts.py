"""One call, run to its end: in a thread, within its time, and again if a read failed in passing."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import StepTimeoutError, TinyAgentError, ToolError
from tinyagent_cli.execution.workers import Returned, WorkerPool
from tinyagent_cli.tools.arguments import typed_arguments
from tinyagent_cli.tools.cancellation import Cancellation, cancelled_by
from tinyagent_cli.tools.spec import Effect, Outcome, Tool

if TYPE_CHECKING:
    from tinyagent_cli.tools.context import ToolContext

BACKOFF = 0.1
"""Seconds before the second attempt; each further pause is twice as long."""

_PASSING = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EINTR,
        errno.ECONNABORTED,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EPIPE,
        errno.ETIMEDOUT,
    }
)
"""Errors of the system that may be gone a moment later."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Calls at once, seconds a call may take unless its tool says otherwise, and repeats of a failed read."""

    concurrency: int = 8
    timeout: float = 60.0
    retries: int = 2


@dataclass(frozen=True)
class Attempts:
    """Runs calls of tools in the threads of a pool."""

    context: ToolContext
    limits: Limits
    workers: WorkerPool

    async def run(
        self, tool: Tool, values: Sequence[Any], named: Mapping[str, Any], on_retry: Callable[[int, str], None]
    ) -> Outcome:
        """The outcome of a call. Raises the tool's own error, or ToolError for any other exception.

        Only reads are tried again, and only after an error that may pass; not after a time-out, since
        the thread of a call that took too long may still be at work.
        """
        left = self.limits.retries if tool.effect is Effect.READ else 0
        attempt = 1
        while True:
            returned = await self._attempt(tool, values, named)
            if returned.error is None:
                return returned.value if isinstance(returned.value, Outcome) else Outcome(returned.value)
            error = described(tool.name, returned.error)
            if attempt > left or not may_pass(returned.error):
                raise error
            on_retry(attempt, error.message)
            await asyncio.sleep(BACKOFF * 2 ** (attempt - 1))
            attempt += 1

    async def _attempt(self, tool: Tool, values: Sequence[Any], named: Mapping[str, Any]) -> Returned[Outcome]:
        cancellation = Cancellation()
        future = self.workers.submit(partial(self._call, tool, values, named, cancellation))
        limit = self.limits.timeout if tool.timeout is None else tool.timeout

        def expire() -> None:
            cancellation.cancel()
            if not future.done():
                error = StepTimeoutError(f"{tool.name} took longer than {limit:g} s", hint="raise its timeout")
                future.set_result(Returned(None, error))

        timer = asyncio.get_running_loop().call_later(limit, expire)
        try:
            return await future
        except asyncio.CancelledError:
            cancellation.cancel()
            raise
        finally:
            timer.cancel()

    def _call(self, tool: Tool, values: Sequence[Any], named: Mapping[str, Any], cancellation: Cancellation) -> Outcome:
        with cancelled_by(cancellation):
            return tool.runner(self.context, **typed_arguments(tool.signature, values, named))


def described(tool: str, error: BaseException) -> TinyAgentError:
    """Any exception as an error of ours, on one line; the traceback of a foreign one goes to the log."""
    if isinstance(error, TinyAgentError):
        return error
    _log.debug("%s raised", tool, exc_info=error)
    if isinstance(error, OSError) and error.strerror:
        reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    else:
        reason = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")
    converted = ToolError(f"{tool}: {reason}")
    converted.__cause__ = error
    return converted


def may_pass(error: BaseException) -> bool:
    """Whether an error, or one that it was raised from, is of the kind that may be gone a moment later."""
    if isinstance(error, StepTimeoutError):
        return False
    return any(
        isinstance(cause, (ConnectionError, TimeoutError)) or (isinstance(cause, OSError) and cause.errno in _PASSING)
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
