"""What of a plan runs as often as the planner wrote it: all that its tool declares to be more than a lookup."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from scripted import Scripted

from tinyagent_cli.drafting import Drafter
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.planner.engines.background import EngineLoader
from tinyagent_cli.tools.registry import Registry
from tinyagent_cli.tools.spec import Effect, Outcome, Tool

WATER = Signature("water", (Parameter("plant", source="copy"),), "Waters a plant.", "text")
TWICE = ['water("fern")', 'water("fern")']
PLAN = '1. water("fern")\n2. water("fern")\n3. join()\n'


def planned(own: list[Signature] | None, effect: Effect = Effect.READ) -> list[str]:
    tool = Tool(WATER, effect, lambda context, /, **arguments: Outcome(""))
    drafter = Drafter(Registry({"water": tool}, {"water": Path("tools.toml")}), EngineLoader(lambda: Scripted(PLAN)))
    draft = drafter.draft("water the fern, and the fern again", now=datetime.now(timezone.utc), own=own)
    return [call.render() for call in draft.plan]


@pytest.mark.parametrize(("effect", "calls"), [(Effect.READ, TWICE[:1]), (Effect.WRITE, TWICE), (Effect.SEND, TWICE)])
def test_only_what_is_declared_to_read_is_one_lookup(effect: Effect, calls: list[str]) -> None:
    assert planned(None, effect) == calls


@pytest.mark.parametrize(("returns", "calls"), [("", TWICE[:1]), ("text", TWICE[:1]), ("status", TWICE)])
def test_a_tool_that_came_with_the_request_reads_if_it_gives_a_result(returns: str, calls: list[str]) -> None:
    own = [Signature("sprinkle", WATER.parameters), Signature("water", WATER.parameters, "", returns)]
    assert planned(own, Effect.WRITE) == calls
