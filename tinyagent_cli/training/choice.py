"""Which checkpoint of a run to keep: the one whose weight file plans most validation requests rightly.

The loss of a batch does not tell: it is taken token by token behind the right beginning, without the grammar, and
before the weights are rounded. A checkpoint is measured as it would ship, under the real decoder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeAlias

from tinyagent_cli.atomic import write_whole
from tinyagent_cli.config import Config
from tinyagent_cli.evaluation.contender import Contender
from tinyagent_cli.evaluation.score import judge
from tinyagent_cli.evaluation.suite import Item, Request
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import signature_from_json
from tinyagent_cli.tools.registry import Registry, builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.seeds import Seed

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=timezone.utc)
"""When validation requests are said; it matters to no graph."""

BEST = "best.gguf"


Writer: TypeAlias = Callable[[Path], None]
"""Writes a weight file."""


class Choice:
    """Measures the checkpoints of a run and keeps the best weight file in `folder`, as `BEST`.

    The measurements stay in `folder` as well, so that a run that was cut off goes on with them.
    """

    def __init__(self, items: Sequence[Item], folder: Path) -> None:
        self.items = items
        self._folder = folder
        self._record = folder / "choice.json"

    @property
    def best(self) -> Path:
        """The weight file that planned best so far."""
        return self._folder / BEST

    @property
    def measured(self) -> dict[str, float]:
        """Share of the validation requests planned rightly, by the number of tokens that a checkpoint had seen."""
        if not self._record.exists():
            return {}
        measured: dict[str, float] = json.loads(self._record.read_text(encoding="utf-8"))
        return measured

    def offer(self, write: Writer, tokens: int) -> float:
        """Measure the weight file that `write` writes, and keep it if none before was better.

        A later one wins a tie: it has seen more tokens.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        candidate = self._folder / "candidate.gguf"
        write(candidate)
        success = plan_success(candidate, self.items)
        measured = self.measured
        if success >= max(measured.values(), default=0.0):
            candidate.replace(self.best)
        candidate.unlink(missing_ok=True)
        write_whole(self._record, (json.dumps({**measured, str(tokens): success}) + "\n").encode())
        return success


def plan_success(weights: Path, items: Sequence[Item]) -> float:
    """Share of the requests that a weight file plans rightly, 0 to 1, under the decoder that ships."""
    builtin = builtin_tool_file()
    registry = Registry(read_tool_file(builtin, builtin=True), {})
    with closing(Contender(Config(engine="llamacpp", model=str(weights)), registry)) as contender:
        right = [
            judge(item, contender.answer(item.request), contender.available(item.request.tools)).success
            for item in items
        ]
    return sum(right) / len(right)


def item_of(seed: Seed, number: int) -> Item:
    """A seed as a request of an evaluation."""
    tools = None if seed.tools is None else tuple(map(signature_from_json, seed.tools))
    request = Request(str(number), seed.query, NOW, tools, seed.document)
    return Item(request, tuple(parse_call(call, place) for place, call in enumerate(seed.plan, 1)), "seeds")
