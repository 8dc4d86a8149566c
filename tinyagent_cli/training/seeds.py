"""Seed requests: one JSON object a line, with plans by the planning conventions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tinyagent_cli.errors import UsageError
from tinyagent_cli.jsonl import numbered_lines

Split = Literal["train", "validation", "test"]

TEST_SHARE = 4
VALIDATION_SHARE = 2

_SURROGATE = re.compile("[\ud800-\udfff]")

REJECTS = ".rejects.jsonl"
"""How the name of a file ends that holds candidates which did not become seeds."""


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


@dataclass(frozen=True)
class Placed:
    """A seed and where it stands."""

    seed: Seed
    path: Path
    line: int

    @property
    def where(self) -> str:
        """File and line: `office.jsonl:12`."""
        return f"{self.path}:{self.line}"


def read_seeds(folder: Path) -> list[Seed]:
    """All seeds of a folder's JSONL files, files in alphabetical order; raises UsageError on a bad line."""
    return [placed.seed for placed in placed_seeds([folder])]


def placed_seeds(paths: Iterable[Path]) -> list[Placed]:
    """All seeds of files and folders, in order; raises UsageError on a bad line."""
    return [placed for path in seed_files(paths) for placed in _read_file(path)]


def seed_files(paths: Iterable[Path]) -> list[Path]:
    """The seed files among files and folders, those of a folder in alphabetical order; what was rejected is none."""
    found: list[Path] = []
    for path in paths:
        inside = path.glob("*.jsonl") if path.is_dir() else [path]
        found += sorted(file for file in inside if not file.name.endswith(REJECTS))
    return found


def rejects_file(path: Path) -> Path:
    """Where the candidates are kept that did not become seeds of a file."""
    return path.with_name(path.name.removesuffix(".jsonl") + REJECTS)


def seed_from_json(record: Any) -> Seed:
    """A seed out of a line of a seed file; raises ValueError, which says what is wrong with it."""
    if not isinstance(record, dict):
        raise ValueError("it must be an object")
    if _SURROGATE.search(json.dumps(record, ensure_ascii=False)):
        raise ValueError("it holds half a character: a lone surrogate")
    query, plan, tools, document = (record.get(key) for key in ("query", "plan", "tools", "document"))
    if not isinstance(query, str):
        raise ValueError("query must be a text")
    if not isinstance(plan, list) or not all(isinstance(call, str) for call in plan):
        raise ValueError("plan must be a list of texts")
    if tools is not None and not (isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)):
        raise ValueError("tools must be a list of objects")
    if document is not None and not isinstance(document, str):
        raise ValueError("document must be a text")
    return Seed(query, tuple(plan), None if tools is None else tuple(tools), document)


def seed_to_json(seed: Seed) -> dict[str, Any]:
    """The seed as a line of a seed file holds it."""
    record: dict[str, Any] = {"query": seed.query}
    if seed.document is not None:
        record["document"] = seed.document
    if seed.tools is not None:
        record["tools"] = list(seed.tools)
    return record | {"plan": list(seed.plan)}


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


def _read_file(path: Path) -> Iterator[Placed]:
    for number, line in numbered_lines(path):
        try:
            yield Placed(seed_from_json(json.loads(line)), path, number)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}:{number} is not a seed: {error}") from error
