"""The Berkeley Function Calling Leaderboard (Patil et al., 2025): its requests, and its checker of calls.

Both come from the package `bfcl-eval`, which is needed for this alone. It pins old versions of much that has nothing to
do with either, so it is installed without its dependencies; what is used here has none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation.bfcl_functions import UnsupportedError, calls_of, signature_of
from tinyagent_cli.evaluation.suite import Request
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.signature import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

IRRELEVANCE = "irrelevance"
"""The category whose requests none of the functions serves."""

_MODEL = "tinyagent"
_REGISTRY = "bfcl_eval.constants.model_config"
_VERSION = "BFCL_v4"


@dataclass(frozen=True)
class Problem:
    """A request of the leaderboard. `unsupported` says why its functions cannot be offered, where they cannot.

    `answers` is what the checker takes as right; nothing is for the requests that no function serves.
    """

    category: str
    request: Request
    functions: Sequence[Mapping[str, Any]]
    answers: Sequence[Mapping[str, Any]] | None
    unsupported: str = ""


def read_problems(category: str, now: datetime) -> list[Problem]:
    """The problems of a category, by the name of its file: `simple_python`. Raises UsageError without the package."""
    folder = _data_folder()
    name = f"{_VERSION}_{category}.json"
    try:
        entries = _read(folder / name)
        answers = {} if category == IRRELEVANCE else _read(folder / "possible_answer" / name)
        return [
            _problem(category, entry, None if category == IRRELEVANCE else answers[key]["ground_truth"], now)
            for key, entry in entries.items()
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        what = f"bfcl-eval has no category {category} that can be read: {error!r}"
        raise UsageError(what, hint="pip install --no-deps -U bfcl-eval") from error


def fault(problem: Problem, plan: Plan) -> str:
    """What the checker finds wrong with a plan, on one line; nothing if it is right."""
    if problem.answers is None:
        return f"{len(plan)} calls where no function serves" if plan else ""
    calls = calls_of(plan, by_name(problem.request.tools or ()))
    verdict = _checker()(list(problem.functions), calls, list(problem.answers), problem.category)
    return "" if verdict["valid"] else " ".join(str(verdict["error"][0]).split())


def _problem(
    category: str, entry: Mapping[str, Any], answers: Sequence[Mapping[str, Any]] | None, now: datetime
) -> Problem:
    query = "\n".join(message["content"] for message in entry["question"][0])
    functions = entry["function"]
    try:
        tools = tuple(map(signature_of, functions))
    except UnsupportedError as error:
        return Problem(category, Request(entry["id"], query, now), functions, answers, str(error))
    return Problem(category, Request(entry["id"], query, now, tools), functions, answers)


def _read(path: Path) -> dict[str, Any]:
    """Objects of a file that has one a line, by their id."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return {entry["id"]: entry for entry in map(json.loads, filter(str.strip, lines))}


def _data_folder() -> Path:
    from importlib.util import find_spec

    found = find_spec("bfcl_eval")
    if found is None or found.origin is None:
        raise UsageError("BFCL needs the package bfcl-eval", hint="pip install --no-deps bfcl-eval")
    return Path(found.origin).parent / "data"


@cache
def _checker() -> Callable[[Any, Any, Any, str], dict[str, Any]]:
    """The checker, called with functions, calls, answers and category."""
    with _registry_of_one():
        from bfcl_eval.constants.enums import Language
        from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker

    def check(functions: Any, calls: Any, answers: Any, category: str) -> dict[str, Any]:
        verdict: dict[str, Any] = ast_checker(functions, calls, answers, Language.PYTHON, category, _MODEL)
        return verdict

    return check


@contextmanager
def _registry_of_one() -> Iterator[None]:
    """While the checker is imported, a registry of this model alone: the real one imports every vendor's client."""
    registry = ModuleType(_REGISTRY)
    registry.MODEL_CONFIG_MAPPING = {_MODEL: SimpleNamespace(underscore_to_dot=False)}  # type: ignore[attr-defined]
    before = sys.modules.get(_REGISTRY)
    sys.modules[_REGISTRY] = registry
    try:
        yield
    finally:
        del sys.modules[_REGISTRY]
        if before is not None:
            sys.modules[_REGISTRY] = before
