"""A read that fails in passing is tried again; nothing else is."""

import pytest

from tinyagent_cli.errors import NotFoundError, ToolError
from tinyagent_cli.execution import attempts
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.events import StepRetried
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Effect


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "BACKOFF", 0.001)


def failing(times: int, error: Exception, tries: list[int]):
    def run() -> str:
        tries.append(1)
        if len(tries) <= times:
            raise error
        return "found"

    return run


def caused(cause: Exception) -> ToolError:
    error = ToolError("the server could not be reached")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "reset"), TimeoutError(), caused(ConnectionRefusedError())]
)
async def test_a_read_is_tried_again(error: Exception, make_tool, run_plan) -> None:
    tries, seen = [], []
    results = await run_plan([Call(1, "find")], [make_tool("find", failing(2, error, tries))], seen=seen)
    assert results[1].value == "found"
    assert len(tries) == 3
    assert [event.attempt for event in seen if isinstance(event, StepRetried)] == [1, 2]


async def test_it_gives_up_after_the_limit(make_tool, run_plan) -> None:
    tries = []
    tools = [make_tool("find", failing(9, ConnectionResetError(104, "Connection reset"), tries))]
    results = await run_plan([Call(1, "find")], tools, limits=Limits(retries=1))
    assert results[1].error.message == "find: Connection reset"
    assert len(tries) == 2


@pytest.mark.parametrize(
    "error", [NotFoundError("no contact named Bob"), FileNotFoundError(2, "none"), ValueError("x")]
)
async def test_what_will_not_pass_is_not_tried_again(error: Exception, make_tool, run_plan) -> None:
    tries = []
    results = await run_plan([Call(1, "find")], [make_tool("find", failing(1, error, tries))])
    assert results[1].error is not None
    assert len(tries) == 1


@pytest.mark.parametrize("effect", [Effect.WRITE, Effect.SEND])
async def test_what_writes_or_sends_is_never_tried_again(effect: Effect, make_tool, run_plan) -> None:
    tries = []
    tools = [make_tool("send", failing(1, ConnectionResetError(104, "reset"), tries), effect=effect)]
    results = await run_plan([Call(1, "send")], tools)
    assert results[1].error is not None
    assert len(tries) == 1
