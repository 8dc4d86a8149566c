"""What a run of `tinyagent train planner` is to do."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from tinyagent_cli.training.base import SMOLLM2
from tinyagent_cli.training.device import Device
from tinyagent_cli.training.tune import TuneOptions


@dataclass(frozen=True)
class PlannerOptions:
    """What to train on, from which base, how, and where the results go.

    `validate` requests of the validation split say which checkpoint is the best; 0 takes the last one.
    `calibrate` requests measure what rounding to 4 bits does; with 0 every weight is rounded by itself. `scales` is
    the share of the budget that is spent on the scales of 4-bit weights in the end; adapters and MLX do without.
    `keep` is the share of the base in the weights that are written. A base that has `met` the seeds is shown new forms
    of them alone. `command` is noted in the card.
    `method` is "full" or "lora"; `rank` is that of the adapters which `lora` tunes instead of the base.
    """

    seeds: Path
    target: Path
    work: Path
    base: str = SMOLLM2
    bits: int = 4
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    workers: int = 1
    validate: int = 120
    tuning: TuneOptions = field(default_factory=TuneOptions)
    method: str = "full"
    rank: int = 16
    device: Device = Device.AUTO
    calibrate: int = 160
    scales: float = 0.0
    keep: float = 0.0
    met: bool = False
    command: str = "tinyagent train planner"

    @property
    def adapter_rank(self) -> int:
        """The rank of the adapters; 0 where the base itself is tuned."""
        return self.rank if self.method == "lora" else 0

    @property
    def outcome(self) -> Path:
        """Where what is made of a run's weights is kept: what is rounded or averaged otherwise is told apart."""
        ways = [
            f"{self.bits}-bits",
            f"calibrate-{self.calibrate}" if self.rounds else "",
            f"scales-{self.scales:g}" if self.tunes_scales else "",
            f"keep-{self.keep:g}" if self.keep else "",
        ]
        return self.work / "-".join(filter(None, ways))

    @property
    def rounds(self) -> bool:
        """Whether weights are rounded to 4 bits by what requests tell."""
        return self.bits == 4 and self.calibrate > 0

    @property
    def tunes_scales(self) -> bool:
        """Whether their scales are tuned in the end."""
        return self.rounds and self.scales > 0 and not self.adapter_rank and self.device is not Device.MLX
