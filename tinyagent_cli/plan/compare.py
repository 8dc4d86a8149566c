"""Compares a plan with a reference plan: the two metrics of the planning conventions.

Plan success is the published metric of TinyAgent (arXiv 2409.00608): the call graphs are isomorphic, nodes being
labelled with their tool; arguments do not count. Argument accuracy is the share of right arguments in plans
that succeed, under the pairing of calls that makes most of them right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.align import Pairs, best_isomorphism, isomorphism
from tinyagent_cli.plan.binding import bind
from tinyagent_cli.plan.call import Call, Plan, Reference, renumber
from tinyagent_cli.plan.match import Resolve, matches
from tinyagent_cli.plan.signature import Parameter, Signatures

UNKNOWN = Parameter("", source="copy")
"""Stands for the parameters of a tool that is not known: its arguments are compared exactly."""


@dataclass(frozen=True)
class ArgumentScore:
    """How many arguments of how many are right."""

    correct: int = 0
    total: int = 0

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where there was no argument to get right."""
        return self.correct / self.total if self.total else None


def same_graph(plan: Plan, reference: Plan) -> bool:
    """Plan success: whether the graphs are isomorphic, each call labelled with its tool.

    A lookup that two calls share is not the same as two lookups. Raises CheckError where a call needs one that does
    not stand before it.
    """
    return isomorphism(plan, reference) is not None


def argument_accuracy(
    plan: Plan, reference: Plan, signatures: Signatures, resolve: Resolve | None = None
) -> float | None:
    """Share of right arguments, None if the plan does not succeed or has no arguments; see `score_arguments`."""
    score = score_arguments(plan, reference, signatures, resolve)
    return score.share if score else None


def score_arguments(
    plan: Plan, reference: Plan, signatures: Signatures, resolve: Resolve | None = None
) -> ArgumentScore | None:
    """Right arguments out of those of the reference, None if the plan does not succeed.

    `resolve` tells what dates mean; without it they are compared as text, which suits plans whose dates
    are resolved already (an end can only be resolved together with its start). Raises CheckError as `same_graph` does.
    """
    ours = tuple(_bound(call, signatures) for call in plan)
    theirs = {call.number: _bound(call, signatures) for call in reference}

    def correct(call: Call, wanted: Call, pairs: Pairs | None) -> int:
        return _correct(call, wanted, _parameters(wanted, signatures), pairs, resolve)

    pairs = best_isomorphism(ours, tuple(theirs.values()), correct)
    if pairs is None:
        return None
    return ArgumentScore(
        sum(correct(call, theirs[pairs[call.number]], pairs) for call in ours),
        sum(len(call.arguments) for call in theirs.values()),
    )


def _bound(call: Call, signatures: Signatures) -> Call:
    """The call with one argument for each parameter, or as it is if it does not fit its tool."""
    try:
        return bind(call, signatures[call.tool])
    except (KeyError, CheckError):
        return call


def _parameters(call: Call, signatures: Signatures) -> Sequence[Parameter]:
    known = signatures[call.tool].parameters if call.tool in signatures else ()
    return known if len(known) == len(call.arguments) else [UNKNOWN] * len(call.arguments)


def _correct(
    call: Call, wanted: Call, parameters: Sequence[Parameter], pairs: Pairs | None, resolve: Resolve | None
) -> int:
    """How many arguments of a call are right; without pairs, how many could be under the best ones."""
    if pairs is None:
        call, wanted = (renumber(each, each.number, lambda _: Reference(0)) for each in (call, wanted))

    def rename(number: int) -> int:
        return number if pairs is None or number == 0 else pairs[number]

    together = zip(call.arguments, wanted.arguments, parameters, strict=False)
    return sum(matches(*three, rename=rename, resolve=resolve) for three in together)
