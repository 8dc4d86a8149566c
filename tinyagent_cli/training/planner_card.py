"""The card beside a planner's weight file: what it was made from, how, on what, and what came of it."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tinyagent_cli.training.planner_options import PlannerOptions
from tinyagent_cli.training.run_folder import hash_of, hash_of_seeds
from tinyagent_cli.training.tune import Progress


def write_card(
    options: PlannerOptions, progress: Progress, measured: Mapping[str, float], *, seeds: int, workers: int
) -> Path:
    """Write the card of the weights at `options.target`; gives its path.

    `measured` are shares of the validation requests planned rightly, by the number of tokens that a checkpoint had
    seen; `seeds` counts those of the training split.
    """
    path = Path(options.base)
    card: dict[str, Any] = {
        "command": options.command,
        "base": path.name if path.exists() else options.base,
        "method": f"LoRA of rank {options.rank}" if options.adapter_rank else "full",
        "seeds": seeds,
        "data_sha256": hash_of_seeds(options.seeds),
        "tuning": asdict(options.tuning),
        "progress": asdict(progress),
        "calibrate": options.calibrate if options.rounds else 0,
        "scales": options.scales if options.tunes_scales else 0.0,
        "keep": options.keep,
        "met": options.met,
        "plan_success": measured,
        "bits": options.bits,
        "device": options.device.value,
        "machine": f"{platform.machine()}, {options.threads} threads, {workers} workers",
        "weights_sha256": hash_of([options.target]),
        "bytes": options.target.stat().st_size,
    }
    target = options.target.with_suffix(".json")
    target.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return target
