"""Calls in a plan that nobody wanted: a lookup without a use, the same call twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.signature import STATUS, Signatures
from tinyagent_cli.plan.words import words

SHOWN_KINDS = frozenset({"", STATUS, "text", "url", "document"})
"""Kinds of results that a person may want for their own sake, or that nobody can use: no lookups."""

ASKED_FOR: Mapping[str, str] = {
    "phone number": r"\b(phone|number|telephone|cell|mobile|contact|details|digits|tel|nr|no)",
    "email address": r"\b(addresse?s?|contact|details)\b|(s|his|her|their) e-?mails?\b",
    "path": r"\b(open|show|find|pull|bring|get|see|look|fetch|view|display|load|locate|give|where|dig|start|launch|"
    r"put|read|check|need|want|after|screen|front|up\b|out\b)",
}
"""How a request sounds that wants a result of a kind to look at; for other kinds it names the kind."""


def check_useful(plan: Plan, signatures: Signatures, request: str) -> None:
    """Raises CheckError for a call that stands twice, and for a lookup that no call uses and nobody asked for.

    A lookup is a call whose result is of a kind that some tool takes for its own, such as an email address. A plan
    that only looks things up is taken at its word.
    """
    _check_once(plan)
    if all(_returns(call, signatures) not in ("", STATUS) for call in plan):
        return
    used = {number for call in plan for number in call.references}
    for call in plan:
        kind = _returns(call, signatures)
        if call.number not in used and kind in _lookup_kinds(signatures) and not _asks_for(request, kind):
            raise CheckError(f"call {call.number}: {call.tool} is of no use: no call needs its result")


def _check_once(plan: Sequence[Call]) -> None:
    written: dict[str, int] = {}
    for call in plan:
        first = written.setdefault(call.render(), call.number)
        if first != call.number:
            raise CheckError(f"call {call.number}: {call.tool} is of no use: it is the same as call {first}")


def _returns(call: Call, signatures: Signatures) -> str:
    return signatures[call.tool].returns


def _lookup_kinds(signatures: Signatures) -> frozenset[str]:
    accepted = (parameter.accepts for signature in signatures.values() for parameter in signature.parameters)
    return frozenset(kind for kinds in accepted for kind in kinds) - SHOWN_KINDS


def _asks_for(request: str, kind: str) -> bool:
    if kind in ASKED_FOR:
        return re.search(ASKED_FOR[kind], request, re.IGNORECASE) is not None
    return not set(words(kind)).isdisjoint(words(request))
