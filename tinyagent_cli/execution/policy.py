"""Which calls may run: at once, after a question, or never."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from tinyagent_cli.tools.spec import Effect, Tool


class Decision(str, Enum):
    """What the policy says of a tool."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


DEFAULTS: Mapping[Effect, Decision] = MappingProxyType(
    {Effect.READ: Decision.ALLOW, Effect.WRITE: Decision.ASK, Effect.SEND: Decision.ASK}
)


class Policy:
    """Decisions by tool name, which win, and by effect. A rule that says anything else denies."""

    def __init__(self, rules: Mapping[str, str] = MappingProxyType({})) -> None:
        self._rules = dict(rules)

    def decide(self, tool: Tool) -> Decision:
        """What may be done with calls of this tool."""
        for key in (tool.name, tool.effect.value):
            if key in self._rules:
                return _decision(self._rules[key])
        return DEFAULTS.get(tool.effect, Decision.DENY)


def _decision(rule: str) -> Decision:
    try:
        return Decision(rule)
    except ValueError:
        return Decision.DENY
