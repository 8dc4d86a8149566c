"""The options of `tinyagent train`, each with its help."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tinyagent_cli.training import device

CORES = os.cpu_count() or 1

BASES = "smollm2-135m, tinyllama-1.1b, wizardlm-2-7b, org/name on the hub, a folder of transformers, or a .gguf file."


class TuningMethod(str, Enum):
    """What of the base is tuned."""

    FULL = "full"
    LORA = "lora"


Seeds = Annotated[Path, typer.Option(help="A folder of seed requests, one JSON object a line.")]
Work = Annotated[Path | None, typer.Option(help="Where checkpoints are kept; a run that was cut off goes on.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads of the processor to use.")]

Target = Annotated[Path, typer.Option(help="The weight file to write; its card goes beside it.")]
Base = Annotated[str, typer.Option(help=BASES)]
Method = Annotated[TuningMethod, typer.Option(help="Tune the base itself, or small adapters beside it.")]
Rank = Annotated[int, typer.Option(min=1, help="The rank of the adapters of --method lora.")]
Tokens = Annotated[int, typer.Option(min=1, help="The budget in tokens.")]
Minutes = Annotated[float, typer.Option(min=0, help="A limit in minutes; 0 is none.")]
Rate = Annotated[float, typer.Option(help="The highest learning rate.")]
Bits = Annotated[int, typer.Option(help="Bits a weight: 4, 8 or 16.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes that share the threads and tune in parallel.")]
Validate = Annotated[
    int, typer.Option(min=0, help="Requests that say which checkpoint plans best; 0 takes the last one.")
]
Calibrate = Annotated[
    int,
    typer.Option(min=0, help="Requests that tell how to round to 4 bits (GPTQ); 0 rounds each weight by itself."),
]
Scales = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.9,
        help="The share of the budget that tunes the scales of the 4-bit weights in the end (full tuning, not by MLX).",
    ),
]
Keep = Annotated[
    float,
    typer.Option(min=0, max=0.9, help="The share of the base in the weights that are written: a mean of both."),
]
Met = Annotated[bool, typer.Option("--met", help="The base has met these seeds: show it new forms of them alone.")]
Device = Annotated[device.Device, typer.Option(help="What to tune on; auto: the fastest that is there.")]

RetrieverTarget = Annotated[Path, typer.Option(help="The folder to write the classifier to.")]
RetrieverBase = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="A pretrained DeBERTa-v2 or v3, by its name on the hub (microsoft/deberta-v3-small) or a folder; "
        "without it, a small one that begins with the planner's word embeddings.",
    ),
]
