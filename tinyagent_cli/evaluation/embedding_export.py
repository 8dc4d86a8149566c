"""From a sentence encoder's weights to the ONNX file that onnxruntime runs: made once, and kept in the cache."""

from __future__ import annotations

import hashlib
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ModelError, reason_of

if TYPE_CHECKING:
    import torch

WEIGHTS = "model.safetensors"
OPSET = 17
_LIBRARIES = ("torch", "transformers", "onnx")


def check_libraries(folder: Path) -> None:
    """Raises ModelError where something is missing that the export takes."""
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        what = f"to make an ONNX file of {folder} takes {', '.join(missing)}"
        raise ModelError(what, hint="pip install 'tinyagent-cli[train]', or name a folder that has model.onnx")


def exported(folder: Path) -> Path:
    """The ONNX file of these weights, made where there is none yet. Raises ModelError if they cannot be read."""
    from tinyagent_cli.paths import cache_dir

    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:16]
    target = cache_dir() / "encoders" / f"{digest}.onnx"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        _export(_load(folder), partial)
        partial.replace(target)
    return target


def _load(folder: Path) -> torch.nn.Module:
    import torch
    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    options = {"local_files_only": True, "dtype": torch.float32, "attn_implementation": "eager"}
    try:
        model: torch.nn.Module = AutoModel.from_pretrained(folder, **options)
        return model
    except Exception as error:  # those of safetensors and of transformers share no narrower base
        raise ModelError(f"{folder} cannot be loaded: {reason_of(error)}", hint="fetch the encoder again") from error


def _export(model: torch.nn.Module, path: Path) -> None:
    """Inputs `input_ids` and `attention_mask`, int64 [batch, length]; output the states, float32, a vector a token."""
    import torch

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask)[0]
            return states

    ids = torch.arange(1, 13).reshape(2, 6)
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    free = {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        # Shapes that the tracer takes for constants are those of the heads, which are.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            States().train(False),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["states"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "states": free},
            opset_version=OPSET,
            dynamo=False,
        )
