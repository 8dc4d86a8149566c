"""The graph of a plan: which call waits for which.

A call needs results of calls before it only, so the order on the page is a topological one and one pass over it
answers most questions. That keeps networkx, a third of a second to import, out of the way from request to tree;
`dag` is for those who compare and analyse plans.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Call, Plan, Reference, renumber

if TYPE_CHECKING:
    import networkx

Graph: TypeAlias = "networkx.DiGraph[int]"
"""Nodes are call numbers; an edge runs from a call to each one that needs its result."""


def needs(plan: Plan) -> dict[int, tuple[int, ...]]:
    """Numbers of the calls that each call needs the result of, by its own number; the document (`$0`) is no call.

    Raises CheckError where a call needs one that does not stand before it, so there are no cycles.
    """
    needed: dict[int, tuple[int, ...]] = {}
    for call in plan:
        numbers = tuple(number for number in call.references if number)
        for number in numbers:
            if number not in needed:
                raise CheckError(f"call {call.number}: there is no call {number} before it")
        if call.number in needed:
            raise CheckError(f"call {call.number}: there are two calls of this number")
        needed[call.number] = numbers
    return needed


def dag(plan: Plan) -> Graph:
    """The plan as a networkx graph, calls in the attribute `call` of the nodes. Raises CheckError as `needs` does."""
    import networkx

    graph: Graph = networkx.DiGraph()
    graph.add_nodes_from((call.number, {"call": call}) for call in plan)
    graph.add_edges_from((before, after) for after, numbers in needs(plan).items() for before in numbers)
    return graph


def levels(plan: Plan) -> list[list[Call]]:
    """Calls by level: those of one level run side by side, and need results of earlier levels only."""
    needed = needs(plan)
    depth: dict[int, int] = {}
    found: list[list[Call]] = []
    for call in plan:
        level = max((depth[number] + 1 for number in needed[call.number]), default=0)
        depth[call.number] = level
        if level == len(found):
            found.append([])
        found[level].append(call)
    return found


def dependents(plan: Plan, number: int) -> set[int]:
    """Numbers of the calls that need the result of call `number`, directly or through others."""
    found: set[int] = set()
    for after, numbers in needs(plan).items():
        if number in numbers or not found.isdisjoint(numbers):
            found.add(after)
    return found


def without(plan: Plan, number: int) -> Plan:
    """The plan without call `number` and without all that hangs on it, numbered from 1 again."""
    dropped = {number} | dependents(plan, number)
    kept = [call for call in plan if call.number not in dropped]
    positions = {0: 0} | {call.number: position for position, call in enumerate(kept, start=1)}
    return tuple(
        renumber(call, positions[call.number], lambda reference: Reference(positions[reference.number]))
        for call in kept
    )


def critical_path(plan: Plan, duration: Callable[[Call], float]) -> float:
    """The least time the plan can take when all that can runs side by side, in the unit of `duration`."""
    needed = needs(plan)
    finished: dict[int, float] = {}
    for call in plan:
        start = max((finished[number] for number in needed[call.number]), default=0.0)
        finished[call.number] = start + duration(call)
    return max(finished.values(), default=0.0)
