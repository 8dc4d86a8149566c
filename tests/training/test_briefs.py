"""Briefs ask for plans of all lengths, a tenth of them out of reach, and the prompt says all that a plan needs."""

from __future__ import annotations

from collections import Counter
from random import Random

from tinyagent_cli.plan.signature import Parameter, Signature, Signatures, by_name
from tinyagent_cli.training.briefs import LENGTHS, Brief, Briefs, seeds_prompt
from tinyagent_cli.training.coverage import Coverage


def test_lengths_are_spread_and_a_tenth_is_out_of_reach(builtin: Signatures) -> None:
    briefs = Briefs(builtin, Random(1))
    drawn = [briefs.draw() for _ in range(1000)]
    refused = sum(not brief.tools for brief in drawn)
    assert 70 <= refused <= 130
    assert 0.45 <= sum(brief.calls >= 3 for brief in drawn) / 1000 <= 0.55
    assert {brief.calls for brief in drawn} == set(LENGTHS)
    assert any(brief.beyond and brief.tools for brief in drawn)
    assert any(brief.piped for brief in drawn)
    coverage = Coverage(builtin)
    for brief in drawn:
        coverage.add(brief.tools)
    assert coverage.missing(2) == []
    assert len({brief.voice for brief in drawn}) > 900


def test_what_was_not_written_is_asked_for_again() -> None:
    briefs = Briefs(("brew", "pour", "stir", "heat", "cool", "sieve"), Random(1))
    wanted: Counter[str] = Counter()
    for _ in range(200):
        brief = briefs.draw()
        wanted.update(brief.tools)
        briefs.written([tool for tool in brief.tools if tool != "pour"])
    assert wanted["pour"] > 1.5 * max(count for tool, count in wanted.items() if tool != "pour")


def test_a_plan_unlike_its_brief() -> None:
    assert Brief((), 0, "").unlike(["brew"]) == "it should be out of reach, and the plan calls brew"
    assert Brief(("brew",), 1, "").unlike([]) == "the plan is empty, and should call brew"
    assert Brief(("brew",), 1, "").unlike(["pour"]) == ""


def test_the_prompt_says_where_values_come_from() -> None:
    tools = by_name(
        [
            Signature("find", (Parameter("name", source="copy"),), "Finds a recipe.", "recipe"),
            Signature("bake", (Parameter("recipe", source="result"), Parameter("note")), "Bakes.", "status"),
        ]
    )
    system, user = seeds_prompt(
        [Brief(("find", "bake"), 2, "a cook, Lima; terse"), Brief((), 0, "x", "small talk")], tools
    )
    assert "find(name: str) Finds a recipe." in system.content
    assert "or the result of an earlier call: find.name." in system.content
    assert "Only ever the result of an earlier call: bake.recipe." in system.content
    assert "Give no result that another call could use: bake." in system.content
    assert user.content.splitlines()[1:] == [
        "1. find, bake; about 2 calls; a cook, Lima; terse",
        "2. out of reach (small talk), an empty plan; x",
    ]


def test_all_conversations_of_a_run_begin_alike(builtin: Signatures) -> None:
    briefs = Briefs(builtin, Random(1))
    first, second = (seeds_prompt([briefs.draw()], builtin) for _ in range(2))
    assert first[0] == second[0]
    assert first[1] != second[1]
