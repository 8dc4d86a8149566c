"""Seeds about the built-in tools as requests about tools never met: other names, other parameters, another order.

A planner that learned the built-in tools by heart has to read here. What a disguised plan says stands in its request
word for word, as with every tool of a user's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tinyagent_cli.plan.call import Argument, Call, Template, render_plan
from tinyagent_cli.plan.check import plain_texts
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import EMPTY, Parameter, Signatures
from tinyagent_cli.plan.words import stands_in
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.wardrobe import WARDROBE

Style = Callable[[str, Sequence[str]], str]

USUAL = (60, "d")
"""What a plan says where the request says nothing: an hour, by car."""

STYLES: tuple[Style, ...] = (
    lambda app, words: "_".join(words),
    lambda app, words: "_".join([app, *words]),
    lambda app, words: "__".join([app, "_".join(words)]),
    lambda app, words: ".".join([app, "_".join(words)]),
    lambda app, words: words[0] + "".join(map(str.title, words[1:])),
    lambda app, words: app + "".join(map(str.title, words)),
    lambda app, words: ".".join([app, words[0] + "".join(map(str.title, words[1:]))]),
    lambda app, words: "".join(map(str.title, words)),
    lambda app, words: "".join(map(str.title, [app, *words])),
    lambda app, words: "-".join([app, *words]),
    lambda app, words: "_".join([app, *words]).upper(),
)


@dataclass(frozen=True)
class Disguise:
    """Some of the built-in tools in other clothes.

    `tools` are what the request brings; `kept` says for each built-in tool, by its position, which parameters
    the other one has, in its order.
    """

    tools: tuple[dict[str, Any], ...]
    names: dict[str, str]
    kept: dict[str, tuple[int, ...]]

    def put_on(self, seed: Seed, builtin: Signatures) -> Seed | None:
        """The seed with these tools; None where they cannot do what it asks, or do a part of it only."""
        if seed.tools is not None or seed.document is not None:
            return None
        called = set(seed.called)
        if called and called.isdisjoint(self.names):
            return replace(seed, tools=self.tools, plan=())
        if not called <= self.names.keys():
            return None
        plan = []
        for number, text in enumerate(seed.plan, 1):
            call = parse_call(text, number)
            values = self._values(call, seed.query, builtin[call.tool].parameters)
            if values is None:
                return None
            plan.append(Call(number, self.names[call.tool], values))
        return replace(seed, tools=self.tools, plan=tuple(render_plan(tuple(plan))))

    def _values(self, call: Call, query: str, parameters: Sequence[Parameter]) -> tuple[Argument, ...] | None:
        kept = self.kept[call.tool]
        lost = (value for position, value in enumerate(call.arguments) if position not in kept)
        values = tuple(copied(call.arguments[position], query) for position in kept)
        if None in values or any(value and value not in USUAL for value in lost):
            return None
        empty = (
            value == EMPTY[parameters[position].type] and parameters[position].required
            for position, value in zip(kept, values, strict=True)
        )
        return None if any(empty) else values


def disguise(builtin: Signatures, size: int, rng: Random) -> Disguise:
    """So many of the built-in tools, drawn at random, in clothes of one style."""
    chosen = rng.sample(list(builtin), size)
    style = rng.choice(STYLES)
    apps: dict[tuple[str, ...], str] = {}
    names: dict[str, str] = {}
    kept: dict[str, tuple[int, ...]] = {}
    tools = []
    for tool in chosen:
        clothes = WARDROBE[tool]
        app = apps.setdefault(clothes.apps, rng.choice(clothes.apps))
        name = next(name for name in _names(style, app, clothes.verbs, rng) if name not in names.values())
        positions = [i for i in range(len(clothes.parameters)) if i not in clothes.optional or rng.random() < 0.6]
        rng.shuffle(positions)
        names[tool], kept[tool] = name, tuple(positions)
        parameters = [
            {
                "name": _styled(style, rng.choice(clothes.parameters[i])),
                "type": builtin[tool].parameters[i].type,
                "required": builtin[tool].parameters[i].required,
            }
            for i in positions
        ]
        description = rng.choice(clothes.descriptions) if rng.random() < 0.9 else ""
        tools.append({"name": name, "description": description, "parameters": _apart(parameters)})
    return Disguise(tuple(tools), names, kept)


def disguised(seeds: Sequence[Seed], builtin: Signatures, rng: Random, together: int = 5) -> Iterator[Seed]:
    """Endless requests about disguised tools, `together` of them one after the other about the same ones."""
    while True:
        clothes = disguise(builtin, rng.randint(4, 11), rng)
        worn = [clothes.put_on(seed, builtin) for seed in rng.sample(seeds, min(len(seeds), 400))]
        fitting = sorted((seed for seed in worn if seed and seed.plan), key=lambda seed: rng.random() / len(seed.plan))
        refused = [seed for seed in worn if seed and not seed.plan]
        yield from [*fitting[:together], *refused[: rng.randint(0, 1)]]


def copied(value: Argument, query: str) -> Argument:
    """A value whose texts are spelt as in the request; None where one does not stand there."""
    if isinstance(value, tuple):
        items = tuple(copied(item, query) for item in value)
        return None if None in items else items
    if isinstance(value, Template):
        return value if all(stands_in(text, query) for text in plain_texts(value)) else None
    if not isinstance(value, str) or not value:
        return value
    words = re.escape(value.rstrip(".!?"))
    found = re.search(rf"(?<!\w){words}(?!\w)", query, re.IGNORECASE)
    return found[0] if found else None


def _names(style: Style, app: str, verbs: Sequence[str], rng: Random) -> Iterator[str]:
    for verb in rng.sample(verbs, len(verbs)):
        yield style(app, verb.split())
    while True:
        yield style(f"{app}{rng.randint(2, 99)}", rng.choice(verbs).split())


def _styled(style: Style, words: str) -> str:
    """A parameter's name in the style of the tools' names, without an app."""
    sample = style("", ("a", "b"))
    parts = words.split()
    if sample.endswith("AB") and "_" not in sample:
        return "".join(map(str.title, parts))
    return parts[0] + "".join(map(str.title, parts[1:])) if sample.endswith("aB") else "_".join(parts)


def _apart(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parameters that all have names of their own."""
    seen: set[str] = set()
    for parameter in parameters:
        while parameter["name"] in seen:
            parameter["name"] += "2"
        seen.add(parameter["name"])
    return parameters
