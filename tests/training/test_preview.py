"""A seed is shown as the very prompt and plan that a planner is tuned on."""

from __future__ import annotations

from random import Random

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.preview import example_texts
from tinyagent_cli.training.seeds import Seed


def test_a_seed_about_the_built_in_tools(builtin: Signatures) -> None:
    seed = Seed("keep this  as Kiln", ('create_note("Kiln", "$0", "")',), None, "Cone 04.")
    prompt, plan = example_texts(seed, builtin, Random(1))
    first, *rest = prompt.splitlines()
    assert first.startswith("Tools: ") and "create_note" in first
    assert rest == ["Document: $0", "Request: keep this as Kiln", "Plan:"]
    assert plan == '1. create_note("Kiln", "$0", "")\n2. join()'


def test_a_seed_with_tools_of_its_own(builtin: Signatures) -> None:
    tools = ({"name": "brew", "description": "Brews tea.", "parameters": [{"name": "kind", "type": "str"}]},)
    prompt, plan = example_texts(Seed("tea: Åsam", ('brew("Åsam")',), tools), builtin, Random(1))
    assert prompt == "Tools:\nbrew(kind: str) Brews tea.\nRequest: tea: Åsam\nPlan:\n"
    assert plan == '1. brew("Åsam")\n2. join()'
