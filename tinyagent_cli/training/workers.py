"""Several processes that tune one model: each goes its own way for a while, then they take the mean (local SGD).

On a processor this beats threads: a thread waits for the others several times a layer, a worker once in minutes
(Stich, Local SGD Converges Fast and Communicates Little, 2019).
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Team:
    """The workers of a run as one of them sees it; one of size 1 talks to nobody."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this worker reports, writes checkpoints and exports."""
        return self.rank == 0

    def average(self, weights: Sequence[torch.Tensor]) -> None:
        """Set the weights of every worker to the mean over all of them, in place."""
        if self.size == 1:
            return
        import torch
        from torch import distributed

        with torch.no_grad():
            for weight in weights:
                distributed.all_reduce(weight)
                weight.div_(self.size)

    def total(self, count: int) -> int:
        """The sum of a count over all workers."""
        if self.size == 1:
            return count
        import torch
        from torch import distributed

        counted = torch.tensor(count)
        distributed.all_reduce(counted)
        return int(counted.item())

    def wait(self) -> None:
        """Go on when all workers have come this far."""
        if self.size > 1:
            from torch import distributed

            distributed.barrier()


ALONE = Team()


@contextmanager
def team(size: int, meeting_point: Path, work: Callable[..., None], *arguments: Any) -> Iterator[Team]:
    """This process as the first of `size` workers; the others are started with `work(team, *arguments)`.

    `meeting_point` is a file by which they find each other. What the others raise ends this run as well.
    """
    if size == 1:
        yield ALONE
        return
    meeting_point.parent.mkdir(parents=True, exist_ok=True)
    meeting_point.unlink(missing_ok=True)
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=_work, args=(Team(rank, size), meeting_point, work, arguments), daemon=True)
        for rank in range(1, size)
    ]
    for other in others:
        other.start()
    with _connected(Team(0, size), meeting_point) as first:
        yield first
    for other in others:
        other.join()


def _work(worker: Team, meeting_point: Path, work: Callable[..., None], arguments: Sequence[Any]) -> None:
    with _connected(worker, meeting_point):
        work(worker, *arguments)


@contextmanager
def _connected(worker: Team, meeting_point: Path) -> Iterator[Team]:
    from torch import distributed

    distributed.init_process_group(
        "gloo", init_method=meeting_point.absolute().as_uri(), rank=worker.rank, world_size=worker.size
    )
    try:
        yield worker
    finally:
        distributed.destroy_process_group()
