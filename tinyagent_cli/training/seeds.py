"""Seed requests: written by hand, one JSON object a line, under the planning conventions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tinyagent_cli.errors import UsageError

Split = Literal["train", "validation", "test"]

TEST_SHARE = 4
VALIDATION_SHARE = 2


@dataclass(frozen=True)
class Seed:
    """A request and its right plan, in the planner's dialect.

    `plan` holds the calls as text without numbers and without `join()`; `tools` are the request's
    own tools as JSON objects (None: the built-in ones); `document` is the text piped in beside it.
    """

    query: str
    plan: tuple[str, ...]
    tools: tuple[dict[str, Any], ...] | None = None
    document: str | None = None

    @property
    def called(self) -> tuple[str, ...]:
        """Names of the tools the plan calls, in order, each once."""
        return tuple(dict.fromkeys(call.split("(", 1)[0] for call in self.plan))


def read_seeds(folder: Path) -> list[Seed]:
    """All seeds of a folder's JSONL files, files in alphabetical order; raises UsageError on a bad line."""
    return [seed for path in sorted(folder.glob("*.jsonl")) for seed in _read_file(path)]


def split_of(query: str) -> Split:
    """Which split a request belongs to: by its words, so that copies in other punctuation follow it."""
    words = " ".join(re.findall(r"[^\W_]+", query.lower()))
    bucket = int(hashlib.sha256(words.encode()).hexdigest(), 16) % 100
    if bucket < TEST_SHARE:
        return "test"
    return "validation" if bucket < TEST_SHARE + VALIDATION_SHARE else "train"


def of_split(seeds: Sequence[Seed], split: Split) -> list[Seed]:
    """The seeds of one split, order kept."""
    return [seed for seed in seeds if split_of(seed.query) == split]


def _read_file(path: Path) -> Iterator[Seed]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            tools = tuple(record["tools"]) if "tools" in record else None
            yield Seed(record["query"], tuple(record["plan"]), tools, record.get("document"))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number} is not a seed: {error!r}") from error
