"""Training offers tools as the program will; requests share a list of them only where their plans stay right."""

from random import Random
from typing import Any

from own_seeds import own_seeds

from tinyagent_cli.retrieval import load_retriever, select
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.offers import SHARING, offered, sharing
from tinyagent_cli.training.seeds import Seed

BUILTIN = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
SEEDS = own_seeds()


def tool(name: str) -> dict[str, Any]:
    return {"name": name, "description": "", "parameters": []}


def test_what_a_request_needs_is_always_offered() -> None:
    retriever, rng = load_retriever(), Random(3)
    for seed in [seed for seed in SEEDS if seed.tools is None][:200]:
        names = [signature.name for signature in offered(seed, BUILTIN, retriever, rng)]
        assert set(seed.called) <= set(names)
        assert len(set(names)) == len(names) >= 3


def test_most_offers_are_the_retrievers_own() -> None:
    retriever, rng = load_retriever(), Random(4)
    seeds = [seed for seed in SEEDS if seed.tools is None][:100]
    own = 0
    for seed in seeds:
        choice = {signature.name for signature in select(seed.query, list(BUILTIN.values()), retriever)}
        own += choice == {signature.name for signature in offered(seed, BUILTIN, retriever, rng)}
    assert own >= 50


def test_own_tools_are_shared_where_they_suffice() -> None:
    wide, narrow = (tool("brew"), tool("pour")), (tool("pour"),)
    seeds = [Seed("pour", ("pour()",), narrow), Seed("brew and pour", ("brew()", "pour()"), wide)]
    assert {frozenset(seed.query for seed in group) for group in sharing(seeds, Random(1))} <= {
        frozenset({"pour", "brew and pour"}),
        frozenset({"pour"}),
        frozenset({"brew and pour"}),
    }
    assert any(len(group) == 2 for draw in range(9) for group in sharing(seeds, Random(draw)))


def test_a_refusal_never_meets_tools_it_was_not_written_for() -> None:
    seeds = [Seed("sing", (), (tool("pour"),)), Seed("brew", ("brew()",), (tool("brew"), tool("pour")))]
    for draw in range(9):
        assert all(len(group) == 1 for group in sharing(seeds, Random(draw)) if group[0].query == "brew")


def test_every_seed_stands_in_one_group() -> None:
    groups = list(sharing(SEEDS, Random(5)))
    assert sorted(seed.query for group in groups for seed in group) == sorted(seed.query for seed in SEEDS)
    assert all(len(group) <= SHARING for group in groups)
    assert all(len(group) == 1 for group in groups if group[0].tools is None)
