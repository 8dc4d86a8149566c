"""Several processes that tune one model: each goes its own way for a while, then they take the mean (local SGD).

On a processor this beats threads: a thread waits for the others several times a layer, a worker once in minutes
(Stich, Local SGD Converges Fast and Communicates Little, 2019). For the same reason it needs no fast network
between the GPUs or machines that `accelerate launch` starts processes on.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch
    from accelerate import PartialState

Facts = TypeVar("Facts")

PATIENCE = timedelta(hours=2)
"""How long processes wait for each other: one of them measures checkpoints meanwhile."""


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
        return int(self._sum(count))

    def mean(self, number: float) -> float:
        """The mean of a number over all workers."""
        return self._sum(number) / self.size

    def _sum(self, number: float) -> float:
        if self.size == 1:
            return number
        import torch
        from torch import distributed

        summed = torch.tensor(number, dtype=torch.float64, device=_talking_device())
        distributed.all_reduce(summed)
        return summed.item()

    def wait(self) -> None:
        """Go on when all workers have come this far."""
        if self.size > 1:
            from torch import distributed

            distributed.barrier()

    def follow(self, weights: Sequence[torch.Tensor], facts: Facts) -> Facts:
        """Set the weights of every worker to the leader's, in place; gives the leader's `facts`."""
        if self.size == 1:
            return facts
        import torch
        from torch import distributed

        for weight in weights:
            distributed.broadcast(weight, src=0)
        told = [facts]
        distributed.broadcast_object_list(told, src=0, device=torch.device(_talking_device()))
        return told[0]


ALONE = Team()


def launched() -> int:
    """How many processes `accelerate launch`, `torchrun` or `mpirun` started for this run; 1 without them."""
    from accelerate.utils import get_cpu_distributed_information

    return int(get_cpu_distributed_information().world_size)


def leads() -> bool:
    """Whether this process is the one of those launched together that speaks to the user."""
    from accelerate.utils import get_cpu_distributed_information

    return bool(get_cpu_distributed_information().rank == 0)


def neighbours() -> int:
    """How many of the processes launched together share this machine."""
    from accelerate.utils import get_cpu_distributed_information

    return int(get_cpu_distributed_information().local_world_size)


def launched_for_gpus() -> bool:
    """Whether processes that are launched compute on GPUs: where there are some, unless `--cpu` was said."""
    import torch

    return torch.cuda.is_available() and os.environ.get("ACCELERATE_USE_CPU", "").lower() != "true"


def own_device() -> str:
    """torch's name for where this process computes: a GPU of its own, if there are some."""
    import torch

    if launched() > 1:
        return str(_process_state().device)
    return "cuda" if torch.cuda.is_available() else "cpu"


def _talking_device() -> str:
    """Where what is sent to the other workers must be: nccl knows GPUs alone, and gloo needs none."""
    from torch import distributed

    return own_device() if distributed.get_backend() == "nccl" else "cpu"


@contextmanager
def team(size: int, meeting_point: Path, work: Callable[..., None], *arguments: Any) -> Iterator[Team]:
    """This process as the first of `size` workers; the others are started with `work(team, *arguments)`.

    `meeting_point` is a file by which they find each other. What the others raise ends this run as well.
    A process that was launched with others is one of those, and starts none.
    """
    if launched() > 1:
        with _joined() as worker:
            yield worker
        return
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


@contextmanager
def _joined() -> Iterator[Team]:
    """This process among those that were launched: over nccl on GPUs, over gloo otherwise."""
    state = _process_state()
    try:
        yield Team(state.process_index, state.num_processes)
    finally:
        state.destroy_process_group()


def _process_state() -> PartialState:
    """What accelerate knows of this process; asked for the first time, it meets the others."""
    from accelerate import PartialState

    return PartialState(cpu=not launched_for_gpus(), timeout=PATIENCE)


def _work(worker: Team, meeting_point: Path, work: Callable[..., None], arguments: Sequence[Any]) -> None:
    with _connected(worker, meeting_point):
        work(worker, *arguments)


@contextmanager
def _connected(worker: Team, meeting_point: Path) -> Iterator[Team]:
    from torch import distributed

    distributed.init_process_group(
        "gloo",
        init_method=meeting_point.absolute().as_uri(),
        rank=worker.rank,
        world_size=worker.size,
        timeout=PATIENCE,
    )
    try:
        yield worker
    finally:
        distributed.destroy_process_group()
