"""Runs a plan: each call the moment its inputs are there, as far as consent goes.

Everything is driven by events on one asyncio loop: a call that ends starts those that waited for it.
Calls may be added while the plan is still being written. Until the user has agreed, only reads run;
calls that write or send also wait for the plan to be complete, so that a plan that breaks off has done
nothing. The idea of streaming a plan into a scheduler is LLMCompiler's (arXiv 2312.04511).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import AmbiguousError, CheckError, TinyAgentError, UsageError
from tinyagent_cli.execution.attempts import Attempts, Limits, described
from tinyagent_cli.execution.events import Event, PlanCompleted, PlanFailed, StepAdded, StepRetried, StepStarted
from tinyagent_cli.execution.policy import Decision, Policy
from tinyagent_cli.execution.questions import Choose, Questions
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.execution.steps import Step, ending
from tinyagent_cli.execution.values import DOCUMENT, Value, substitute
from tinyagent_cli.execution.workers import Returned, WorkerPool
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Outcome, Tool

if TYPE_CHECKING:
    from tinyagent_cli.tools.context import ToolContext

DEFAULT_LIMITS = Limits()

_log = logging.getLogger(__name__)


class Executor:
    """One plan on its way. Made and used on the thread of a running loop, except where a method says otherwise.

    `document` is what `$0` stands for. `choose` settles ambiguous names; without it they fail. `on_event`
    is called on the loop's thread with everything that happens.
    """

    def __init__(
        self,
        tools: Mapping[str, Tool],
        context: ToolContext,
        *,
        policy: Policy,
        limits: Limits = DEFAULT_LIMITS,
        document: str | None = None,
        choose: Choose | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._tools = tools
        self._policy = policy
        self._on_event = on_event
        self._workers = WorkerPool(self._loop)
        self._attempts = Attempts(context, limits, self._workers)
        self._questions = Questions(choose, self._workers, self._emit)
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._steps: dict[int, Step] = {}
        self._values: dict[int, Value] = {} if document is None else {DOCUMENT: Value(document, "document")}
        self._decided = False
        self._approved: frozenset[int] | None = None
        self._complete = False
        self._cancelled = False
        self._plan_error: TinyAgentError | None = None
        self._stream: asyncio.Future[Returned[None]] | None = None
        self._unfinished = 0
        self._active = 0
        self._settled = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def results(self) -> Mapping[int, StepResult]:
        """Every step as it stands, by number, in the order of the plan."""
        return {number: step.result for number, step in self._steps.items()}

    @property
    def values(self) -> Mapping[int, Value]:
        """What calls have given so far, and the document as number 0."""
        return dict(self._values)

    @property
    def asking(self) -> tuple[int, ...]:
        """Calls that the user has to decide on before they run, in the order of the plan."""
        if self._decided:
            return ()
        return tuple(step.number for step in self._steps.values() if step.decision is Decision.ASK and not step.ended)

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled or the plan broke off; may be read from any thread."""
        return self._cancelled

    def add(self, call: Call) -> None:
        """Take in a call; a read starts at once if its inputs are there. Raises CheckError for a number used twice.

        A call of an unknown tool, or one that refers to something else than an earlier call, has failed.
        """
        if call.number in self._steps or call.number == DOCUMENT:
            raise CheckError(f"the number of call {call.number} is taken")
        tool = self._tools.get(call.tool)
        decision = Decision.DENY if tool is None else self._policy.decide(tool)
        step = Step(call, tool, decision, StepResult(call.number, call.tool, StepState.PENDING))
        problem = self._problem(step)
        self._steps[call.number] = step
        self._unfinished += 1
        effect = tool.effect.value if tool else ""
        self._emit(StepAdded(call.number, call.tool, call.render(), call.references, effect, decision.value))
        if self._cancelled:
            self._end(step, StepState.CANCELLED, reason="cancelled")
        elif problem:
            self._end(step, StepState.FAILED, error=CheckError(problem))
        else:
            self._admit(step)
        self._note()

    def add_threadsafe(self, call: Call) -> None:
        """`add` from another thread; returns at once. A number used twice breaks the plan off."""
        self._loop.call_soon_threadsafe(self._add_or_fail, call)

    async def stream(self, calls: Iterable[Call]) -> None:
        """Add calls as an iterable, which is read in a thread, gives them; then the plan is complete.

        Returns at once when cancelled; a generator is then closed. Raises what the iterable raises, as an
        error of ours, after `plan_failed`.
        """
        self._stream = self._workers.submit(partial(self._pump, iter(calls)))
        try:
            returned = await self._stream
        except asyncio.CancelledError:
            self.cancel()
            raise
        if returned.error is not None:
            self.plan_failed(described("the planner", returned.error))
        if self._plan_error is not None:
            raise self._plan_error
        self.plan_complete()

    def plan_complete(self) -> None:
        """No further call will be added."""
        if not self._complete:
            self._complete = True
            self._emit(PlanCompleted(len(self._steps)))
            self._proceed_all()
            self._note()

    def plan_failed(self, error: TinyAgentError) -> None:
        """The plan broke off: nothing more runs, and `wait` returns."""
        if not self._complete:
            self._plan_error = error
            self._emit(PlanFailed(str(error)))
            self.cancel("the plan broke off")

    def approve(self, numbers: Iterable[int] | None = None) -> None:
        """The decision, made once: these calls run (None: all), and no others that the policy asks about.

        What the policy allows runs in any case, what it denies in none. Writes start when the plan is complete.
        """
        if not self._decided:
            self._decided = True
            self._approved = None if numbers is None else frozenset(numbers)
            self._proceed_all()
            self._note()

    def drop(self, number: int) -> set[int]:
        """Take out a call and all that needs it, and give their numbers. What has ended stays as it ended.

        Raises UsageError if there is no such call.
        """
        step = self._steps.get(number)
        if step is None:
            raise UsageError(f"there is no call {number}")
        dropped = [step, *step.descendants()]
        for lost in dropped:
            if not lost.ended:
                self._end(lost, StepState.SKIPPED, reason="dropped" if lost is step else f"call {number} was dropped")
        self._note()
        return {lost.number for lost in dropped}

    async def settled(self) -> None:
        """Wait until the plan is complete and nothing runs or could run without a decision."""
        await self._settled.wait()

    async def wait(self) -> Mapping[int, StepResult]:
        """Wait until every step has ended, which takes a decision, and give the results.

        Being cancelled here cancels everything.
        """
        try:
            await self._ended.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self.results

    def cancel(self, reason: str = "cancelled") -> None:
        """End everything: programs are killed, what a thread still does is discarded, no call starts any more."""
        self._complete = self._cancelled = True
        for step in self._steps.values():
            if not step.ended:
                self._end(step, StepState.CANCELLED, reason=reason)
        if self._stream is not None and not self._stream.done():
            self._stream.set_result(Returned(None, None))
        self._note()

    def _problem(self, step: Step) -> str:
        """What is wrong with a call that is about to be added, or nothing."""
        number = step.number
        if step.tool is None:
            return f"call {number}: there is no tool {step.call.tool}"
        for source in step.call.references:
            if source == DOCUMENT and DOCUMENT not in self._values:
                return f"call {number} refers to $0, but there is no document"
            if source != DOCUMENT and source not in self._steps:
                return f"call {number} refers to ${source}, which is no earlier call"
        return ""

    def _admit(self, step: Step) -> None:
        """Let a sound call wait for its inputs, or run, or not."""
        inputs = [self._steps[number] for number in step.call.references if number != DOCUMENT]
        for source in inputs:
            source.dependents.append(step)
        lost = next((source for source in inputs if source.ended and source.result.outcome is None), None)
        if step.decision is Decision.DENY:
            self._end(step, StepState.REFUSED, reason="the policy denies it")
        elif lost is not None:
            self._end(step, StepState.SKIPPED, reason=lost.cause)
        else:
            step.missing = {source.number for source in inputs if not source.ended}
            self._proceed(step)

    def _proceed_all(self) -> None:
        for step in self._steps.values():
            self._proceed(step)

    def _proceed(self, step: Step) -> None:
        """Start a waiting step if it may run and has its inputs; refuse it once it is clear that it may not."""
        if step.ended or step.task is not None:
            return
        if not step.early:
            if not (self._complete and self._decided):
                return
            if step.decision is Decision.ASK and self._approved is not None and step.number not in self._approved:
                self._end(step, StepState.REFUSED, reason="not approved")
                return
        if not step.missing:
            self._active += 1
            step.task = self._loop.create_task(self._run(step))
            step.task.add_done_callback(self._task_ended)

    async def _run(self, step: Step) -> None:
        try:
            outcome = await self._outcome(step)
        except Exception as error:
            self._end(step, StepState.FAILED, error=described(step.call.tool, error))
        else:
            self._values[step.number] = Value(outcome.value, step.number)
            self._end(step, StepState.DONE, outcome=outcome)

    async def _outcome(self, step: Step) -> Outcome:
        assert step.tool is not None
        call = step.call
        values = [substitute(argument, self._values) for argument in call.arguments]
        named = {name: substitute(argument, self._values) for name, argument in call.named.items()}

        def on_retry(attempt: int, error: str) -> None:
            self._emit(StepRetried(call.number, attempt, error))

        try:
            async with self._slots:
                step.result = replace(step.result, state=StepState.RUNNING, started=self._now())
                self._emit(StepStarted(call.number, (*values, *named.values())))
                return await self._attempts.run(step.tool, values, named, on_retry)
        except AmbiguousError as error:
            return await self._questions.ask(call, error)

    def _end(self, step: Step, state: StepState, **fields: Any) -> None:
        """Set how a step ended, tell it, and go on with those that need it."""
        ended = None if step.result.started is None else self._now()
        step.result = replace(step.result, state=state, ended=ended, **fields)
        self._unfinished -= 1
        if step.task is not None and state not in (StepState.DONE, StepState.FAILED):
            step.task.cancel()
        self._emit(ending(step.result))
        if state is StepState.DONE:
            for dependent in step.dependents:
                dependent.missing.discard(step.number)
                self._proceed(dependent)
        elif state in (StepState.FAILED, StepState.REFUSED):
            for dependent in step.descendants():
                if not dependent.ended:
                    self._end(dependent, StepState.SKIPPED, reason=step.cause)

    def _note(self) -> None:
        """Tell those who wait how far we are."""
        if not self._complete or self._active:
            self._settled.clear()
            return
        self._settled.set()
        if not self._unfinished:
            self._ended.set()
            self._workers.close()

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._active -= 1
        self._note()

    def _pump(self, calls: Iterator[Call]) -> None:
        """Runs in a thread: hand calls to the loop until there are no more, or nobody wants them."""
        while not self._cancelled and (call := next(calls, None)) is not None:
            self.add_threadsafe(call)
        if isinstance(calls, Generator):
            calls.close()

    def _add_or_fail(self, call: Call) -> None:
        try:
            self.add(call)
        except CheckError as error:
            self.plan_failed(error)

    def _now(self) -> float:
        return self._loop.time() - self._began

    def _emit(self, event: Event) -> None:
        """A view that fails must not stop a plan half-way."""
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception:
            _log.debug("the listener failed on %r", event, exc_info=True)
