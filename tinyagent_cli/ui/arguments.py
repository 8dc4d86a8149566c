"""Arguments of a call as a person reads them: by name, with the values that references stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.execution.policy import Decision, Policy
from tinyagent_cli.plan.call import Argument, Call, Plan, Reference, Template
from tinyagent_cli.plan.signature import EMPTY, Parameter
from tinyagent_cli.tools.arguments import as_text
from tinyagent_cli.tools.spec import Effect, Tool
from tinyagent_cli.ui.text import one_line, shorten, visible

if TYPE_CHECKING:
    from rich.text import Text

    from tinyagent_cli.agent import Preview
    from tinyagent_cli.execution.results import StepResult
    from tinyagent_cli.ui.theme import Glyphs

LABEL_CELLS = 24
"""Width of the name that a result is known by."""
PREVIEW_CHARACTERS = 2000
"""What of a long value is looked at for a preview."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class PlanView:
    """All that is needed to show a plan: its tools, what has been found so far, the user's "now" and policy.

    `results` may hold `$0`, the document; results of calls that have not ended are not in it or have no
    outcome.
    """

    plan: Plan
    tools: Mapping[str, Tool]
    results: Mapping[int, StepResult]
    now: datetime
    policy: Policy

    @classmethod
    def of(cls, preview: Preview) -> PlanView:
        """The plan of a request as it stands."""
        return cls(preview.plan, preview.tools, preview.results, preview.now, preview.policy)

    def waiting(self) -> frozenset[int]:
        """Numbers of the calls that have not ended."""
        return frozenset(call.number for call in self.plan if not self._ended(call.number))

    def call(self, number: int) -> Call | None:
        """The call of that number, if the plan has it."""
        return next((call for call in self.plan if call.number == number), None)

    def effect(self, call: Call) -> Effect:
        """What the call does to the world. A tool that is not known may do anything."""
        tool = self.tools.get(call.tool)
        return tool.effect if tool else Effect.SEND

    def exception(self, call: Call) -> Decision | None:
        """What the policy says of the call, where that is not what is usual: to ask before all that is no lookup."""
        tool = self.tools.get(call.tool)
        decision = self.policy.decide(tool) if tool else Decision.ASK
        usual = Decision.ALLOW if self.effect(call) is Effect.READ else Decision.ASK
        return None if decision is usual else decision

    def found(self, number: int) -> tuple[bool, Any]:
        """Whether the result of a call is there, and what it is."""
        result = self.results.get(number)
        if result is None or result.outcome is None:
            return False, None
        return True, result.outcome.value

    def _ended(self, number: int) -> bool:
        result = self.results.get(number)
        return result is not None and result.state.ended


@dataclass(frozen=True)
class ArgumentWriter:
    """Writes values as rich text. In `full`, values keep their line breaks and labels are left out."""

    view: PlanView
    glyphs: Glyphs
    full: bool = False

    def arguments(self, call: Call) -> Iterator[tuple[str, Text]]:
        """Name and value of each argument that says something; empty and default ones are left out."""
        tool = self.view.tools.get(call.tool)
        parameters = tool.signature.parameters if tool else ()
        resolved = self._resolved(call)
        for position, value in enumerate(call.arguments):
            parameter = parameters[position] if position < len(parameters) else Parameter(str(position + 1))
            text = self._argument(parameter, value, resolved.arguments[position])
            if text:
                yield parameter.name.replace("_", " "), text
        for name, value in call.named.items():
            yield visible(name), self.value(value)

    def value(self, value: Argument) -> Text:
        """One value with its references replaced by what was found."""
        from rich.text import Text

        if isinstance(value, Reference):
            return self._reference(value)
        if isinstance(value, Template):
            return Text.assemble(
                *(self._plain(part) if isinstance(part, str) else self._inside(part) for part in value.parts)
            )
        if isinstance(value, tuple):
            return Text(", ").join(self.value(item) for item in value)
        if isinstance(value, bool):
            return Text("yes" if value else "no")
        return self._plain(as_text(value))

    def result(self, value: Any) -> Text:
        """What a call found."""
        from rich.text import Text

        if self.full:
            return Text(visible(as_text(value)), style="value.found")
        return Text(preview(value), style="value.found")

    def label(self, number: int) -> str:
        """What the result of a call is known by: the first words that the call was given ("Sid")."""
        call = self.view.call(number)
        for value in call.arguments if call else ():
            if isinstance(value, str) and value.strip():
                return shorten(one_line(value), LABEL_CELLS, self.glyphs.ellipsis)
            if isinstance(value, Reference) and value.number < number:
                return self.label(value.number)
        return ""

    def _resolved(self, call: Call) -> Call:
        """The call with its dates as times; as it is if one of them cannot be read, which the check reports."""
        from tinyagent_cli.dates import resolve_call

        tool = self.view.tools.get(call.tool)
        try:
            return resolve_call(call, tool.signature, self.view.now) if tool else call
        except TinyAgentError:
            return call

    def _argument(self, parameter: Parameter, said: Argument, resolved: Argument) -> Text | None:
        if parameter.type == "date" and isinstance(resolved, str):
            return self._date(said, resolved) if resolved else None
        if said in (None, "", ()) or (said == EMPTY[parameter.type] and not parameter.required):
            return None
        return self.value(parameter.label(said) if isinstance(said, str) else said)

    def _date(self, said: Argument, resolved: str) -> Text:
        """The resolved time, and beside it the user's words unless they were that time already."""
        from rich.text import Text

        from tinyagent_cli.dates import describe

        text = Text(describe(resolved, self.view.now))
        if isinstance(said, str) and said.strip() and said != resolved:
            text.append(f'  "{one_line(said)}"', style="value.words")
        return text

    def _reference(self, reference: Reference) -> Text:
        """`Sid -> sid@acme.com`, or which result it will be."""
        from rich.text import Text

        found, _ = self.view.found(reference.number)
        label = "" if self.full or not found else self.label(reference.number)
        inside = self._inside(reference)
        return Text.assemble(f"{label} {self.glyphs.arrow} ", inside) if label else inside

    def _inside(self, reference: Reference) -> Text:
        from rich.text import Text

        found, value = self.view.found(reference.number)
        if found:
            return self.result(value)
        name = f"the result of {reference.number}" if reference.number else "the piped text"
        return Text(name, style="value.missing")

    def _plain(self, text: str) -> Text:
        from rich.text import Text

        return Text(visible(text if self.full else _SPACE.sub(" ", text)))


def preview(value: Any) -> str:
    """The beginning of a value on one line; a path under the home folder starts with `~`."""
    return one_line(_home_as_tilde(as_text(value)[:PREVIEW_CHARACTERS]))


def _home_as_tilde(text: str) -> str:
    home = str(Path.home())
    return "~" + text[len(home) :] if len(home) > 1 and text.startswith(home + "/") else text
