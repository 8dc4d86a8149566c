"""Candidates for seeds out of what a chat model writes: JSON objects among prose, fences and thoughts, and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tinyagent_cli.drafting import FEW
from tinyagent_cli.errors import CheckError, TinyAgentError, UsageError
from tinyagent_cli.plan.call import render_plan
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import Signatures, signature_to_json
from tinyagent_cli.planner.chat import without_thoughts
from tinyagent_cli.training.briefs import Brief
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.seeds import Seed, seed_from_json

_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Candidate:
    """What a model wrote for a brief (None: for none): the seed, or the reason why it is none."""

    brief: Brief | None
    written: Any
    seed: Seed | None = None
    reason: str = ""

    def rejected(self, reason: str) -> Candidate:
        """The same candidate, which is no seed after all."""
        return replace(self, seed=None, reason=reason)

    def to_json(self) -> dict[str, Any]:
        """A line on a rejected candidate: why, what was written, and what was asked for."""
        return {"reason": self.reason, "written": self.written, "brief": str(self.brief or "")}


def candidates(answer: str, briefs: Sequence[Brief], tools: Signatures, *, own: bool) -> list[Candidate]:
    """What is in an answer to these briefs, in order, each with every check that needs no other seed.

    `own` says that the tools are the user's: the seeds bring them.
    """
    free = dict(enumerate(briefs, 1))
    return [_candidate(written, _brief_of(written, free), tools, own) for written in _objects(answer)]


def _objects(answer: str) -> Iterator[dict[str, Any] | str]:
    """The JSON objects in a text, in order; a line that begins as one and is none comes as it is."""
    text = "".join(without_thoughts([answer]))
    at = text.find("{")
    while at >= 0:
        try:
            found, end = _DECODER.raw_decode(text, at)
            yield found
        except (ValueError, RecursionError):
            line_end = text.find("\n", at)
            end = line_end if line_end >= 0 else len(text)
            yield text[at:end]
        at = text.find("{", end)


def _brief_of(written: dict[str, Any] | str, free: dict[int, Brief]) -> Brief | None:
    """The brief that was answered, by its number or else the next one; each is answered once."""
    number = written.get("brief") if isinstance(written, dict) else None
    if not isinstance(number, int) or number not in free:
        number = min(free, default=0)
    return free.pop(number, None)


def _candidate(written: dict[str, Any] | str, brief: Brief | None, tools: Signatures, own: bool) -> Candidate:
    candidate = Candidate(brief, written)
    try:
        if brief is None:
            raise UsageError("nobody asked for it")
        seed = _seed(written)
        if own:
            seed = replace(seed, tools=_offered(seed, tools))
        plan = check_seed(seed, tools)
        if unlike := brief.unlike(seed.called):
            raise CheckError(unlike)
        return replace(candidate, seed=replace(seed, plan=tuple(render_plan(plan))))
    except TinyAgentError as error:
        return candidate.rejected(str(error))


def _seed(written: Mapping[str, Any] | str) -> Seed:
    """The seed in an object; numbers before the calls, a closing `join()` and a plan in one text are taken, too."""
    if isinstance(written, str):
        raise UsageError("not JSON")
    plan = written.get("plan")
    lines = plan.split("\n") if isinstance(plan, str) else plan
    try:
        seed = seed_from_json({**written, "plan": lines, "tools": None})
    except (ValueError, RecursionError) as error:
        raise UsageError(str(error)) from error
    calls = tuple(render_plan(parse_plan("\n".join(seed.plan))))
    return replace(seed, query=seed.query.strip(), plan=calls, document=seed.document or None)


def _offered(seed: Seed, tools: Signatures) -> tuple[dict[str, Any], ...]:
    """The tools that a seed brings, in any order: those its plan calls, and others up to what run time offers whole."""
    rng = Random(seed.query)
    needed = [name for name in seed.called if name in tools]
    others = [name for name in tools if name not in needed]
    chosen = needed + rng.sample(others, min(len(others), max(FEW - len(needed), 0)))
    return tuple(signature_to_json(tools[name]) for name in rng.sample(chosen, len(chosen)))
