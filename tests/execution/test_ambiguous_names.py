"""Several things of one name are a question to the user, never a guess."""

import asyncio
import threading

import pytest

from tinyagent_cli.errors import AmbiguousError, Choice
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.events import StepQuestion
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Outcome

CHOICES = [Choice("Sid Rao", "rao@acme.com"), Choice("Sid Meier", Outcome("meier@acme.com", "Sid Meier's address"))]


def find(name: str) -> str:
    if name == "Sid":
        raise AmbiguousError("there are two contacts named Sid", CHOICES)
    return f"{name}@acme.com"


@pytest.fixture
def tools(make_tool):
    return [make_tool("find", find, "name"), make_tool("note", str, "text")]


PLAN = [Call(1, "find", ("Sid",)), Call(2, "note", (Reference(1),))]


async def test_the_choice_becomes_the_result(tools, run_plan) -> None:
    seen = []
    results = await run_plan(PLAN, tools, seen=seen, choose=lambda call, error: error.choices[1])
    assert results[2].value == "meier@acme.com"
    assert results[1].outcome.summary == "Sid Meier's address"
    assert StepQuestion(1, "there are two contacts named Sid", ("Sid Rao", "Sid Meier")) in seen


async def test_the_question_may_be_put_on_the_loop(tools, run_plan) -> None:
    async def choose(call: Call, error: AmbiguousError) -> Choice:
        await asyncio.sleep(0)
        assert threading.current_thread() is threading.main_thread()
        return error.choices[0]

    assert (await run_plan(PLAN, tools, choose=choose))[2].value == "rao@acme.com"


@pytest.mark.parametrize("choose", [None, lambda call, error: None])
async def test_without_an_answer_the_step_fails(choose, tools, run_plan) -> None:
    results = await run_plan(PLAN, tools, choose=choose)
    assert isinstance(results[1].error, AmbiguousError)
    assert results[2].reason == "call 1 failed: there are two contacts named Sid"


async def test_questions_come_one_at_a_time_and_hold_up_nothing_else(make_tool, tools, run_plan) -> None:
    lock, other = threading.Lock(), threading.Event()

    def choose(call: Call, error: AmbiguousError) -> Choice:
        assert lock.acquire(blocking=False), "two questions at once"
        try:
            assert other.wait(10), "the other call did not run"
            return error.choices[0]
        finally:
            lock.release()

    plan = [Call(1, "find", ("Sid",)), Call(2, "find", ("Sid",)), Call(3, "apart")]
    tools = [*tools, make_tool("apart", other.set)]
    results = await run_plan(plan, tools, choose=choose, limits=Limits(concurrency=1))
    assert results[1].value == results[2].value == "rao@acme.com"


async def test_a_cancel_ends_a_question(tools, make_executor) -> None:
    asked, release = threading.Event(), threading.Event()

    def choose(call: Call, error: AmbiguousError) -> None:
        asked.set()
        release.wait(10)

    executor = make_executor(tools, choose=choose)
    executor.add(PLAN[0])
    executor.plan_complete()
    while not asked.is_set():
        await asyncio.sleep(0.001)
    executor.cancel()
    results = await asyncio.wait_for(executor.wait(), 20)
    release.set()
    assert results[1].state.value == "cancelled"
