"""Export of the Tool RAG classifier: PyTorch to ONNX, optimised for the CPU, weights in 8 bits."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.training.retriever_model import request_logits

if TYPE_CHECKING:
    import torch
    from transformers import DebertaV2ForTokenClassification

OPSET = 17


def export_onnx(model: DebertaV2ForTokenClassification, path: Path) -> None:
    """Write `model` to `path` as int8 ONNX, whole or not at all.

    Inputs `input_ids` and `attention_mask`, int64 [batch, length]; output `probabilities`, float32
    [batch, labels]. The graph is optimised here, once, so that loading it need not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        plain, lean, small = (Path(folder) / name for name in ("plain.onnx", "lean.onnx", "small.onnx"))
        _trace(model, plain)
        _quantise(plain, lean)
        _optimise(lean, small)
        shutil.move(small, path)


def _trace(model: DebertaV2ForTokenClassification, path: Path) -> None:
    import torch

    ids = torch.arange(1, 13).reshape(2, 6)
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    free = {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        # Shapes that the tracer takes for constants are those of the heads, which are.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _probabilities(model),
            (ids, mask),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["probabilities"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "probabilities": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
    # The exporter puts the model back as it found its wrapper, which need not be how it found the model.
    model.train(False)


def _probabilities(model: DebertaV2ForTokenClassification) -> torch.nn.Module:
    """The model with a sigmoid on its logits, ready to be traced."""
    import torch

    class Probabilities(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return torch.sigmoid(request_logits(self.model, input_ids, attention_mask))

    return Probabilities().train(False)


def _optimise(source: Path, target: Path) -> None:
    """Fold and fuse what any CPU can run: the level above would bake this machine's layout in."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 4
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def _quantise(source: Path, target: Path) -> None:
    """Weights as int8 by channel, in 7 bits: on processors without VNNI the products of 8 would overflow."""
    from onnxruntime.quantization import (  # type: ignore[import-untyped]
        QuantType,
        quant_pre_process,
        quantize_dynamic,
    )

    ready = source.with_suffix(".ready")
    quant_pre_process(source, ready, skip_symbolic_shape=True)
    quantize_dynamic(ready, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
