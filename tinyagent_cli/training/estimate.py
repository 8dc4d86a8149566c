"""What tuning a base will take, told before it is loaded: memory, tokens a second, time.

Weights are counted on a model without memory; the speed is that of a matrix product of the model's shape, timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tinyagent_cli.errors import UsageError
from tinyagent_cli.training.adapters import add_adapters, freeze_words
from tinyagent_cli.training.attention import pays
from tinyagent_cli.training.masters import best_dtype

SINGLE = 4
"""Bytes of a number of 32 bits: of a master, of its gradient, and of each of AdamW's two means."""

ROW = 750
"""Tokens of a long row of a batch: several requests that share their tools."""

PLANS = 0.5
"""The share of a batch that is plans, for which alone the output layer is computed; the rest is prompts and padding."""

EFFICIENCY = 0.45
"""How much of a matrix product's speed a step keeps (SmolLM2's shape on a CPU with bfloat16: 180 of 413 GFLOP/s)."""

WITHOUT_REQUESTS = "--calibrate 0 rounds each weight by itself"

TIMED = 0.3
"""Seconds for which matrix products are timed."""


@dataclass(frozen=True)
class Counts:
    """Numbers in a model: all; tuned; kept in 32 bits though not tuned; in the layers' matrices; and tuned of these."""

    parameters: int
    tuned: int
    kept: int
    matrices: int
    tuned_matrices: int


@dataclass(frozen=True)
class Memory:
    """Bytes that a process needs. If `recomputes`, a layer's activations are computed again in the backward pass.

    `rounding` is a copy of the weights in 32 bits, by which is found how to round them, when no activations are kept.
    """

    weights: int
    masters: int
    gradients: int
    optimizer: int
    activations: int
    rounding: int
    recomputes: bool

    @property
    def needed(self) -> int:
        """All of it."""
        return self.weights + self.masters + self.gradients + self.optimizer + max(self.activations, self.rounding)


@dataclass(frozen=True)
class Estimate:
    """What a run takes, by process: `available` are bytes, of the device or a fair share of the machine's."""

    counts: Counts
    memory: Memory
    available: int
    tokens_a_second: float
    device: str
    dtype: str


def estimate(
    config: Any, rank: int, tokens: int, device: str, neighbours: int = 1, *, rounds: bool = False
) -> Estimate:
    """What it takes to tune a model with adapters of a rank, or fully if that is 0, on batches of so many tokens.

    `neighbours` are the processes that share the memory of a machine without GPUs. A run that `rounds` by what
    requests tell does so beside the GPU, if there is one; without, it is counted for every process, though the first
    alone does it. Raises UsageError if the memory is plainly not enough.
    """
    dtype = best_dtype(device)
    counts = count(config, rank)
    rounding = SINGLE * counts.parameters if rounds else 0
    if device.startswith("cuda"):
        _check_rounding(rounding)
        rounding = 0
    available = _available(device) // neighbours
    row = min(ROW, tokens) if pays(device) else 0
    demand = partial(memory_of, config, counts, tokens, dtype.itemsize, row=row, rounding=rounding)
    memory = _fitting(demand, available)
    if memory.needed > available:
        what = f"a process needs {gigabytes(memory.needed)} of memory, and {gigabytes(available)} are free on {device}"
        raise UsageError(what, hint=_way_out(memory, available, rank))
    speed = _speed(config, counts, tokens, device, recomputes=memory.recomputes)
    return Estimate(counts, memory, available, speed, device, str(dtype).removeprefix("torch."))


def count(config: Any, rank: int) -> Counts:
    """The weights of a model as it is tuned, counted without loading it."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
        if rank:
            add_adapters(model, rank)
    freeze_words(model)
    layers = [weight for weight in model.base_model.layers.parameters() if weight.ndim == 2]
    parameters = sum(weight.numel() for weight in model.parameters())
    tuned = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    return Counts(
        parameters,
        tuned,
        0 if rank else parameters - tuned,
        sum(weight.numel() for weight in layers),
        sum(weight.numel() for weight in layers if weight.requires_grad),
    )


def memory_of(
    config: Any,
    counts: Counts,
    tokens: int,
    bytes_each: int,
    *,
    recomputes: bool,
    row: int = 0,
    rounding: int = 0,
) -> Memory:
    """What a run with steps on so many tokens needs, where the model computes with numbers of so many bytes."""
    return Memory(
        weights=bytes_each * counts.parameters,
        masters=SINGLE * (counts.tuned + counts.kept),
        gradients=SINGLE * counts.tuned,
        optimizer=2 * SINGLE * counts.tuned,
        activations=activation_bytes(config, tokens, bytes_each, recomputes=recomputes, row=row),
        rounding=rounding,
        recomputes=recomputes,
    )


def activation_bytes(config: Any, tokens: int, bytes_each: int, *, recomputes: bool = False, row: int = 0) -> int:
    """What the forward pass of a batch keeps for the backward pass.

    A layer keeps what goes into and comes out of its two norms, once more in 32 bits, queries, keys and
    values, attention's result twice, and four times the width of its inner layer. A layer that is computed
    again keeps its input alone, and one at a time is there as a whole. The output's scores are held in 32 bits
    twice besides. Where attention is two products (`attention.py`), the weights that a token gives to all of its
    row are kept as well; `row` is 0 elsewhere.
    """
    width, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    whole = 2 * (2 * bytes_each + SINGLE) * width + (5 * width + 4 * inner) * bytes_each
    whole += row * config.num_attention_heads * bytes_each
    kept = whole + layers * width * bytes_each if recomputes else layers * whole
    return int(tokens * (kept + PLANS * config.vocab_size * (bytes_each + 2 * SINGLE)))


def gigabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e9:.1f} GB"


def _fitting(demand: Callable[..., Memory], available: int) -> Memory:
    """Activations are kept if they fit, and computed again otherwise."""
    usual = demand(recomputes=False)
    return usual if usual.needed <= available else demand(recomputes=True)


def _way_out(memory: Memory, available: int, rank: int) -> str:
    """What makes a run smaller that does not fit."""
    if replace(memory, rounding=0).needed <= available:
        return WITHOUT_REQUESTS
    return "take a smaller base" if rank else "try --method lora, or a smaller base"


def _check_rounding(needed: int) -> None:
    """Raises UsageError if a copy of the weights finds no place beside the GPU."""
    if needed > (available := _available("cpu")):
        what = f"rounding needs {gigabytes(needed)} of the machine's memory, and {gigabytes(available)} are free"
        raise UsageError(what, hint=WITHOUT_REQUESTS)


def _available(device: str) -> int:
    """Bytes that are free on a GPU, or in this machine."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.mem_get_info(device)[0]
    import psutil

    return int(psutil.virtual_memory().available)


def _speed(config: Any, counts: Counts, tokens: int, device: str, *, recomputes: bool) -> float:
    """Tokens a second: a product forward, one for the activations' gradients, one for those of tuned weights."""
    products = (3 if recomputes else 2) * counts.matrices + counts.tuned_matrices
    output = 2 * PLANS * config.vocab_size * config.hidden_size
    speed: float = EFFICIENCY * _operations_a_second(tokens, config, device) / (2 * (products + output))
    return speed


def _operations_a_second(tokens: int, config: Any, device: str) -> float:
    """Multiplications and additions of a product of a batch with a matrix of the model, on a device."""
    import torch

    dtype = best_dtype(device)
    batch = torch.ones(tokens, config.hidden_size, dtype=dtype, device=device)
    matrix = torch.ones(config.hidden_size, config.intermediate_size, dtype=dtype, device=device)
    return 2 * tokens * matrix.numel() * _times_a_second(lambda: float((batch @ matrix)[0, 0]))


def _times_a_second(work: Callable[[], object]) -> float:
    """How often work is done; the first time, which makes ready, does not count."""
    work()
    started, times = time.perf_counter(), 0
    while (passed := time.perf_counter() - started) < TIMED:
        work()
        times += 1
    return max(times, 1) / passed
