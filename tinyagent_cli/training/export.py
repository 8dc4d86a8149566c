"""From a tuned model to the one weight file that every engine reads: GGUF, 4 bits a weight.

Linear layers become Q4_0 (32 weights share a 16-bit scale), the embedding, which is the output
layer as well, Q8_0: at 4 bits it would cost more than all other layers together. Keys and values
keep 8 bits too: a sixteenth of the weights, and a fifth of what 4 bits cost the shipped model.
Scales are those of the largest weight, as in GGUF's reference: least squares scales leave a tenth
less error, but shrink the weights, and plan success on held-out requests fell from 69 to 62 %.
Matrices that `rounding.py` has rounded already are written as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.gguf import PLANNER_NAME
from tinyagent_cli.training.base import load_tokenizer
from tinyagent_cli.training.gguf_settings import rotation_factors, write_settings
from tinyagent_cli.training.rounding import Rounded

if TYPE_CHECKING:
    import numpy as np
    import torch
    from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter

ROTATED = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}
"""Projections whose rows GGUF stores interleaved for its rotary embedding, and how many heads each has."""

FINE = ("attn_k", "attn_v")
"""Projections that keep 8 bits where others have 4."""

OUTPUT = "output.weight"
"""The output layer of models where it is not the embedding."""


def export(
    state: Mapping[str, torch.Tensor],
    config: Any,
    base: Path,
    target: Path,
    bits: int = 4,
    *,
    rounded: Mapping[str, Rounded] = MappingProxyType({}),
) -> None:
    """Write tuned weights as a GGUF file with the tokenizer and settings of the base, a GGUF file or a model folder.

    `state` is a transformers Llama or Mistral state dict and `config` its configuration; `bits` is 4, 8 or 16.
    What is in `rounded`, by the same names, is taken from there. The file is written whole or not at all. Raises
    ModelError if base and weights do not fit.
    """
    from gguf import GGUFWriter

    partial = target.with_suffix(".partial")
    writer = GGUFWriter(partial, arch="llama")
    describe = _from_folder if base.is_dir() else _from_file
    names = _hugging_face_names(config.num_hidden_layers)
    for name in describe(writer, base, config):
        own = names.get(name, "")
        if (weight := state.get(own)) is None:
            raise ModelError(f"the tuned model has no weight for {name} of {base.name}")
        if own in rounded:
            data, kind = _rounded(name, rounded[own], config)
        else:
            data, kind = _packed(name, weight.detach().float().cpu().numpy(), config, bits)
        writer.add_tensor(name, data, raw_dtype=kind)
    _label(writer, bits)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(target)


def check_tensors(base: Path, config: Any) -> None:
    """Raises ModelError if a GGUF file holds what this export could not write again."""
    from gguf import GGUFReader

    known = _hugging_face_names(config.num_hidden_layers)
    for tensor in GGUFReader(base).tensors:
        if tensor.name not in known:
            raise ModelError(f"{base} cannot be a base: it has {tensor.name}", hint="give the model's folder instead")


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a projection, shape (rows, columns), from halves (transformers) to pairs (GGUF)."""
    rows, columns = weight.shape
    pairs: np.ndarray = weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2)
    return pairs.reshape(rows, columns)


def _packed(name: str, weight: np.ndarray, config: Any, bits: int) -> tuple[np.ndarray, GGMLQuantizationType]:
    from gguf import GGMLQuantizationType
    from gguf.quants import quantize

    if weight.ndim == 1:
        return weight, GGMLQuantizationType.F32
    weight = _in_order(name, weight, config)
    if bits == 16:
        kind = GGMLQuantizationType.F16
    elif bits == 8 or name.startswith(("token_embd", "output")) or any(f".{part}." in name for part in FINE):
        kind = GGMLQuantizationType.Q8_0
    else:
        kind = GGMLQuantizationType.Q4_0
    return quantize(weight, kind), kind


def _rounded(name: str, matrix: Rounded, config: Any) -> tuple[np.ndarray, GGMLQuantizationType]:
    from gguf import GGMLQuantizationType

    return _in_order(name, matrix.packed(), config), GGMLQuantizationType.Q4_0


def _in_order(name: str, rows: np.ndarray, config: Any) -> np.ndarray:
    """The rows of a matrix in the order in which GGUF stores them."""
    for part, heads in ROTATED.items():
        if f".{part}." in name:
            return interleaved(rows, getattr(config, heads))
    return rows


def _hugging_face_names(layers: int) -> dict[str, str]:
    """GGUF tensor names to those of transformers."""
    from gguf import MODEL_ARCH, get_tensor_name_map

    names = get_tensor_name_map(MODEL_ARCH.LLAMA, layers)
    parts = ["model.embed_tokens", "model.norm", "lm_head"]
    parts += [f"model.layers.{layer}.{part}" for layer in range(layers) for part in _layer_parts()]
    return {f"{names.get_name(part)}.weight": f"{part}.weight" for part in parts}


def _layer_parts() -> Iterator[str]:
    yield from (f"self_attn.{letter}_proj" for letter in "qkvo")
    yield from (f"mlp.{part}_proj" for part in ("gate", "up", "down"))
    yield from ("input_layernorm", "post_attention_layernorm")


def _from_folder(writer: GGUFWriter, base: Path, config: Any) -> list[str]:
    """Write the settings of a transformers model; gives the names of the tensors to write."""
    write_settings(writer, config, load_tokenizer(base))
    if (factors := rotation_factors(config)) is not None:
        writer.add_tensor("rope_freqs.weight", factors.numpy())
    names = _hugging_face_names(config.num_hidden_layers)
    return [name for name in names if not (config.tie_word_embeddings and name == OUTPUT)]


def _from_file(writer: GGUFWriter, base: Path, config: Any) -> list[str]:
    """Copy the settings of a GGUF file; gives the names of the tensors to write."""
    from gguf import GGUFReader

    reader = GGUFReader(base)
    _copy_settings(reader, writer)
    return [tensor.name for tensor in reader.tensors]


def _copy_settings(reader: GGUFReader, writer: GGUFWriter) -> None:
    from gguf import GGUFValueType

    own = {"general.architecture", "general.file_type", "general.quantization_version", "general.name"}
    for field in reader.fields.values():
        if field.name in own or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        item = field.types[-1] if kind is GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, item)


def _label(writer: GGUFWriter, bits: int) -> None:
    from gguf import LlamaFileType

    kinds = {4: LlamaFileType.MOSTLY_Q4_0, 8: LlamaFileType.MOSTLY_Q8_0, 16: LlamaFileType.MOSTLY_F16}
    writer.add_file_type(kinds[bits])
    writer.add_quantization_version(2)
    writer.add_name(PLANNER_NAME)
