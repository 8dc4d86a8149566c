"""What `tinyagent train planner` says before it begins: weights, memory, speed and time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from tinyagent_cli.training.estimate import Estimate, gigabytes
from tinyagent_cli.training.tune import TuneOptions
from tinyagent_cli.training.workers import launched


def expectation(expected: Estimate, tuning: TuneOptions, workers: int) -> Iterator[str]:
    """Three lines about a run."""
    counts, memory = expected.counts, expected.memory
    processes = max(workers, launched())
    several = f", {processes} processes" if processes > 1 else ""
    yield (
        f"model   {counts.parameters / 1e6:.1f} M parameters, {counts.tuned / 1e6:.1f} M of them tuned, "
        f"on {expected.device} in {expected.dtype}{several}"
    )
    again = " (computed again in the backward pass)" if memory.recomputes else ""
    last = f", rounding {gigabytes(memory.rounding)} in their place" if memory.rounding > memory.activations else ""
    each = " each" if several else ""
    yield (
        f"memory  {gigabytes(memory.needed)}{each} of {gigabytes(expected.available)} free: "
        f"weights {gigabytes(memory.weights)}, masters {gigabytes(memory.masters)}, "
        f"gradients {gigabytes(memory.gradients)}, optimiser {gigabytes(memory.optimizer)}, "
        f"activations {gigabytes(memory.activations)}{again}{last}"
    )
    speed = expected.tokens_a_second * processes
    seconds = min(tuning.tokens / speed, 60 * tuning.minutes or math.inf)
    tokens = min(tuning.tokens, round(speed * seconds))
    yield f"speed   about {speed:,.0f} tokens/s: {tokens:,} tokens in {_time(seconds)}"


def _time(seconds: float) -> str:
    minutes = timedelta(seconds=seconds) // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{max(minutes, 1)} min"
