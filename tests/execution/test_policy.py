"""Rules by name win over rules by effect; what is not understood is denied."""

import pytest

from tinyagent_cli.execution.policy import Decision, Policy
from tinyagent_cli.tools.spec import Effect


@pytest.mark.parametrize(
    ("rules", "effect", "decision"),
    [
        ({}, Effect.READ, Decision.ALLOW),
        ({}, Effect.WRITE, Decision.ASK),
        ({}, Effect.SEND, Decision.ASK),
        ({"send": "deny"}, Effect.SEND, Decision.DENY),
        ({"send": "deny", "tool": "allow"}, Effect.SEND, Decision.ALLOW),
        ({"tool": "ask"}, Effect.READ, Decision.ASK),
        ({"other": "deny"}, Effect.READ, Decision.ALLOW),
        ({"tool": "alow"}, Effect.READ, Decision.DENY),
        ({"read": ""}, Effect.READ, Decision.DENY),
    ],
)
def test_decisions(rules: dict[str, str], effect: Effect, decision: Decision, make_tool) -> None:
    assert Policy(rules).decide(make_tool("tool", str, effect=effect)) is decision
