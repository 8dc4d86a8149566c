"""What an answer is worth, by the metrics of the planning conventions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tinyagent_cli.dates.arguments import resolve_call
from tinyagent_cli.errors import CheckError, ParseError
from tinyagent_cli.evaluation.contender import Answer
from tinyagent_cli.evaluation.metrics import Share
from tinyagent_cli.evaluation.suite import Item, Request
from tinyagent_cli.plan.binding import bind
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.check import plain_texts
from tinyagent_cli.plan.compare import score_arguments
from tinyagent_cli.plan.parser import PlanParser
from tinyagent_cli.plan.signature import Signature, Signatures, by_name
from tinyagent_cli.plan.words import stands_in
from tinyagent_cli.planner.chat import without_thoughts


@dataclass(frozen=True)
class Result:
    """An answer, judged.

    `arguments` are the right ones of a plan that succeeds. `recalled` are the calls of the reference that the plan
    makes, `precise` the calls of the plan that the reference makes, by tool. `offered` are the needed tools
    that were offered, `copied` the texts that must be copied that stand in the request.
    """

    item: Item
    answer: Answer
    success: bool
    arguments: Share
    recalled: Share
    precise: Share
    offered: Share
    copied: Share

    @property
    def valid(self) -> bool:
        """Whether there is a plan that parses and checks."""
        return self.answer.plan is not None


def judge(item: Item, answer: Answer, tools: Sequence[Signature]) -> Result:
    """Compare an answer with the reference; `tools` are all that the request could have been planned with."""
    signatures = by_name(tools)
    plan, now = answer.plan, item.request.now
    score = None
    if plan is not None:
        score = score_arguments(dated(plan, signatures, now), dated(item.reference, signatures, now), signatures)
    called = Counter(call.tool for call in plan or ())
    wanted = Counter(call.tool for call in item.reference)
    met = (called & wanted).total()
    return Result(
        item,
        answer,
        success=score is not None,
        arguments=Share(score.correct, score.total) if score else Share(),
        recalled=Share(met, wanted.total()),
        precise=Share(met, called.total()),
        offered=Share(len(wanted.keys() & set(answer.offered)), len(wanted)),
        copied=_copied(answer.written, item.request, signatures),
    )


def dated(plan: Plan, signatures: Signatures, now: datetime) -> Plan:
    """The plan with its dates as ISO times, where they can be told."""
    return tuple(_dated(call, signatures, now) for call in plan)


def _dated(call: Call, signatures: Signatures, now: datetime) -> Call:
    try:
        signature = signatures[call.tool]
        return resolve_call(bind(call, signature), signature, now)
    except (KeyError, CheckError):
        return call


def _copied(written: str, request: Request, signatures: Signatures) -> Share:
    """Judged on what the model wrote: a plan with a text that does not stand in the request is refused."""
    source = f"{request.query}\n{request.document or ''}"
    texts = [text for call in _calls(written) for text in _copies(call, signatures) if text.strip()]
    return Share(sum(stands_in(text, source) for text in texts), len(texts))


def _copies(call: Call, signatures: Signatures) -> Iterator[str]:
    with suppress(KeyError, CheckError):
        signature = signatures[call.tool]
        for value, parameter in zip(bind(call, signature).arguments, signature.parameters, strict=True):
            if parameter.source == "copy":
                yield from plain_texts(value)


def _calls(written: str) -> list[Call]:
    """The calls in a text, up to the first line that is none."""
    parser, calls = PlanParser(), []
    with suppress(ParseError):
        calls += parser.feed("".join(without_thoughts([written])))
        calls += parser.finish()
    return calls
