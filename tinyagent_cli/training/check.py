"""Checks of seeds, as in the TinyAgent paper (arXiv 2409.00608) and stricter.

The plan parses, its graph is feasible, functions exist, arguments have their types, what must be copied stands in the
request, no call is useless, and no request stands twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tinyagent_cli.errors import CheckError, TinyAgentError, UsageError
from tinyagent_cli.jsonl import numbered_lines
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.grammar import MAX_CALLS
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signatures, by_name, signatures_from_json
from tinyagent_cli.plan.words import words
from tinyagent_cli.planner.planner import check_request
from tinyagent_cli.training.seeds import Placed, Seed, seed_files, seed_from_json
from tinyagent_cli.training.useless import check_useful


@dataclass(frozen=True)
class Reject:
    """A line of a seed file that is not a seed to learn from, and why. `query` is "" where there is none."""

    path: Path
    line: int
    query: str
    reason: str


class SeedChecker:
    """Checks seeds one after the other, and remembers their requests."""

    def __init__(self, builtin: Signatures) -> None:
        """`builtin` are the tools of requests that bring none of their own."""
        self._builtin = builtin
        self._seen: dict[tuple[str, frozenset[str]], str] = {}

    def check(self, seed: Seed, where: str) -> Plan:
        """The seed's plan, bound to its tools. Raises CheckError, ParseError or UsageError with the reason.

        `where` names the seed to those that repeat its request.
        """
        plan = check_seed(seed, self._builtin)
        first = self._seen.setdefault(seed_key(seed), where)
        if first != where:
            raise CheckError(f"the same request as {first}")
        return plan


def check_seed(seed: Seed, builtin: Signatures) -> Plan:
    """The plan of a seed, bound to its tools, with every check that needs no other seed. Raises as `SeedChecker`."""
    check_request(seed.query)
    plan, signatures = _feasible(seed, builtin)
    _check_dates(plan, signatures, _source(seed))
    check_useful(plan, signatures, seed.query)
    return plan


def check_feasible(seeds: Iterable[Placed], builtin: Signatures) -> None:
    """Raises UsageError, naming file and line, for tools that are none, and for a plan that does not fit its tools."""
    for placed in seeds:
        try:
            _feasible(placed.seed, builtin)
        except TinyAgentError as error:
            problem = f"{placed.where} cannot be learned from: {error.message}"
            raise UsageError(
                problem, hint=f"`tinyagent data check {placed.path.parent}` finds all such lines"
            ) from error


def _feasible(seed: Seed, builtin: Signatures) -> tuple[Plan, Signatures]:
    """The plan, bound to the tools it is about. Raises CheckError and ParseError."""
    signatures = signatures_of(seed, builtin)
    if len(seed.plan) > MAX_CALLS:
        raise CheckError(f"the plan has {len(seed.plan)} calls, and at most {MAX_CALLS} are allowed")
    written = tuple(parse_call(call, number) for number, call in enumerate(seed.plan, 1))
    plan = check_plan(written, signatures, source=_source(seed), has_document=seed.document is not None)
    return plan, signatures


def _source(seed: Seed) -> str:
    """All that words may be copied from."""
    return seed.query if seed.document is None else f"{seed.query}\n{seed.document}"


def check_form(seed: Seed, plan: Plan) -> None:
    """Raises CheckError where a call is not written as the planner is to write it: `plan` is what it stands for."""
    for text, call in zip(seed.plan, plan, strict=True):
        if parse_call(text, call.number) != call:
            raise CheckError(f"call {call.number} is not in the planner's form: {call.render()}")


def signatures_of(seed: Seed, builtin: Signatures) -> Signatures:
    """The tools that a request is about: its own, or the built-in ones. Raises CheckError for tools that are none."""
    if seed.tools is None:
        return builtin
    try:
        return by_name(signatures_from_json(seed.tools))
    except ValueError as error:
        raise CheckError(str(error)) from error


def request_key(query: str) -> str:
    """What two requests have in common that are the same: their words."""
    return " ".join(words(query)) or query.strip()


def seed_key(seed: Seed) -> tuple[str, frozenset[str]]:
    """What two seeds have in common that are the same: the words of the request, and the tools it brings."""
    return request_key(seed.query), frozenset(str(tool.get("name")) for tool in seed.tools or ())


def check_files(paths: Iterable[Path], builtin: Signatures) -> Iterator[Placed | Reject]:
    """Every line of the files, as the seed it is or as a reject, in order. Raises UsageError for a file."""
    checker = SeedChecker(builtin)
    for path in seed_files(paths):
        for number, line in numbered_lines(path):
            yield _checked_line(checker, path, number, line)


def _checked_line(checker: SeedChecker, path: Path, number: int, line: str) -> Placed | Reject:
    query = ""
    try:
        seed = _seed(line)
        query = seed.query
        check_form(seed, checker.check(seed, f"{path}:{number}"))
    except TinyAgentError as error:
        return Reject(path, number, query, str(error))
    return Placed(seed, path, number)


def _seed(line: str) -> Seed:
    try:
        return seed_from_json(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a seed: {error}") from error


def _check_dates(plan: Plan, signatures: Signatures, source: str) -> None:
    """A date is the user's own words, though they may have stood apart."""
    said = frozenset(words(source))
    for call in plan:
        for parameter, value in zip(signatures[call.tool].parameters, call.arguments, strict=True):
            if parameter.type != "date" or not isinstance(value, str):
                continue
            if strange := [word for word in words(value) if word not in said]:
                where = f"call {call.number}: {call.tool}.{parameter.name}"
                raise CheckError(f"{where}: {strange[0]!r} does not stand in the request")
