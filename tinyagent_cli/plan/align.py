"""Pairs the calls of two plans of the same graph so that as many arguments as possible match."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping
from typing import TypeAlias

from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.graph import Graph, dag, needs

Pairs: TypeAlias = Mapping[int, int]
"""Numbers of the calls of a plan, each with the number of its counterpart in the other plan."""

Score: TypeAlias = Callable[[Call, Call, "Pairs | None"], int]
"""How many arguments of a call match its counterpart's under these pairs; None takes every result for any other."""

MAX_STEPS = 20_000
"""Pairings tried before the best so far is taken: many calls that are alike allow n! of them."""


def isomorphism(plan: Plan, other: Plan) -> Pairs | None:
    """Pairs under which the graphs are the same, calls being labelled with their tool; None if there are none."""
    from networkx.algorithms.isomorphism import DiGraphMatcher

    names: dict[Hashable, int] = {}
    matcher = DiGraphMatcher(_coloured(plan, names), _coloured(other, names), node_match=operator.eq)
    return dict(matcher.mapping) if matcher.is_isomorphic() else None


def best_isomorphism(plan: Plan, other: Plan, score: Score) -> Pairs | None:
    """The isomorphism with the highest score, None if there is none.

    A branch and bound over the calls in order: what a call refers to is always paired before it.
    """
    pairs = isomorphism(plan, other)
    if pairs is None:
        return None
    return _Search(plan, other, score).run() or pairs


class _Search:
    """Depth first, the most promising counterparts first, given up where nothing better can come."""

    def __init__(self, plan: Plan, other: Plan, score: Score) -> None:
        self.plan = plan
        self.score = score
        self.needs = needs(plan)
        self.other_needs = needs(other)
        self.candidates = _candidates(plan, other)
        self.hope = self._hopes()
        self.steps = 0
        self.best: Pairs | None = None
        self.most = -1

    def run(self) -> Pairs | None:
        """The best pairs found; None if the search was given up before it found any."""
        self._extend({}, 0)
        return self.best

    def _hopes(self) -> list[int]:
        """For each position in the plan, the most that the calls from there on can score."""
        hopes = [0]
        for call in reversed(self.plan):
            hopes.append(hopes[-1] + max(self.score(call, other, None) for other in self.candidates[call.number]))
        return hopes[::-1]

    def _extend(self, pairs: dict[int, int], correct: int) -> None:
        position = len(pairs)
        if self.steps >= MAX_STEPS or correct + self.hope[position] <= self.most:
            return
        if position == len(self.plan):
            self.best, self.most = dict(pairs), correct
            return
        call = self.plan[position]
        for gain, counterpart in self._ranked(call, pairs):
            self.steps += 1
            self._extend({**pairs, call.number: counterpart}, correct + gain)

    def _ranked(self, call: Call, pairs: Pairs) -> list[tuple[int, int]]:
        """Counterparts that are still free and need the counterparts of what the call needs, best first."""
        taken = set(pairs.values())
        needed = {pairs[number] for number in self.needs[call.number]}
        free = [
            other
            for other in self.candidates[call.number]
            if other.number not in taken and set(self.other_needs[other.number]) == needed
        ]
        ranked = [(self.score(call, other, pairs), other.number) for other in free]
        return sorted(ranked, key=lambda entry: -entry[0])


def _coloured(plan: Plan, names: dict[Hashable, int]) -> Graph:
    """The graph with nothing at its nodes but their colours."""
    import networkx

    graph: Graph = networkx.DiGraph()
    graph.add_nodes_from((number, {"colour": colour}) for number, colour in _colours(plan, names).items())
    graph.add_edges_from(dag(plan).edges)
    return graph


def _candidates(plan: Plan, other: Plan) -> dict[int, list[Call]]:
    """Calls of `other` that look like each call of `plan`, judging by tools up and down the graph."""
    names: dict[Hashable, int] = {}
    ours, theirs = _colours(plan, names), _colours(other, names)
    return {call.number: [c for c in other if theirs[c.number] == ours[call.number]] for call in plan}


def _colours(plan: Plan, names: dict[Hashable, int]) -> dict[int, int]:
    """Colour refinement (Weisfeiler and Leman) from tools, along needs and dependents; `names` numbers the colours."""
    needed = needs(plan)
    after: dict[int, list[int]] = {number: [] for number in needed}
    for number, before in needed.items():
        for source in before:
            after[source].append(number)
    colours = {call.number: names.setdefault(call.tool, len(names)) for call in plan}
    for _ in plan:
        around = {
            number: tuple(tuple(sorted(colours[near] for near in side)) for side in (needed[number], after[number]))
            for number in needed
        }
        colours = {number: names.setdefault((colour, around[number]), len(names)) for number, colour in colours.items()}
    return colours
