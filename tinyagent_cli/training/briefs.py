"""What a chat model is asked to write: a brief for each seed, and the prompt around a handful of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from tinyagent_cli.plan.signature import STATUS, Signature, Signatures
from tinyagent_cli.planner.chat import conventions
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.training.coverage import Coverage
from tinyagent_cli.training.voices import ERRANDS, REFUSALS, voice

LENGTHS = {0: 10, 1: 18, 2: 22, 3: 18, 4: 12, 5: 8, 6: 5, 7: 3, 8: 2, 9: 1, 10: 1}
"""Per cent of the seeds that are to have so many calls: a tenth none, half of them three or more."""

PARTLY = 0.08
"""Share of the requests that want one thing more than any tool does."""

PIPED = 0.04
"""Share of the requests with a document piped in beside them."""

_TASK = """\
You write requests that people make to an assistant, each with the plan that fulfils it. A planner is trained and tested
on them, so every plan must be right, and no two requests may be alike.

A request is what this one person would really type or say, in the manner that its brief names: a world of its own, with
invented names, places, titles and times. It never sounds like a form that was filled in, and it never names a tool.
All that the plan copies stands in the request word for word.

A plan follows these conventions."""

_ANSWER = """\
Answer with one JSON object a line for each brief, in order, and nothing else. Calls stand in `plan` without numbers
and without join(); an empty list is a request that no tool serves. `document` is there only where the brief wants piped
text. JSON wants every backslash twice.
With other tools, four answers could be:
{"brief": 1, "query": "um can you email Sid the notes", "plan": ["get_email_address(\\"Sid\\")", \
"open_note(\\"notes\\", \\"\\")", "compose_new_email([\\"$1\\"], [], \\"Notes\\", \\"$2\\", [])"]}
{"brief": 2, "query": "remind me to ring Ola friday at 3, no, 4", "plan": ["create_reminder(\\"ring Ola\\", \
\\"friday at 4\\", \\"\\", \\"\\", 0, False)"]}
{"brief": 3, "query": "is it going to rain on Sunday?", "plan": []}
{"brief": 4, "query": "keep this in a note called Kiln", "document": "Cone 04 on Thursday.", "plan": \
["create_note(\\"Kiln\\", \\"$0\\", \\"\\")"]}"""


@dataclass(frozen=True)
class Brief:
    """What one seed is to be: the tools its plan calls (none: out of reach), about how many calls, who speaks.

    `beyond` is what the request wants that no tool does, `piped` whether a document stands beside it.
    """

    tools: tuple[str, ...]
    calls: int
    voice: str
    beyond: str = ""
    piped: bool = False

    def __str__(self) -> str:
        """The brief as the model reads it."""
        if not self.tools:
            return f"out of reach ({self.beyond}), an empty plan; {self.voice}"
        wanted = f"{', '.join(self.tools)}; about {self.calls} call{'' if self.calls == 1 else 's'}"
        wanted += f"; and one thing out of reach, which the plan leaves out ({self.beyond})" if self.beyond else ""
        wanted += "; about a text that is piped in beside it" if self.piped else ""
        return f"{wanted}; {self.voice}"

    def unlike(self, called: Sequence[str]) -> str:
        """Why a plan that calls these tools is not what was asked for; "" if it is."""
        if called and not self.tools:
            return f"it should be out of reach, and the plan calls {called[0]}"
        if self.tools and not called:
            return f"the plan is empty, and should call {', '.join(self.tools)}"
        return ""


class Briefs:
    """An endless supply of briefs for a set of tools, each asking for what was written and asked for least.

    What was asked for and not written is asked for about twice as often as the rest: no more, since some tools go
    together in no request.
    """

    def __init__(self, tools: Iterable[str], rng: Random) -> None:
        self._coverage = Coverage(tools)
        self._rng = rng

    def written(self, called: Iterable[str]) -> None:
        """Count a seed that was written for a brief, by the tools it calls."""
        self._coverage.add(called)

    def written_before(self, called: Iterable[str]) -> None:
        """Count a seed of an earlier run, which was asked for as well."""
        self._coverage.add(called, 2)

    def draw(self) -> Brief:
        """The next brief."""
        calls = self._rng.choices(list(LENGTHS), list(LENGTHS.values()))[0]
        if not calls:
            return Brief((), 0, voice(self._rng), self._rng.choice(REFUSALS))
        tools = self._coverage.combination(self._different(calls), self._rng)
        self._coverage.add(tools)
        beyond = self._rng.choice(ERRANDS) if self._rng.random() < PARTLY else ""
        return Brief(tools, calls, voice(self._rng), beyond, self._rng.random() < PIPED)

    def _different(self, calls: int) -> int:
        """How many different tools a plan of so many calls has: the longer it is, the more stand in it twice."""
        return calls if calls <= 2 else self._rng.randint((calls + 1) // 2, min(calls, 6))


def seeds_prompt(briefs: Sequence[Brief], tools: Signatures) -> list[Message]:
    """The conversation that a chat model is to go on with. What is the same for all of a run comes first."""
    listed = list(tools.values())
    system = "\n\n".join([_TASK, conventions(listed), *_sources(listed), _ANSWER])
    lines = [f"{number}. {brief}" for number, brief in enumerate(briefs, 1)]
    return [Message("system", system), Message("user", "\n".join(["Briefs:", *lines]))]


def _sources(tools: Sequence[Signature]) -> list[str]:
    """Where values have to come from, and what comes from where, beyond what the tools' descriptions say."""
    copied = [f"{tool.name}.{p.name}" for tool in tools for p in tool.parameters if p.source == "copy"]
    results = [f"{tool.name}.{p.name}" for tool in tools for p in tool.parameters if p.source == "result"]
    silent = [tool.name for tool in tools if tool.returns == STATUS]
    said = (
        ("Copied from the request word for word, or the result of an earlier call", copied),
        ("Only ever the result of an earlier call", results),
        ("Give no result that another call could use", silent),
    )
    return [f"{what}: {', '.join(names)}." for what, names in said if names]
