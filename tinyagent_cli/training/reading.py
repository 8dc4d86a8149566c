"""A second, independent reading of seeds: the plan written afresh from the request alone, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tinyagent_cli.errors import PlanError, UsageError
from tinyagent_cli.plan.call import render_plan
from tinyagent_cli.plan.compare import same_graph
from tinyagent_cli.plan.signature import STATUS, Signatures
from tinyagent_cli.planner.engines.base import Engine, never
from tinyagent_cli.planner.planner import Planner
from tinyagent_cli.training.check import check_seed, signatures_of
from tinyagent_cli.training.seeds import Placed, Seed


@dataclass(frozen=True)
class Reading:
    """What another reader makes of a seed: whether the graphs agree, and if not, how it reads the request."""

    agrees: bool
    reason: str = ""


def read_again(seed: Seed, tools: Signatures, engine: Engine, cancelled: Callable[[], bool] = never) -> Reading:
    """The request of a good seed planned by an engine that does not see the seed's plan. Raises ModelError.

    `tools` are those of seeds that bring none. Plans agree if their call graphs do, as plan success is measured;
    arguments do not count.
    """
    offered = list(signatures_of(seed, tools).values())
    reads = {tool.name for tool in offered if tool.returns != STATUS}
    planner = Planner(engine, known=tools if seed.tools is None else (), reads=reads)
    try:
        plan = tuple(planner.plan(seed.query, offered, document=seed.document, cancelled=cancelled))
    except (PlanError, UsageError) as error:
        return Reading(False, f"a second reading finds no plan: {error}")
    if same_graph(plan, check_seed(seed, tools)):
        return Reading(True)
    return Reading(False, f"a second reading plans {'; '.join(render_plan(plan)) or 'nothing'}")


def read_all(
    seeds: Iterable[Placed], tools: Signatures, engine: Engine, concurrency: int
) -> Iterator[tuple[Placed, Reading]]:
    """Second readings of many good seeds, in order, so many at a time. Raises ModelError."""
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="reading")
    waiting = [(placed, pool.submit(read_again, placed.seed, tools, engine)) for placed in seeds]
    try:
        for placed, reading in waiting:
            yield placed, reading.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
