"""Seeds with tools of their own, told again: other names, orders of parameters and numbers; two in one; noise."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tinyagent_cli.plan.call import Call, render_plan
from tinyagent_cli.plan.check import plain_texts
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.training.multiply import noisy, random_pair
from tinyagent_cli.training.seeds import Seed

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_CODE = re.compile(r"(?<![\w.:/])(?:[A-Za-z]{1,6}[-_/]?)?\d{3,}(?![\w:])")
JOINTS = ("_", "__", ".", "-", "")


@dataclass(frozen=True)
class Restyled:
    """Some tools under other names; `orders` holds for each old name where its new parameters stood."""

    tools: tuple[dict[str, Any], ...]
    names: Mapping[str, str]
    orders: Mapping[str, Sequence[int]]

    def apply(self, seed: Seed) -> Seed:
        """The seed with these tools; they must hold all that it calls."""
        plan = []
        for number, text in enumerate(seed.plan, 1):
            call = parse_call(text, number)
            values = tuple(call.arguments[place] for place in self.orders[call.tool])
            plan.append(Call(number, self.names[call.tool], values))
        return replace(seed, tools=self.tools, plan=tuple(render_plan(tuple(plan))))


def retell(seeds: Sequence[Seed], rng: Random, together: int = 5) -> list[Seed]:
    """All seeds with tools of their own once, those about the same tools in groups that keep to one style.

    To two or three of a group comes a pair of them in one request; some get noise.
    """
    sets: dict[str, list[Seed]] = defaultdict(list)
    for seed in seeds:
        if seed.tools is not None:
            sets[json.dumps(sorted(seed.tools, key=lambda tool: str(tool["name"])), sort_keys=True)].append(seed)
    told: list[Seed] = []
    for group in sets.values():
        mixed = rng.sample(group, len(group))
        for first in range(0, len(mixed), together):
            alike = list(_retold(mixed[first : first + together], rng))
            pairs = (random_pair(alike, rng) for _ in range((len(alike) + 1) // 3))
            told += [noisy(seed, rng) for seed in [*alike, *filter(None, pairs)]]
    return told


def other_numbers(seed: Seed, rng: Random) -> Seed:
    """The seed with other digits in the codes that its plan copies: `R-77044` becomes `R-20913`."""
    calls = [parse_call(text, number) for number, text in enumerate(seed.plan, 1)]
    texts = {text for call in calls for value in call.arguments for text in plain_texts(value)}
    codes = {text for text in texts if _CODE.fullmatch(text) and text in seed.query}
    if not codes:
        return seed
    other = {code: re.sub(r"\d", lambda _: str(rng.randint(1, 9)), code) for code in codes}
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(codes, key=len, reverse=True)))})(?!\w)")

    def changed(text: str) -> str:
        return pattern.sub(lambda match: other[match[0]], text)

    return replace(seed, query=changed(seed.query), plan=tuple(map(changed, seed.plan)))


def _retold(group: Sequence[Seed], rng: Random) -> Iterator[Seed]:
    tools = list(group[0].tools or ())
    needed = {name for seed in group for name in seed.called}
    spare = [tool for tool in tools if tool["name"] not in needed]
    refused = any(not seed.plan for seed in group)
    chosen = [tool for tool in tools if tool["name"] in needed]
    chosen += spare if refused else rng.sample(spare, rng.randint(min(2, len(spare)), len(spare)))
    style = _restyled(chosen, rng)
    return (other_numbers(style.apply(seed), rng) for seed in group)


def _restyled(tools: Sequence[Mapping[str, Any]], rng: Random) -> Restyled:
    style = _style(rng)
    names: dict[str, str] = {}
    orders: dict[str, list[int]] = {}
    restyled = []
    for tool in rng.sample(tools, len(tools)):
        name = str(tool["name"])
        new = style(name)
        if new in names.values() or not new[:1].isalpha():
            new = name
        parameters = list(tool.get("parameters", ()))
        order = list(range(len(parameters)))
        if rng.random() < 0.6:
            rng.shuffle(order)
        names[name], orders[name] = new, order
        restyled.append({**tool, "name": new, "parameters": [parameters[place] for place in order]})
    return Restyled(tuple(restyled), names, orders)


def _style(rng: Random) -> Callable[[str], str]:
    """How all names of a set are written: often as they are."""
    if rng.random() < 0.4:
        return str
    joint = rng.choice(JOINTS)
    case = rng.choice((str.lower, str.title, str.upper)) if joint else str.title
    return lambda name: joint.join(map(case, _WORD.findall(name)))
