"""Requests with their own tools, told again: other names, another order, other numbers, the same plan."""

from random import Random

import pytest
from own_seeds import own_seeds

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.plan.graph import dag
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.multiply import recombine
from tinyagent_cli.training.restyle import other_numbers, retell
from tinyagent_cli.training.seeds import Seed

SEEDS = [seed for seed in own_seeds() if seed.tools is not None and seed.plan]
TOOLS = tuple(
    {"name": name, "description": "", "parameters": [{"name": key, "type": "str"} for key in keys]}
    for name, keys in (("ticketFind", ("ticket", "queue")), ("ticketClose", ("ticket", "reason")))
)
CLOSE = Seed("Close T-4711 in queue 300, reason solved at 9", ('ticketClose("T-4711", "solved at 9")',), TOOLS)


def test_parameters_move_with_their_values() -> None:
    seen = set()
    for number in range(30):
        (told,) = retell([CLOSE], Random(number))
        (call,) = [parse_call(text, 1) for text in told.plan]
        tool = next(tool for tool in told.tools or () if tool["name"] == call.tool)
        values = dict(zip([key["name"] for key in tool["parameters"]], call.arguments, strict=True))
        assert values["reason"] == "solved at 9"
        assert str(values["ticket"]) in told.query
        seen.add((call.tool, tuple(values)))
    assert len({name for name, _ in seen}) > 2
    assert len({order for _, order in seen}) == 2


def test_codes_get_other_digits_in_request_and_plan_and_amounts_of_two_digits_stay() -> None:
    changed = other_numbers(CLOSE, Random(1))
    assert changed.query != CLOSE.query
    assert "at 9" in changed.query
    code = parse_call(changed.plan[0], 1).arguments[0]
    assert str(code).startswith("T-")
    assert str(code) in changed.query


def test_a_pass_tells_every_seed_once_and_some_in_pairs_and_all_rightly(builtin: Signatures) -> None:
    told = retell(SEEDS, Random(5))
    assert len(SEEDS) < len(told) < 1.5 * len(SEEDS)
    for seed in told:
        check_seed(seed, builtin)


def test_a_pair_asks_for_both_and_refers_to_its_own_results() -> None:
    find = Seed("Which ticket is in queue 300 right now?", ('ticketFind("", "300")',), TOOLS)
    both = Seed(
        "Find T-12 in Berlin, and close it as done",
        ('ticketFind("T-12", "Berlin")', 'ticketClose("$1", "done")'),
        TOOLS,
    )
    pairs = [seed for number in range(9) for seed in retell([find, both], Random(number)) if len(seed.plan) == 3]
    assert pairs
    for pair in pairs:
        calls = [parse_call(text, number) for number, text in enumerate(pair.plan, 1)]
        (close,) = [call for call in calls if "close" in call.tool.lower()]
        (needed,) = close.references
        assert needed == close.number - 1


def test_what_differs_in_capitals_alone_is_no_pair() -> None:
    """Noise may write the whole pair in small letters, and then one of its calls would stand twice."""
    upper = Seed("Which ticket is in queue 300 in Berlin right now?", ('ticketFind("", "Berlin")',), TOOLS)
    lower = Seed("and which one is in berlin, please", ('ticketFind("", "berlin")',), TOOLS)
    assert recombine(upper, lower, Random(1)) is None


def test_no_reference_is_lost() -> None:
    def edges(seed: Seed) -> int:
        plan = tuple(parse_call(text, number) for number, text in enumerate(seed.plan, 1))
        return int(dag(plan).number_of_edges())

    alone = {frozenset(tool["name"] for tool in seed.tools or ()): seed for seed in SEEDS}
    assert sum(map(edges, retell([*alone.values()], Random(6)))) == sum(map(edges, alone.values()))
