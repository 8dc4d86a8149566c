"""Calls that a small model writes again: lookups that are one call, and circles that it does not leave by itself.

A small model that needs a person again, lines after the lookup, often looks them up again. To forbid it makes
it look up something else; to let it and to take the first result is what the conventions ask for (rule 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence

from tinyagent_cli.plan.call import Call, Reference, renumber

MOST = 5
"""How often a plan may do, or look up, the very same thing before what does it is closed."""

IN_A_ROW = 3
"""How often a plan may repeat a lookup with nothing new in between, or a tool take what it gave, before it is shut."""


class Repeats:
    """Numbers the calls of a plan anew as they come, without the repeated lookups."""

    def __init__(self, reads: Container[str]) -> None:
        """`reads` names the tools that only look something up: what acts is done as often as it is written."""
        self._reads = reads
        self._count = 0
        self._numbers: dict[int, int] = {}
        self._lookups: dict[tuple[str, str], int] = {}

    def take(self, call: Call) -> Call | None:
        """The call under its number in the plan; None if it looks up what an earlier one has looked up."""
        lookup = looked_up(call) if call.tool in self._reads else None
        if lookup in self._lookups:
            self._numbers[call.number] = self._lookups[lookup]
            return None
        self._count += 1
        self._numbers[call.number] = self._count
        if lookup:
            self._lookups[lookup] = self._count
        return renumber(call, self._count, self._renumbered)

    def _renumbered(self, reference: Reference) -> Reference:
        return Reference(self._numbers.get(reference.number, reference.number))


def looked_up(call: Call) -> tuple[str, str] | None:
    """The tool and the text of a call that takes a text and nothing else."""
    if len(call.arguments) == 1 and isinstance(text := call.arguments[0], str):
        return call.tool, text.casefold()
    return None


def worn_out(calls: Sequence[Call], reads: Container[str]) -> set[str]:
    """Tools that stand there `MOST` times with the very same arguments, and those of circles and chains."""
    times = Counter((call.tool, call.render()) for call in calls if call.arguments)
    return {tool for (tool, _), count in times.items() if count >= MOST} | _circling(calls, reads) | _chained(calls)


def _circling(calls: Sequence[Call], reads: Container[str]) -> set[str]:
    """Tools of lookups repeated `IN_A_ROW` times with nothing new since: the next line does something else."""
    lookups = [looked_up(call) if call.tool in reads else None for call in calls]
    repeated: Counter[tuple[str, str]] = Counter()
    for number in reversed(range(len(lookups))):
        lookup = lookups[number]
        if lookup is None or lookup not in lookups[:number]:
            break
        repeated[lookup] += 1
    return {tool for (tool, _), count in repeated.items() if count >= IN_A_ROW}


def _chained(calls: Sequence[Call]) -> set[str]:
    """Tools that took their own result `IN_A_ROW` times, each time that of the time before."""
    links: dict[int, int] = {}
    tools = {call.number: call.tool for call in calls}
    for call in calls:
        own = (number for number in call.references if number in links and tools[number] == call.tool)
        links[call.number] = max((links[number] + 1 for number in own), default=0)
    return {tools[number] for number, count in links.items() if count >= IN_A_ROW}
