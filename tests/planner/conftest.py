"""A model small enough to be made on the spot, and the shipped one where it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tinyagent_cli.planner.engines.gguf import PLANNER_NAME
from tinyagent_cli.planner.engines.llamacpp import LlamaCpp

WIDTH, HEADS, KEY_HEADS, HIDDEN, LAYERS = 64, 4, 2, 128, 2


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama of two layers with random weights in Q4_0 and Q8_0, whose tokens are single bytes."""
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_tiny_model(path)
    return path


@pytest.fixture(scope="session")
def engine(tiny_model: Path) -> Iterator[LlamaCpp]:
    loaded = LlamaCpp(tiny_model)
    yield loaded
    loaded.close()


def write_tiny_model(path: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(PLANNER_NAME)
    writer.add_block_count(LAYERS)
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    _add_vocabulary(writer)
    _add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: object) -> None:
    import gguf

    assert isinstance(writer, gguf.GGUFWriter)
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = special + [_byte_as_text(byte) for byte in range(256)] + ["th", "in"]
    kinds = [gguf.TokenType.CONTROL] * len(special) + [gguf.TokenType.NORMAL] * (len(tokens) - len(special))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["t h", "i n"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_vocab_size(len(tokens))


def _byte_as_text(byte: int) -> str:
    """GPT-2's printable stand-in for a byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    if byte in printable:
        return chr(byte)
    return chr(256 + [other for other in range(256) if other not in printable].index(byte))


def _add_weights(writer: object) -> None:
    import gguf
    import numpy as np

    assert isinstance(writer, gguf.GGUFWriter)
    random = np.random.default_rng(0)
    q4, q8 = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0

    def add(name: str, rows: int, columns: int, kind: gguf.GGMLQuantizationType = q4) -> None:
        weights = random.normal(0, 0.3, (rows, columns)).astype(np.float32)
        writer.add_tensor(name, gguf.quants.quantize(weights, kind), raw_dtype=kind)

    add("token_embd.weight", 3 + 256 + 2, WIDTH, q8)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}.{name}.weight", np.ones(WIDTH, np.float32))
        key_width = WIDTH // HEADS * KEY_HEADS
        add(f"{block}.attn_q.weight", WIDTH, WIDTH)
        add(f"{block}.attn_k.weight", key_width, WIDTH)
        add(f"{block}.attn_v.weight", key_width, WIDTH)
        add(f"{block}.attn_output.weight", WIDTH, WIDTH)
        add(f"{block}.ffn_gate.weight", HIDDEN, WIDTH)
        add(f"{block}.ffn_up.weight", HIDDEN, WIDTH)
        add(f"{block}.ffn_down.weight", WIDTH, HIDDEN)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mlx: needs the package mlx; slow on a CPU")
