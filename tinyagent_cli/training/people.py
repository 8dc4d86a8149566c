"""A seed with more people in it: `Ana and Ben` becomes `Ana, Mrs. Okoro, the caterer and Ben`, in request and plan.

A small planner learns from short lists to stop early; here every list can be long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from tinyagent_cli.plan.call import Argument, Call, Plan, Reference, render_plan, renumber
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.training.names import person
from tinyagent_cli.training.seeds import Seed

LOOKUPS = ("get_phone_number", "get_email_address")
ROLES = (
    "landlord", "caterer", "accounts team", "bursar", "board", "neighbours", "head nurse", "site manager", "choir",
    "design team", "school office", "treasurer", "night shift", "plumber", "HR team", "coach", "sales team", "florist",
)  # fmt: skip
LONGEST_PLAN = 12


def add_people(seed: Seed, rng: Random) -> Seed | None:
    """The seed with one to three more people between two who stand side by side; None where no two do."""
    if seed.tools is not None:
        return None
    plan = tuple(parse_call(call, number) for number, call in enumerate(seed.plan, 1))
    pairs = [pair for pair in _neighbours(seed.query, plan) if _together(plan, *pair)]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    if any(_joint(first, second).search(call) for call in seed.plan):
        return None
    names = _someone_else(seed.query, first, rng)
    said = ", ".join(f"the {name}" if name in ROLES else name for name in names)
    query = _joint(first, second).sub(lambda match: f"{match[1]}, {said}{match[2]}", seed.query)
    longer = _with_lookups(plan, first, second, names)
    return replace(seed, query=query, plan=tuple(render_plan(longer))) if len(longer) <= LONGEST_PLAN else None


def _someone_else(query: str, like: str, rng: Random) -> list[str]:
    """One to three people whom the request does not name, roles among them."""
    roles = iter(rng.sample(ROLES, len(ROLES)))
    drawn = [next(roles) if rng.random() < 0.25 else person(rng, like) for _ in range(rng.choice((1, 1, 2, 3)))]
    return [name for name in dict.fromkeys(drawn) if name not in query] or [person(rng, like)]


def _neighbours(query: str, plan: Plan) -> Iterator[tuple[str, str]]:
    names = list(dict.fromkeys(str(call.arguments[0]) for call in plan if call.tool in LOOKUPS))
    for first in names:
        for second in names:
            if first != second and len(_joint(first, second).findall(query)) == 1:
                yield first, second


def _joint(first: str, second: str) -> re.Pattern[str]:
    """Two names side by side: the first one, and what joins the second to it with its article."""
    return re.compile(rf"(?<!\w)({re.escape(first)})((?:,? and |, | & )(?:the |my |our )?{re.escape(second)})(?!\w)")


def _lookups(plan: Plan, name: str) -> dict[str, int]:
    """By which lookups a name is looked up, with their numbers."""
    return {call.tool: call.number for call in plan if call.tool in LOOKUPS and call.arguments == (name,)}


def _together(plan: Plan, first: str, second: str) -> bool:
    """Whether two people are looked up the same way, and stand side by side wherever one of them stands."""
    one, other = _lookups(plan, first), _lookups(plan, second)
    if one.keys() != other.keys():
        return False
    pairs = {tool: (one[tool], other[tool]) for tool in one}
    return all(any(_holds(call, *pair) for call in plan) for pair in pairs.values()) and not any(
        _splits(call, *pair) for call in plan for pair in pairs.values()
    )


def _holds(call: Call, first: int, second: int) -> bool:
    return any(_place(value, first, second) is not None for value in call.arguments)


def _splits(call: Call, first: int, second: int) -> bool:
    """Whether a call uses one of two results where the other does not stand behind it."""
    needs = {first, second}.intersection(call.references)
    return bool(needs) and not _holds(call, first, second)


def _place(value: Argument, first: int, second: int) -> int | None:
    """Where in a list the first result stands with the second behind it."""
    if not isinstance(value, tuple):
        return None
    numbers = [item.number if isinstance(item, Reference) else 0 for item in value]
    places = [place for place, pair in enumerate(pairwise(numbers)) if pair == (first, second)]
    return places[0] if places else None


def _with_lookups(plan: Plan, first: str, second: str, names: Sequence[str]) -> Plan:
    """The plan with lookups of further people behind the first one's, and their results behind the first's."""
    one, other = _lookups(plan, first), _lookups(plan, second)
    order: list[tuple[int, Call]] = []
    added: dict[int, list[int]] = {}
    free = len(plan)
    for call in plan:
        order.append((call.number, call))
        if one.get(call.tool) == call.number:
            added[call.number] = list(range(free + 1, free + len(names) + 1))
            order += [(free + i, Call(free + i, call.tool, (name,))) for i, name in enumerate(names, 1)]
            free += len(names)
    moved = {old: number for number, (old, _) in enumerate(order, 1)}
    pairs = [(one[tool], other[tool]) for tool in one]
    widened = [replace(call, arguments=tuple(_widened(v, pairs, added) for v in call.arguments)) for _, call in order]
    return tuple(
        renumber(call, number, lambda reference: Reference(moved.get(reference.number, reference.number)))
        for number, call in enumerate(widened, 1)
    )


def _widened(value: Argument, pairs: Sequence[tuple[int, int]], added: dict[int, list[int]]) -> Argument:
    for first, second in pairs:
        place = _place(value, first, second)
        if place is not None and isinstance(value, tuple):
            return (*value[: place + 1], *map(Reference, added[first]), *value[place + 1 :])
    return value
