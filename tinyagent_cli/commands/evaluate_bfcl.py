"""`tinyagent eval --bfcl`: the Berkeley Function Calling Leaderboard, through the door of a user's own tools."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from tinyagent_cli.commands.evaluate import STDOUT, Advance, Targets, cut_off, each_candidate, write_json
from tinyagent_cli.commands.files import write_whole
from tinyagent_cli.errors import TinyAgentError

if TYPE_CHECKING:
    from tinyagent_cli.commands.session import Session
    from tinyagent_cli.evaluation.bfcl import Problem
    from tinyagent_cli.evaluation.bfcl_report import BfclRun, Verdict
    from tinyagent_cli.evaluation.contender import Candidate, Contender


def evaluate_bfcl(
    session: Session, candidates: Sequence[Candidate], categories: Sequence[str], limit: int, targets: Targets
) -> None:
    """Measure every candidate on these categories, `limit` problems of each, and tell; also where it is cut off.

    Raises UsageError without the package `bfcl-eval`.
    """
    from tinyagent_cli.evaluation.bfcl import read_problems
    from tinyagent_cli.evaluation.suite import spread
    from tinyagent_cli.tools.registry import Registry

    categories = list(dict.fromkeys(categories))
    now = session.clock()
    problems = [problem for category in categories for problem in spread(read_problems(category, now), limit)]
    runs: list[BfclRun] = []
    registry = Registry.load(session.config)
    try:
        each_candidate(session, candidates, registry, len(problems), partial(_measure, problems, runs))
    except (KeyboardInterrupt, TinyAgentError):
        runs = [run for run in runs if run.verdicts]
        if runs:
            part = cut_off(sum(len(run.verdicts) for run in runs), len(problems) * len(candidates))
            _tell(runs, categories, targets, f"bfcl, {part}")
        raise
    _tell(runs, categories, targets, "bfcl")


def _measure(
    problems: Sequence[Problem], runs: list[BfclRun], contender: Contender, candidate: Candidate, advance: Advance
) -> None:
    """What a candidate makes of the problems: a run that is added to the others at once, and grows."""
    from tinyagent_cli.evaluation.bfcl_report import BfclRun, judge_problem
    from tinyagent_cli.evaluation.contender import Answer

    verdicts: list[Verdict] = []
    runs.append(BfclRun(candidate, verdicts, contender.bytes))
    for problem in problems:
        answer = Answer(None) if problem.unsupported else contender.answer(problem.request, candidate.tools)
        verdicts.append(judge_problem(problem, answer))
        advance(not verdicts[-1].fault)


def _tell(runs: Sequence[BfclRun], categories: Sequence[str], targets: Targets, suite: str) -> None:
    from tinyagent_cli.evaluation.bfcl_report import headings, rows, to_json, to_markdown, told
    from tinyagent_cli.ui.evaluation import make_table
    from tinyagent_cli.ui.messages import print_answer
    from tinyagent_cli.ui.theme import make_console

    if targets.json != STDOUT:
        console = make_console(sys.stdout)
        console.print(make_table(headings(runs), [rows(runs, categories)]))
        for verdict in (verdict for run in runs for verdict in run.verdicts if verdict.fault and targets.failures):
            print_answer(console, told(verdict))
    write_json(to_json(runs, categories, suite), targets.json)
    if targets.report:
        write_whole(targets.report, to_markdown(runs, categories, suite, failures=targets.failures).encode())
