"""Plan success and argument accuracy of the shipped planner on the seeds it was not trained on.

    python benchmarks/plan_success.py [--split test|validation] [--failures]

Requests go in by the door that outside benchmarks use, `tinyagent plan --batch`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tinyagent_cli.dates.arguments import resolve_call
from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.plan.call import Call, Plan
from tinyagent_cli.plan.compare import ArgumentScore, same_graph, score_arguments, total_score
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.plan.signature import Signatures, by_name, signature_from_json
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.seeds import Seed, of_split, read_seeds

NOW = "2026-03-04 09:30"
SEEDS = Path(__file__).parents[1] / "data" / "seeds"

GROUPS: dict[str, Callable[[Seed], bool]] = {
    "all, built-in tools": lambda seed: seed.tools is None,
    "no call (out of reach)": lambda seed: seed.tools is None and not seed.plan,
    "one call": lambda seed: seed.tools is None and len(seed.plan) == 1,
    "two to three calls": lambda seed: seed.tools is None and len(seed.plan) in (2, 3),
    "four calls or more": lambda seed: seed.tools is None and len(seed.plan) >= 4,
    "tools of its own": lambda seed: seed.tools is not None,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split", default="test", choices=("test", "validation"))
    options.add_argument("--failures", action="store_true", help="list the requests that were planned wrongly")
    options.add_argument("--model", default="embedded")
    chosen = options.parse_args()
    seeds = of_split(read_seeds(SEEDS), chosen.split)
    answers = planned(seeds, chosen.model)
    results = [judged(seed, answer) for seed, answer in zip(seeds, answers, strict=True)]
    Console().print(table(seeds, results, answers, chosen.split))
    if chosen.failures:
        for seed, score, answer in zip(seeds, results, answers, strict=True):
            if score is None:
                print(f"\n{seed.query}\n  wanted  {list(seed.plan)}\n  planned {answer.get('plan', answer)}")


def planned(seeds: list[Seed], model: str) -> list[dict[str, Any]]:
    """What `tinyagent plan --batch` answers, in order."""
    lines = []
    for number, seed in enumerate(seeds):
        line: dict[str, Any] = {"id": number, "query": seed.query, "now": NOW}
        line |= {"document": seed.document} if seed.document is not None else {}
        line |= {"tools": seed.tools} if seed.tools is not None else {}
        lines.append(json.dumps(line, ensure_ascii=False))
    command = [sys.executable, "-m", "tinyagent_cli", "plan", "--model", model, "--batch", "-", "--json"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged(seed: Seed, answer: dict[str, Any]) -> ArgumentScore | None:
    """The argument score of a right plan, None for a wrong one."""
    plan = _read(answer.get("plan", ["error()"]))
    reference = _read(seed.plan)
    if not same_graph(plan, reference):
        return None
    signatures = by_name(map(signature_from_json, seed.tools)) if seed.tools else _builtin()
    return score_arguments(plan, tuple(_dated(call, signatures) for call in reference), signatures)


def table(seeds: list[Seed], results: list[ArgumentScore | None], answers: list[dict[str, Any]], split: str) -> Table:
    """Success, arguments and time, by kind of request."""
    shown = Table("requests", "how many", "plan success", "arguments right", "median s", title=f"{split} split")
    for name, belongs in GROUPS.items():
        chosen = [
            (result, answer) for seed, result, answer in zip(seeds, results, answers, strict=True) if belongs(seed)
        ]
        if not chosen:
            continue
        right = [result for result, _ in chosen if result is not None]
        share = total_score(right).share
        seconds = [sum(answer["seconds"].values()) for _, answer in chosen if "seconds" in answer]
        shown.add_row(
            name,
            str(len(chosen)),
            f"{len(right) / len(chosen):.1%}",
            "-" if share is None else f"{share:.1%}",
            f"{statistics.median(seconds):.2f}" if seconds else "-",
        )
    return shown


def _read(calls: list[str] | tuple[str, ...]) -> Plan:
    return tuple(parse_call(call, number) for number, call in enumerate(calls, 1))


def _dated(call: Call, signatures: Signatures) -> Call:
    """The reference with its dates resolved, where they can be."""
    try:
        return resolve_call(call, signatures[call.tool], datetime.fromisoformat(NOW).astimezone())
    except TinyAgentError:
        return call


def _builtin() -> Signatures:
    return by_name(tool.signature for tool in read_tool_file(builtin_tool_file(), builtin=True).values())


if __name__ == "__main__":
    main()
