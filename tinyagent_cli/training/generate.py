"""Seeds from a chat model, as the TinyAgent paper (arXiv 2409.00608) had them from GPT-4-Turbo.

Briefs are drawn so that tools are combined in every way; the model answers a handful of them at a time, in several
conversations at once; every candidate is checked, and what is rejected is kept with the reason. A run that was cut off
goes on where its file stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random
from threading import Event

from tinyagent_cli.errors import ModelError
from tinyagent_cli.jsonl import GrowingFile
from tinyagent_cli.training.briefs import Brief, Briefs
from tinyagent_cli.training.candidates import Candidate
from tinyagent_cli.training.check import request_key
from tinyagent_cli.training.seeds import Seed, placed_seeds, rejects_file, seed_to_json
from tinyagent_cli.training.writer import Answer, Writer

BATCH = 8
"""Seeds that a model is asked for at a time."""

FAILURES = 3
"""So many answers that fail one after the other end a run."""

BARREN = 100
"""So many briefs that no good seed comes of, one after the other, end a run."""


@dataclass
class Progress:
    """How far a run is: seeds in the file and, of this run, new ones, rejects, second readings and tokens.

    `unmetered` counts generations whose tokens the server did not tell.
    """

    seeds: int = 0
    new: int = 0
    rejected: int = 0
    failed: int = 0
    readings: int = 0
    agreed: int = 0
    tokens_read: int = 0
    tokens_written: int = 0
    unmetered: int = 0
    seconds: float = 0.0

    def cost(self, price_read: float, price_written: float) -> float:
        """What the tokens cost, at prices per million."""
        return (self.tokens_read * price_read + self.tokens_written * price_written) / 1e6

    def meter(self, answer: Answer) -> None:
        """Add what an answer took."""
        self.readings += answer.readings
        self.agreed += answer.agreed
        told = [usage for usage in answer.usage if usage is not None]
        self.tokens_read += sum(usage.prompt for usage in told)
        self.tokens_written += sum(usage.written for usage in told)
        self.unmetered += len(answer.usage) - len(told)


Report = Callable[[Progress], None]


def generate(
    target: Path,
    count: int,
    tools: Sequence[str],
    writers: Sequence[Writer],
    *,
    seed: int = 0,
    report: Report = lambda progress: None,
) -> Progress:
    """Write seeds about tools, given by name, until a file holds `count` of them; as many at once as there are writers.

    What is rejected goes to the file beside it that `rejects_file` names. Another `seed` gives other briefs. Raises
    ModelError if the server fails again and again or nothing it writes can be used, and UsageError for a file; what was
    written until then is kept.
    """
    seeds, rejects = GrowingFile(target), GrowingFile(rejects_file(target))
    written = [placed.seed for placed in placed_seeds([target])] if target.exists() else []
    briefs = Briefs(tools, Random(f"{seed} {len(written)} {rejects.lines()}"))
    run = _Run(seeds, rejects, writers, briefs, report)
    run.take_over(written)
    return run.write(count)


class _Run:
    """Draws briefs, has them answered in threads, and takes the answers one by one."""

    def __init__(
        self,
        seeds: GrowingFile,
        rejects: GrowingFile,
        writers: Sequence[Writer],
        briefs: Briefs,
        report: Report,
    ) -> None:
        self._seeds = seeds
        self._rejects = rejects
        self._writers: SimpleQueue[Writer] = SimpleQueue()
        for writer in writers:
            self._writers.put(writer)
        self._concurrency = len(writers)
        self._briefs = briefs
        self._report = report
        self._progress = Progress()
        self._requests: set[str] = set()
        self._failures = self._barren = 0
        self._cancelled = Event()

    def take_over(self, written: Sequence[Seed]) -> None:
        """Count what earlier runs wrote, and tell of it."""
        for seed in written:
            self._briefs.written_before(seed.called)
            self._requests.add(request_key(seed.query))
        self._progress.seeds = len(written)
        if written:
            self._report(self._progress)

    def write(self, count: int) -> Progress:
        """Ask until there are enough seeds."""
        began = time.monotonic()
        waiting: dict[Future[Answer], int] = {}
        pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="generate")
        try:
            while self._progress.seeds < count:
                self._ask(pool, waiting, count)
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    self._take(future, waiting.pop(future))
                self._progress.seconds = time.monotonic() - began
                self._report(self._progress)
        finally:
            self._cancelled.set()
            pool.shutdown(cancel_futures=True)
        return self._progress

    def _ask(self, pool: ThreadPoolExecutor, waiting: dict[Future[Answer], int], count: int) -> None:
        """Keep every writer busy, as long as there are seeds that nobody was asked for."""
        while len(waiting) < self._concurrency:
            missing = count - self._progress.seeds - sum(waiting.values())
            if missing <= 0:
                return
            briefs = [self._briefs.draw() for _ in range(min(BATCH, missing))]
            waiting[pool.submit(self._answer, briefs)] = len(briefs)

    def _answer(self, briefs: Sequence[Brief]) -> Answer:
        """In a thread: one answer, by a writer that has nothing else to do."""
        writer = self._writers.get()
        try:
            return writer.answer(briefs, self._cancelled.is_set)
        finally:
            self._writers.put(writer)

    def _take(self, future: Future[Answer], asked: int) -> None:
        """What came of so many briefs. Raises ModelError when that is nothing too often."""
        try:
            answer = future.result()
        except ModelError:
            self._progress.failed += 1
            self._failures += 1
            if self._failures >= FAILURES:
                raise
            return
        self._failures = 0
        self._progress.meter(answer)
        good = self._keep([self._compared(candidate) for candidate in answer.candidates])
        self._barren = 0 if good else self._barren + asked
        if self._barren >= BARREN:
            raise ModelError(
                f"no good seed came of the last {self._barren} briefs; the reasons are in {self._rejects.path}",
                hint="try a larger model",
            )

    def _keep(self, found: Sequence[Candidate]) -> int:
        """Put candidates where they belong; gives how many are seeds."""
        good = [candidate.seed for candidate in found if candidate.seed]
        bad = [candidate.to_json() for candidate in found if not candidate.seed]
        self._seeds.add(map(seed_to_json, good))
        self._rejects.add(bad)
        for seed in good:
            self._briefs.written(seed.called)
        self._progress.seeds += len(good)
        self._progress.new += len(good)
        self._progress.rejected += len(bad)
        return len(good)

    def _compared(self, candidate: Candidate) -> Candidate:
        """The candidate, which is no seed if its request stands in the file already."""
        if candidate.seed is None:
            return candidate
        key = request_key(candidate.seed.query)
        if key in self._requests:
            return candidate.rejected("the same request as another seed")
        self._requests.add(key)
        return candidate
