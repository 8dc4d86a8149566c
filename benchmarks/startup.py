"""How long a fresh process takes: `--help`, `--version`, and a one-shot from the request to the tree.

    python benchmarks/startup.py [--runs 10]

Budgets: 150 ms and 1 second, the medians counting. Memory is the largest resident set of the one-shot.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

REQUESTS = (
    "email Sid the notes",
    "text Mom that I'm running late",
    "lunch with Priya tomorrow at noon and remind me on Friday to water the plants",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10)
    runs = options.parse_args().runs
    table = Table("what", "median s", "fastest s", "slowest s", "memory MB", title=f"fresh processes, {runs} runs each")
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"TINYAGENT_HOME": home}
        for arguments in (["--help"], ["--version"], *(["plan", request] for request in REQUESTS)):
            timed = [run(arguments, environment) for _ in range(runs)]
            seconds = [spent for spent, _ in timed]
            table.add_row(
                " ".join(arguments),
                f"{statistics.median(seconds):.2f}",
                f"{min(seconds):.2f}",
                f"{max(seconds):.2f}",
                str(max(memory for _, memory in timed)),
            )
    Console().print(table)


def run(arguments: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Seconds and megabytes of one process."""
    program = Path(sys.executable).with_name("tinyagent")
    started = time.perf_counter()
    with subprocess.Popen([program, *arguments], env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    spent = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{program} {' '.join(arguments)} ended with status {process.returncode}")
    return spent, usage.ru_maxrss // (1024**2 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
