"""The journey of a request: retrieval, planner, preview, consent, execution, answer.

words -> offered tools -> a plan, streamed -> reads run, the tree shows what they found
      -> the user runs it, edits it, asks for another, drops a step or refuses
      -> the rest runs in parallel -> an answer, and a line in the journal
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeAlias

from tinyagent_cli import joiner
from tinyagent_cli.dates import resolve_call
from tinyagent_cli.drafting import Drafter
from tinyagent_cli.errors import AmbiguousError, Choice, ExitStatus, PlanError, RefusedError, TinyAgentError
from tinyagent_cli.execution.attempts import Limits
from tinyagent_cli.execution.background import BackgroundExecutor, Happened, Message, Results
from tinyagent_cli.execution.events import Event, PlanWritten, ToolsOffered
from tinyagent_cli.execution.journal import Journal, make_record
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.plan.call import Call, Plan, conventional_plan
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.planner.revision import revised
from tinyagent_cli.tools.context import ToolContext

if TYPE_CHECKING:
    from tinyagent_cli.config import Config
    from tinyagent_cli.platforms.base import Platform
    from tinyagent_cli.tools.spec import Tool

OUT_OF_REACH = "no tool serves this request, so nothing was done"
DROPPED = "every step was dropped, so nothing was done"


@dataclass(frozen=True)
class Run:
    """The user agrees to the plan as it stands."""


@dataclass(frozen=True)
class Edit:
    """The user wrote the plan anew; it is checked already."""

    plan: Plan


@dataclass(frozen=True)
class Revise:
    """The user wants another plan, and says in words what should be different."""

    remark: str


@dataclass(frozen=True)
class Drop:
    """The user takes out a step, and with it what needs it."""

    number: int


@dataclass(frozen=True)
class Cancel:
    """The user, or whoever stands in for one, does not agree. `reason` is a line on why."""

    reason: str = "cancelled, so nothing was changed"
    hint: str = ""


Decision: TypeAlias = Run | Edit | Revise | Drop | Cancel


@dataclass(frozen=True)
class Preview:
    """A request's plan as it stands, dates in the user's words.

    `results` holds every step so far by number, `asking` the steps that need consent by `policy`.
    """

    request: str
    plan: Plan
    tools: Mapping[str, Tool]
    results: Results
    now: datetime
    policy: Policy
    asking: tuple[int, ...] = ()


class Interaction(Protocol):
    """Whoever the agent talks to. Its methods are called one at a time, on the thread that called the agent."""

    def on_progress(self, event: Event, preview: Preview) -> None:
        """Something happened; the preview shows how things stand after it."""

    def show_plan(self, preview: Preview) -> None:
        """The plan is whole, and all that may run before consent has run."""

    def confirm(self, preview: Preview) -> Decision:
        """Ask what to do with a plan that needs consent."""

    def choose(self, call: Call, error: AmbiguousError) -> Choice | None:
        """Ask which of several things a name means; None leaves the call undone."""


@dataclass(frozen=True)
class Report:
    """What became of a request. `plan` has its dates resolved; `seconds` is by stage.

    `problem` says why nothing was run, if nothing was; otherwise `answer` tells what was found and done.
    """

    request: str
    plan: Plan
    results: Results
    status: ExitStatus
    answer: str = ""
    problem: TinyAgentError | None = None
    offered: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Agent:
    """Takes requests, one after the other. Models and data are loaded when they are first needed, and kept."""

    def __init__(self, config: Config, drafter: Drafter, clock: Callable[[], datetime], state_dir: Path) -> None:
        self.config = config
        self.drafter = drafter
        self.registry = drafter.registry
        self.clock = clock
        self.policy = Policy(config.policy)
        self.journal = Journal(state_dir)

    @cached_property
    def platform(self) -> Platform:
        """Where the built-in tools act."""
        from tinyagent_cli.platforms import load_platform

        return load_platform(self.config)

    def check(self, text: str, *, has_document: bool = False) -> Plan:
        """A plan as the user wrote it. Raises ParseError and CheckError, which name the line or the call."""
        tools = self.registry.signatures()
        plan = check_plan(parse_plan(text), tools, has_document=has_document)
        for call in plan:
            resolve_call(call, tools[call.tool], self.clock())
        return plan

    def run(
        self, request: str, interaction: Interaction, *, document: str | None = None, dry_run: bool = False
    ) -> Report:
        """Carry out one request.

        With `dry_run` it ends when the plan has been shown. Raises UsageError, PlanError, ModelError or
        ConfigError if there is no plan; whatever happens after that is told in the report.
        """
        return _Journey(self, interaction, request, document).run(dry_run)

    def executor(self, now: datetime, document: str | None) -> BackgroundExecutor:
        """An executor for one plan."""
        execution = self.config.execution
        return BackgroundExecutor(
            self.registry.tools,
            ToolContext(self.platform, self.config, now),
            policy=self.policy,
            limits=Limits(execution.concurrency, execution.timeout, execution.retries),
            document=document,
        )


_Ending: TypeAlias = Run | Edit | Revise | Cancel
"""A decision that the preview ends with."""

_Source: TypeAlias = Callable[[BackgroundExecutor], Iterable[Call]]
"""Where the calls of a plan come from, dates in the user's words."""


class _Journey:
    """One request on its way: the plan as said and as resolved, and what came of it."""

    def __init__(self, agent: Agent, interaction: Interaction, request: str, document: str | None) -> None:
        self._agent = agent
        self._interaction = interaction
        self._request = request
        self._document = document
        self._now = agent.clock()
        self._said: dict[int, Call] = {}
        self._resolved: dict[int, Call] = {}
        self._offered: tuple[str, ...] = ()
        self._seconds: dict[str, float] = {}

    def run(self, dry_run: bool) -> Report:
        """Plan, and plan again for as long as the user wants something else."""
        source = self._planner(self._request)
        while True:
            with self._agent.executor(self._now, self._document) as executor:
                self._prepare(executor, source)
                decision = self._decide(executor, dry_run)
                if isinstance(decision, Run):
                    return self._finish(executor)
            if isinstance(decision, Cancel):
                return self._refusal(RefusedError(decision.reason, hint=decision.hint))
            if isinstance(decision, Report):
                return decision
            source = self._changed(decision)

    def _planner(self, request: str) -> _Source:
        """Retrieval now, while the engine loads; the planner writes when the executor reads."""
        drafter = self._agent.drafter
        drafter.load()
        began = perf_counter()
        offered = drafter.offer(request)
        self._offered = tuple(tool.name for tool in offered)
        self._seconds["retrieve"] = perf_counter() - began
        self._interaction.on_progress(ToolsOffered(self._offered, self._seconds["retrieve"]), self._preview({}))
        return lambda executor: drafter.plan(
            request, offered, now=self._now, document=self._document, cancelled=lambda: executor.cancelled
        )

    def _changed(self, decision: Edit | Revise) -> _Source:
        if isinstance(decision, Edit):
            plan = decision.plan
            return lambda executor: plan
        self._request = revised(self._request, decision.remark)
        return self._planner(self._request)

    def _prepare(self, executor: BackgroundExecutor, source: _Source) -> None:
        """Write the plan, and run the reads that consent is not needed for."""
        self._said.clear()
        self._resolved.clear()
        self._follow(executor.prepare(self._calls(source(executor))))
        plan = tuple(conventional_plan(tuple(self._resolved.values())))
        preview = self._preview(executor.results, executor.asking)
        self._interaction.on_progress(PlanWritten(plan, self._seconds["plan"]), preview)

    def _calls(self, said: Iterable[Call]) -> Iterator[Call]:
        """The calls with their dates resolved. It is run by the executor, in a thread."""
        began = perf_counter()
        signatures = self._agent.registry.signatures()
        for call in said:
            self._resolved[call.number] = resolve_call(call, signatures[call.tool], self._now)
            self._said[call.number] = call
            yield self._resolved[call.number]
        self._seconds["plan"] = perf_counter() - began

    def _decide(self, executor: BackgroundExecutor, dry_run: bool) -> _Ending | Report:
        """Ask until it is clear what to do; reads alone need no consent."""
        if not self._said:
            return self._refusal(PlanError(OUT_OF_REACH, hint="`tinyagent tools` lists what can be done"))
        while self._said:
            preview = self._preview(executor.results, executor.asking)
            self._interaction.show_plan(preview)
            if dry_run:
                return self._report(preview.results, ExitStatus.DONE)
            decision = self._interaction.confirm(preview) if preview.asking else Run()
            if not isinstance(decision, Drop):
                return decision
            for number in executor.drop(decision.number):
                self._said.pop(number, None)
                self._resolved.pop(number, None)
        return Cancel(DROPPED)

    def _finish(self, executor: BackgroundExecutor) -> Report:
        """Run the rest. After an interruption what was done is told, and can be undone."""
        began = perf_counter()
        try:
            self._follow(executor.finish(None))
        except KeyboardInterrupt:
            executor.cancel()
        self._seconds["run"] = perf_counter() - began
        plan = tuple(self._resolved.values())
        results = self._of_plan(executor.results)
        for target in joiner.targets(plan, results):
            self._agent.platform.open(target)
        report = self._report(
            results, joiner.outcome_status(results), joiner.answer(plan, results, self._agent.registry.tools)
        )
        return self._journalled(report)

    def _journalled(self, report: Report) -> Report:
        effects = {name: tool.effect for name, tool in self._agent.registry.tools.items()}
        try:
            record = make_record(report.request, report.plan, report.results, effects, self._now)
            self._agent.journal.append(record)
        except TinyAgentError as error:
            return replace(report, warnings=(str(error),))
        return report

    def _follow(self, messages: Iterator[Message]) -> None:
        for message in messages:
            if isinstance(message, Happened):
                self._interaction.on_progress(message.event, self._preview(message.results))
            else:
                message.answer(self._interaction.choose(message.call, message.error))

    def _preview(self, results: Results, asking: tuple[int, ...] = ()) -> Preview:
        agent, plan = self._agent, tuple(self._said.values())
        results = self._of_plan(results)
        return Preview(self._request, plan, agent.registry.tools, results, self._now, agent.policy, asking)

    def _of_plan(self, results: Results) -> Results:
        return {number: result for number, result in results.items() if number in self._said}

    def _refusal(self, problem: TinyAgentError) -> Report:
        return replace(self._report({}, problem.exit_status), problem=problem)

    def _report(self, results: Results, status: ExitStatus, answer: str = "") -> Report:
        plan = tuple(self._resolved.values())
        return Report(self._request, plan, results, status, answer, offered=self._offered, seconds=dict(self._seconds))
