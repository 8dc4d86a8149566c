"""What is evaluated: an engine, a model and a way to choose the tools on offer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias, get_args, get_type_hints

from tinyagent_cli.config import Config
from tinyagent_cli.drafting import Drafter
from tinyagent_cli.errors import ModelError, TinyAgentError
from tinyagent_cli.evaluation.meter import Meter
from tinyagent_cli.evaluation.ways import RETRIEVED, check_way, label_of, read_way
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.signature import Signature, by_name
from tinyagent_cli.planner.engines.background import EngineLoader
from tinyagent_cli.planner.engines.base import Usage, never

if TYPE_CHECKING:
    from tinyagent_cli.evaluation.suite import Request
    from tinyagent_cli.tools.registry import Registry

Offer: TypeAlias = Callable[[str, "Sequence[Signature] | None"], list[Signature]]
"""Gives the tools to plan a request with, out of its own if it brings some."""

BITS: Mapping[int | None, int] = {
    **{0: 32, 1: 16, 32: 16, 7: 8, 18: 6, 10: 2, 21: 2},
    **dict.fromkeys((8, 9, 16, 17), 5),
    **dict.fromkeys((2, 3, 14, 15, 25, 30), 4),
    **dict.fromkeys((11, 12, 13), 3),
}
"""Bits of a weight, by llama.cpp's `LlamaFileType`."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """What stands in a comparison. `tools` is a way to choose them; `title` is what the model is called, if given."""

    engine: str
    model: str
    tools: str = RETRIEVED
    title: str = ""

    @property
    def name(self) -> str:
        """What the model is called."""
        named = [self.model] if self.engine == "auto" else [self.engine, self.model]
        return self.title or ":".join(filter(None, named))

    @property
    def label(self) -> str:
        """Short and unique among the candidates of a run."""
        return f"{self.name}, {label_of(self.tools)}"


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    `plan` has its dates in the user's words and is None where there is none, for the reason in `error`. `written` is
    what the model wrote in any case, `offered` are names of tools, `seconds` are by stage: `retrieve` and `plan`.
    """

    plan: Plan | None
    error: str = ""
    written: str = ""
    offered: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    usage: Usage | None = None


class Contender:
    """One engine and model, loaded. It answers one request after the other. Use it as `closing` would have it."""

    def __init__(self, config: Config, registry: Registry) -> None:
        """Raises ModelError if the engine cannot be loaded."""
        self._drafter = Drafter(registry, EngineLoader(partial(self._load, config)), config.retriever)
        self._drafter.ready()
        self.bytes, self.bits = _size(config)

    def answer(self, request: Request, tools: str = RETRIEVED) -> Answer:
        """Plan a request. Whatever goes wrong is in the answer, so that a long evaluation goes on."""
        self._meter.reset()
        answer = Answer(None)
        try:
            began = perf_counter()
            offered = self._offer(tools)(request.query, request.tools)
            chosen = perf_counter()
            answer = replace(answer, offered=tuple(by_name(offered)), seconds={"retrieve": chosen - began})
            calls = self._drafter.plan(
                request.query, offered, now=request.now, document=request.document, cancelled=never
            )
            plan = tuple(calls)
            seconds = {**answer.seconds, "plan": perf_counter() - chosen}
            answer = replace(answer, plan=plan, seconds=seconds)
        except TinyAgentError as error:
            answer = replace(answer, error=error.message)
        except Exception as error:
            _log.debug("request %s", request.id, exc_info=True)
            answer = replace(answer, error=f"unexpected: {type(error).__name__}: {error}")
        return replace(answer, written=self._meter.written, usage=self._meter.usage)

    def prepare(self, tools: str) -> None:
        """Load what a way to choose tools takes, so that no request waits for it. Raises ModelError."""
        if way := read_way(tools):
            way.choose("", self.available(None))

    def available(self, own: Sequence[Signature] | None) -> list[Signature]:
        """All tools that a request can be planned with."""
        return self._drafter.available(own)

    def close(self) -> None:
        """Free the model."""
        self._drafter.close()

    def _load(self, config: Config) -> Meter:
        from tinyagent_cli.planner.engines import load_engine

        self._meter = Meter(load_engine(config))
        return self._meter

    def _offer(self, tools: str) -> Offer:
        if tools == RETRIEVED:
            return self._drafter.offer
        way = read_way(tools)
        return lambda request, own: way.choose(request, self.available(own)) if way else self.available(own)


def read_candidates(config: Config, models: Sequence[str], tools: Sequence[str]) -> list[Candidate]:
    """Every model with every choice of tools. A model may name its engine: `openai:qwen3`, `mlx:embedded`.

    Raises UsageError for a choice of tools that there is not.
    """
    for choice in tools:
        read_way(choice)
    engines = get_args(get_type_hints(Config)["engine"])
    named = [text.split(":", 1) if text.split(":", 1)[0] in engines else [config.engine, text] for text in models]
    usual = [config.engine, config.openai.model if config.engine == "openai" else config.model]
    pairs = dict.fromkeys((engine, model) for engine, model in named or [usual])
    return [Candidate(*pair, choice) for pair in pairs for choice in dict.fromkeys(tools or [RETRIEVED])]


def check_models(config: Config, candidates: Sequence[Candidate]) -> None:
    """Raises ModelError for weights that are not there: better before an evaluation than in its midst."""
    from tinyagent_cli.planner.engines import model_path

    for candidate in candidates:
        check_way(candidate.tools)
        if candidate.engine != "openai":
            model_path(configured(config, candidate))


def configured(config: Config, candidate: Candidate) -> Config:
    """The configuration with a candidate's engine and model."""
    if candidate.engine == "openai":
        return replace(config, engine="openai", openai=replace(config.openai, model=candidate.model))
    return replace(config, engine=candidate.engine, model=candidate.model)  # type: ignore[arg-type]


def _size(config: Config) -> tuple[int | None, int | None]:
    """Bytes of the weight file and bits of its weights; None for a server's model, and for bits that nobody knows."""
    from tinyagent_cli.planner.engines import model_path
    from tinyagent_cli.planner.engines.gguf import file_type

    if config.engine == "openai":
        return None, None
    try:
        path = model_path(config)
        return path.stat().st_size, BITS.get(file_type(path))
    except (ModelError, OSError):
        return None, None
