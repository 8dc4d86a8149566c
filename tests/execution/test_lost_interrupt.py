"""Ctrl-C ends the wait for the executor, also one that came in the moment before the wait began."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, cast

import pytest

from tinyagent_cli.config import Config
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.background import BackgroundExecutor
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.context import ToolContext

HUNG = 20.0
"""Seconds after which the plan ends by itself, so that a lost interrupt fails the test and does not hang it."""


def test_an_interrupt_that_wakes_nobody_is_not_lost() -> None:
    reading, release, hung = threading.Event(), threading.Event(), threading.Event()

    def plan() -> Iterator[Call]:
        reading.set()
        if not release.wait(HUNG):
            hung.set()
        yield from ()

    def interrupt() -> None:
        reading.wait(HUNG)
        os.kill(os.getpid(), signal.SIGINT)

    context = ToolContext(cast(Any, None), Config(), datetime.now(timezone.utc))
    other = threading.Thread(target=interrupt)
    with BackgroundExecutor({}, context, policy=Policy(), limits=Limits()) as executor:
        other.start()
        # The signal goes to another thread: this one learns of it as little as if it came a moment too early.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with pytest.raises(KeyboardInterrupt):
                list(executor.prepare(plan()))
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            release.set()
            other.join()
    assert not hung.is_set()
