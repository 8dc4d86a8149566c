"""The options of `tinyagent train`, each with its help."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from tinyagent_cli.training.device import Device

CORES = os.cpu_count() or 1

BASES = "smollm2-135m, tinyllama-1.1b, wizardlm-2-7b, org/name on the hub, a folder of transformers, or a .gguf file."


class Method(str, Enum):
    """What of the base is tuned."""

    FULL = "full"
    LORA = "lora"


SeedsOption: TypeAlias = Annotated[Path, typer.Option(help="A folder of seed requests, one JSON object a line.")]
WorkOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Where checkpoints are kept; a run that was cut off goes on.")
]
ThreadsOption: TypeAlias = Annotated[int, typer.Option(min=1, help="Threads of the processor to use.")]

TargetOption: TypeAlias = Annotated[Path, typer.Option(help="The weight file to write; its card goes beside it.")]
BaseOption: TypeAlias = Annotated[str, typer.Option(help=BASES)]
MethodOption: TypeAlias = Annotated[Method, typer.Option(help="Tune the base itself, or small adapters beside it.")]
RankOption: TypeAlias = Annotated[int, typer.Option(min=1, help="The rank of the adapters of --method lora.")]
TokensOption: TypeAlias = Annotated[int, typer.Option(min=1, help="The budget in tokens.")]
MinutesOption: TypeAlias = Annotated[float, typer.Option(min=0, help="A limit in minutes; 0 is none.")]
LearningRateOption: TypeAlias = Annotated[float, typer.Option(help="The highest learning rate.")]
BitsOption: TypeAlias = Annotated[int, typer.Option(help="Bits a weight: 4, 8 or 16.")]
WorkersOption: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Processes that share the threads and tune in parallel.")
]
ValidateOption: TypeAlias = Annotated[
    int, typer.Option(min=0, help="Requests that say which checkpoint plans best; 0 takes the last one.")
]
CalibrateOption: TypeAlias = Annotated[
    int,
    typer.Option(min=0, help="Requests that tell how to round to 4 bits (GPTQ); 0 rounds each weight by itself."),
]
ScalesOption: TypeAlias = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.9,
        help="The share of the budget that tunes the scales of the 4-bit weights in the end (full tuning, not by MLX).",
    ),
]
KeepOption: TypeAlias = Annotated[
    float,
    typer.Option(min=0, max=0.9, help="The share of the base in the weights that are written: a mean of both."),
]
MetOption: TypeAlias = Annotated[
    bool, typer.Option("--met", help="The base has met these seeds: show it new forms of them alone.")
]
DeviceOption: TypeAlias = Annotated[Device, typer.Option(help="What to tune on; auto: the fastest that is there.")]

RetrieverTargetOption: TypeAlias = Annotated[Path, typer.Option(help="The folder to write the classifier to.")]
RetrieverBaseOption: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="A pretrained DeBERTa-v2 or v3, by its name on the hub (microsoft/deberta-v3-small) or a folder; "
        "without it, a small one that begins with the planner's word embeddings.",
    ),
]
