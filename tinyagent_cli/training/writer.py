"""One answer of a chat model to a few briefs, and the second readings of what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.planner.engines.base import Engine, Usage
from tinyagent_cli.training.briefs import Brief, seeds_prompt
from tinyagent_cli.training.candidates import Candidate, candidates
from tinyagent_cli.training.reading import read_again

TOKENS_A_SEED = 600
"""What a model may write for each brief."""


@dataclass(frozen=True)
class Answer:
    """Candidates in the order in which they were written, how many were read again and agreed, and their tokens.

    None in `usage` stands for a generation whose tokens the server did not tell.
    """

    candidates: tuple[Candidate, ...]
    readings: int
    agreed: int
    usage: tuple[Usage | None, ...]


class Writer:
    """Writes seeds about a set of tools with one engine; one answer at a time."""

    def __init__(self, engine: Engine, tools: Signatures, *, own: bool, reader: Engine | None = None) -> None:
        """`own` says that the tools are the user's; `reader` plans every request again, None leaves that out."""
        self._engine = engine
        self._tools = tools
        self._own = own
        self._reader = reader

    def answer(self, briefs: Sequence[Brief], cancelled: Callable[[], bool]) -> Answer:
        """What the model makes of the briefs, with every check that needs no other seed. Raises ModelError."""
        prompt = seeds_prompt(briefs, self._tools)
        limit = TOKENS_A_SEED * len(briefs)
        text = "".join(self._engine.generate(prompt, max_tokens=limit, cancelled=cancelled))
        found = candidates(text, briefs, self._tools, own=self._own)
        usage = [self._engine.usage]
        if self._reader is None:
            return Answer(tuple(found), 0, 0, tuple(usage))
        kept: list[Candidate] = []
        for candidate in found:
            kept.append(self._read_again(candidate, self._reader, cancelled))
            usage += [self._reader.usage] if candidate.seed else []
        readings, agreed = (sum(one.seed is not None for one in many) for many in (found, kept))
        return Answer(tuple(kept), readings, agreed, tuple(usage))

    def _read_again(self, candidate: Candidate, reader: Engine, cancelled: Callable[[], bool]) -> Candidate:
        if candidate.seed is None:
            return candidate
        reading = read_again(candidate.seed, self._tools, reader, cancelled)
        return candidate if reading.agrees else candidate.rejected(reading.reason)
