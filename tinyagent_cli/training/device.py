"""What a planner is tuned on: the processor, a CUDA card, or Apple silicon through MLX."""

from __future__ import annotations

import platform
import sys
from enum import Enum
from importlib.util import find_spec

from tinyagent_cli.errors import UsageError


class Device(str, Enum):
    """Where to tune; `AUTO` is the fastest that is there."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MLX = "mlx"


def found(device: Device) -> Device:
    """The device to use; raises UsageError if it is not there."""
    import torch

    cuda, mlx = torch.cuda.is_available(), find_spec("mlx_lm") is not None
    if device is Device.CUDA and not cuda:
        raise UsageError("PyTorch finds no CUDA card", hint="leave out --device")
    if device is Device.MLX and not mlx:
        raise UsageError("mlx-lm is not installed", hint="pip install 'tinyagent-cli[train-mlx]'")
    if device is not Device.AUTO:
        return device
    if mlx and sys.platform == "darwin" and platform.machine() == "arm64":
        return Device.MLX
    return Device.CUDA if cuda else Device.CPU
