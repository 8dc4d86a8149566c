"""Seeds parse, pass the check as they stand, and are right when compared with themselves.

A sample of each file: all of them are checked, and more strictly, by the tests of training.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.plan.call import Plan
from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.compare import same_graph, score_arguments
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signatures, by_name, signature_from_json

SEEDS = sorted((Path(__file__).parents[2] / "data" / "seeds").glob("*.jsonl"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seeds(path: Path, builtin: Signatures) -> None:
    seeds = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[::6]]
    assert seeds
    for seed in seeds:
        check_seed(seed, builtin)


def check_seed(seed: dict[str, Any], builtin: Signatures) -> None:
    signatures = by_name(map(signature_from_json, seed["tools"])) if "tools" in seed else builtin
    plan: Plan = tuple(parse_call(line, number) for number, line in enumerate(seed["plan"], start=1))
    source = f"{seed['query']}\n{seed.get('document', '')}"
    assert check_plan(plan, signatures, source=source, has_document="document" in seed) == plan
    assert same_graph(plan, plan)
    score = score_arguments(plan, plan, signatures)
    assert score is not None
    assert score.correct == score.total


def test_there_are_seeds() -> None:
    assert SEEDS
