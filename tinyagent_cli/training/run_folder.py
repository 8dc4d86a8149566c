"""Where a run keeps its checkpoints: they fit no other seeds, base, method or learning rate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tinyagent_cli.training.base import base_file
from tinyagent_cli.training.device import Device
from tinyagent_cli.training.planner_options import PlannerOptions
from tinyagent_cli.training.seeds import seed_files

CHUNK = 1 << 20
MODEL = (".safetensors", ".bin", ".json", ".model")
"""Endings of the files in a folder of transformers that make the model what it is."""


def run_folder(options: PlannerOptions) -> Path:
    """The folder of a run in `options.work`, by what it is tuned on, from and how.

    A longer budget, other bits or another share of the base go on with the same run, or export it again.
    """
    tuning = options.tuning
    key = (
        hash_of_seeds(options.seeds),
        hash_of(_weights(base_file(options.base))),
        options.adapter_rank,
        options.device is Device.MLX,
        options.met,
        tuning.learning_rate,
        tuning.batch_tokens,
        tuning.seed,
    )
    return options.work / hashlib.sha256(repr(key).encode()).hexdigest()[:12]


def hash_of_seeds(path: Path) -> str:
    """SHA-256 over the seed files of a folder, or over one file."""
    return hash_of(seed_files([path]))


def _weights(base: Path) -> list[Path]:
    return sorted(file for file in base.iterdir() if file.suffix in MODEL) if base.is_dir() else [base]


def hash_of(files: Iterable[Path]) -> str:
    """SHA-256 over what files hold, one after the other; they may be larger than the memory."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
