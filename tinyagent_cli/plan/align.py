"""Pairs the calls of two plans of the same graph so that as many arguments as possible match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.graph import dag, needs

if TYPE_CHECKING:
    from networkx.algorithms.isomorphism import DiGraphMatcher

Pairs: TypeAlias = Mapping[int, int]
"""Numbers of the calls of a plan, each with the number of its counterpart in the other plan."""

Score: TypeAlias = Callable[[Call, Call, "Pairs | None"], int]
"""How many arguments of a call match its counterpart's under these pairs; None takes every result for any other."""

MAX_STEPS = 20_000
"""Pairings tried before the best so far is taken: many calls that are alike allow n! of them."""


def isomorphic(plan: Plan, other: Plan) -> bool:
    """Whether the graphs are isomorphic, calls being labelled with their tool."""
    return bool(_matcher(plan, other).is_isomorphic())


def best_pairs(plan: Plan, other: Plan, score: Score) -> Pairs | None:
    """The isomorphism with the highest score, None if there is none.

    A branch and bound over the calls in order: what a call refers to is always paired before it.
    """
    matcher = _matcher(plan, other)
    if not matcher.is_isomorphic():
        return None
    return _Search(plan, other, score).run() or dict(matcher.mapping)


def _matcher(plan: Plan, other: Plan) -> DiGraphMatcher:
    from networkx.algorithms.isomorphism import DiGraphMatcher

    def same_tool(ours: Mapping[str, Call], theirs: Mapping[str, Call]) -> bool:
        return ours["call"].tool == theirs["call"].tool

    return DiGraphMatcher(dag(plan), dag(other), node_match=same_tool)


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


def _candidates(plan: Plan, other: Plan) -> dict[int, list[Call]]:
    """Calls of `other` that look like each call of `plan`, judging by tools up and down the graph."""
    names: dict[object, int] = {}
    ours, theirs = _colours(plan, names), _colours(other, names)
    return {call.number: [c for c in other if theirs[c.number] == ours[call.number]] for call in plan}


def _colours(plan: Plan, names: dict[object, int]) -> dict[int, int]:
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
