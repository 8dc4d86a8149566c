"""`tinyagent eval --bfcl`: the Berkeley Function Calling Leaderboard, through the door of a user's own tools."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinyagent_cli.commands.evaluate import STDOUT, Advance, Targets, each_candidate, write_json
from tinyagent_cli.commands.files import write_whole

if TYPE_CHECKING:
    from tinyagent_cli.commands.session import Session
    from tinyagent_cli.evaluation.bfcl_report import BfclRun
    from tinyagent_cli.evaluation.contender import Candidate, Contender


def evaluate_bfcl(
    session: Session, candidates: Sequence[Candidate], categories: Sequence[str], limit: int, targets: Targets
) -> None:
    """Measure every candidate on these categories, `limit` problems of each, and tell.

    Raises UsageError without the package `bfcl-eval`.
    """
    from tinyagent_cli.evaluation.bfcl import read_problems
    from tinyagent_cli.evaluation.bfcl_report import BfclRun, judge_problem
    from tinyagent_cli.evaluation.contender import Answer
    from tinyagent_cli.evaluation.suite import spread
    from tinyagent_cli.tools.registry import Registry

    categories = list(dict.fromkeys(categories))
    now = session.clock()
    problems = [problem for category in categories for problem in spread(read_problems(category, now), limit)]

    def run(contender: Contender, candidate: Candidate, advance: Advance) -> BfclRun:
        verdicts = []
        for problem in problems:
            answer = Answer(None) if problem.unsupported else contender.answer(problem.request, candidate.tools)
            verdicts.append(judge_problem(problem, answer))
            advance(not verdicts[-1].fault)
        return BfclRun(candidate, verdicts, contender.bytes)

    registry = Registry.load(session.config)
    _tell(each_candidate(session, candidates, registry, len(problems), run), categories, targets)


def _tell(runs: Sequence[BfclRun], categories: Sequence[str], targets: Targets) -> None:
    from tinyagent_cli.evaluation.bfcl_report import headings, rows, to_json, to_markdown, told
    from tinyagent_cli.ui.evaluation import make_table
    from tinyagent_cli.ui.messages import print_answer
    from tinyagent_cli.ui.theme import make_console

    if targets.json != STDOUT:
        console = make_console(sys.stdout)
        console.print(make_table(headings(runs), [rows(runs, categories)]))
        for verdict in (verdict for run in runs for verdict in run.verdicts if verdict.fault and targets.failures):
            print_answer(console, told(verdict))
    write_json(to_json(runs, categories), targets.json)
    if targets.report:
        write_whole(targets.report, to_markdown(runs, categories, failures=targets.failures).encode())
