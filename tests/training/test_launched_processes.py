"""Processes that are launched together tune one model; the first of them speaks and writes.

`accelerate launch` starts several processes by torchrun on GPUs, and by mpirun on CPUs; torchrun does both.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("accelerate", reason="the train extra is not installed")
pytest.importorskip("sentencepiece", reason="the train extra is not installed")

from tinyagent_cli.errors import UsageError
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.planner import train_planner
from tinyagent_cli.training.planner_options import PlannerOptions

LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_two_processes_tune_one_model(llama_folder: Path, seeds: Path, tmp_path: Path) -> None:
    target = tmp_path / "made" / "tuned.gguf"
    command = ["train", "planner", "--base", str(llama_folder), "--seeds", str(seeds), "--target", str(target)]
    command += [
        "--work",
        str(tmp_path / "work"),
        "--tokens",
        "3000",
        "--learning-rate",
        "0.01",
        "--threads",
        "2",
        "--validate",
        "1",
    ]
    port = ["--master_port", str(free_port()), "-m", "tinyagent_cli"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        [*LAUNCH, *port, *command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(target)]
    assert done.stderr.count("2 processes") == 1
    card = json.loads(target.with_suffix(".json").read_text())
    assert card["machine"].endswith("2 threads, 2 workers")
    assert card["progress"]["tokens"] >= 2 * 3000
    assert card["command"].startswith("tinyagent train planner --base")
    assert list((tmp_path / "work").glob("*/checkpoint.pt"))


def test_launched_processes_start_no_workers_of_their_own(
    seeds: Path, builtin: Signatures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    options = PlannerOptions(seeds, tmp_path / "tuned.gguf", tmp_path / "work", workers=2)
    with pytest.raises(UsageError, match="2 processes were launched together"):
        train_planner(options, builtin)
