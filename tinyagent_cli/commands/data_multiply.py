"""`tinyagent data multiply`: many requests from the seeds, as a planner is tuned on them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from random import Random

from tinyagent_cli.commands.data_files import builtin_signatures, read_named
from tinyagent_cli.commands.options import Options
from tinyagent_cli.commands.streams import print_line
from tinyagent_cli.errors import UsageError


def multiply_seeds(options: Options, paths: Sequence[Path] | None, count: int, out: Path, number: int) -> None:
    """Write so many distinct requests. Raises UsageError if none of the seeds is for training, or the file is there."""
    from tinyagent_cli.jsonl import write_lines
    from tinyagent_cli.training.seeds import of_split, seed_to_json, split_of
    from tinyagent_cli.ui.seeds import counting
    from tinyagent_cli.ui.theme import make_console

    placed = read_named(paths)
    if out.is_file():
        raise UsageError(f"{out} is there already", hint="give another file as --out")
    seeds = of_split([one.seed for one in placed], "train")
    if not seeds:
        raise UsageError("none of the seeds is for training", hint="tinyagent data stats counts them by split")
    if find_spec("faker") is None:
        raise UsageError("multiplication needs faker", hint="pip install 'tinyagent-cli[train]'")
    from tinyagent_cli.training.practice import distinct

    forms = distinct(seeds, builtin_signatures(), Random(number))
    many = islice((seed for seed in forms if split_of(seed.query) == "train"), count)
    written: list[int] = []
    with counting(make_console(sys.stderr, quiet=options.quiet), "multiplying", count) as advance:

        def lines() -> Iterator[str]:
            for seed in many:
                advance()
                written.append(len(seed.plan))
                yield json.dumps(seed_to_json(seed), ensure_ascii=False)

        write_lines(out, lines())
    more = "" if len(written) == count else "; the seeds give no more"
    print_line("data", f"{len(written):,} requests of {len(seeds):,} seeds in {out}{more}")
