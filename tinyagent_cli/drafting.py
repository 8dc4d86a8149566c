"""From a request to a plan: which tools to offer, and what the planner makes of them. Models load when needed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tinyagent_cli.dates import resolve_call
from tinyagent_cli.errors import CheckError, ModelError
from tinyagent_cli.paths import SHIPPED_MODELS
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.signature import STATUS, Signature, Signatures, by_name
from tinyagent_cli.tools.registry import Registry
from tinyagent_cli.tools.spec import Effect

if TYPE_CHECKING:
    from tinyagent_cli.planner.engines.background import EngineLoader
    from tinyagent_cli.planner.engines.base import Engine
    from tinyagent_cli.retrieval import Retriever

FEW = 8
"""So many tools that come with a request are offered as they are, without retrieval."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """A plan that nothing was run of: as the user said its dates, as they are resolved, and how it came about.

    `seconds` is by stage: `retrieve` and `plan`.
    """

    said: Plan
    plan: Plan
    tools: tuple[Signature, ...]
    seconds: Mapping[str, float]


class Drafter:
    """Plans requests with a retriever and an engine, which are loaded once.

    `retriever` is the folder of a classifier, by default of the one that ships.
    """

    def __init__(self, registry: Registry, engine: EngineLoader, retriever: Path = SHIPPED_MODELS) -> None:
        self.registry = registry
        self._engine = engine
        self._classifier = retriever

    def load(self) -> Future[Engine]:
        """Begin to load the engine, in a thread of its own."""
        return self._engine.begin()

    def offer(self, request: str, own: Sequence[Signature] | None = None) -> list[Signature]:
        """The tools to plan with: some of the registry's, or of the `own` that came with the request.

        Raises ModelError if a classifier of the user's is missing or damaged.
        """
        tools = self.available(own)
        if (own is not None and len(own) <= FEW) or self._retriever is None:
            return tools
        from tinyagent_cli.retrieval import select

        return select(request, tools, self._retriever)

    def available(self, own: Sequence[Signature] | None = None) -> list[Signature]:
        """All there is to choose from: the registry's tools, or the `own` that came with the request."""
        return [*self.registry.signatures().values()] if own is None else [self._as_learned(tool) for tool in own]

    def plan(
        self,
        request: str,
        tools: Sequence[Signature],
        *,
        now: datetime,
        document: str | None = None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Call]:
        """Calls as the model writes them, dates in the user's words. Raises UsageError, PlanError and ModelError."""
        from tinyagent_cli.planner.planner import Planner

        engine = self.load().result()
        known = {tool.name for tool in tools if tool == self._learned.get(tool.name)}
        planner = Planner(engine, known=known, reads=self._reads(tools))
        return planner.plan(request, tools, document=document, now=now, cancelled=cancelled)

    def draft(
        self,
        request: str,
        *,
        now: datetime,
        document: str | None = None,
        own: Sequence[Signature] | None = None,
    ) -> Draft:
        """The whole plan at once. Raises UsageError, PlanError and ModelError."""
        began = perf_counter()
        tools = self.offer(request, own)
        offered = perf_counter()
        said = tuple(self.plan(request, tools, now=now, document=document, cancelled=lambda: False))
        written = perf_counter()
        plan = resolve_dates(said, by_name(tools), now)
        return Draft(said, plan, tuple(tools), {"retrieve": offered - began, "plan": written - offered})

    def ready(self) -> None:
        """Wait until everything is loaded. Raises ModelError if the engine cannot be."""
        loading = self.load()
        self.offer("")
        loading.result()

    def close(self) -> None:
        """Free the engine."""
        self._engine.close()

    def _reads(self, tools: Iterable[Signature]) -> set[str]:
        """The tools that only look something up. One that came with a request says no more than what it gives."""
        declared = self.registry.declared
        return {
            tool.name
            for tool in tools
            if (
                declared[tool.name].effect is Effect.READ
                if tool.name in declared and declared[tool.name].signature == tool
                else tool.returns != STATUS
            )
        }

    @cached_property
    def _learned(self) -> Signatures:
        """The tools that the shipped planner was tuned on."""
        return {tool.name: tool.signature for tool in self.registry.declared.values() if tool.builtin}

    def _as_learned(self, tool: Signature) -> Signature:
        """A tool that came with a request, as declared here if it is one of the built-in ones."""
        learned = self._learned.get(tool.name)
        return learned if learned is not None and _form(learned) == _form(tool) else tool

    @cached_property
    def _retriever(self) -> Retriever | None:
        """Without the weights that ship every tool is offered: that is slower, and plans nearly as well."""
        from tinyagent_cli.retrieval import load_retriever

        try:
            return load_retriever(self._classifier)
        except ModelError as error:
            if self._classifier != SHIPPED_MODELS:
                raise
            _log.warning("every tool is offered: %s", error)
            return None


def resolve_dates(plan: Sequence[Call], signatures: Signatures, now: datetime) -> Plan:
    """The plan with ISO dates; a phrase that names no time stays as the user said it."""
    return tuple(_resolved(call, signatures[call.tool], now) for call in plan)


def _resolved(call: Call, signature: Signature, now: datetime) -> Call:
    try:
        return resolve_call(call, signature, now)
    except CheckError:
        return call


def _form(tool: Signature) -> list[tuple[str, str]]:
    return [(parameter.name, parameter.type) for parameter in tool.parameters]
