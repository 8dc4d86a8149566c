"""The built-in tools' signatures, as tools.toml declares them, and base models small enough to be made on the spot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.seeds import split_of

if TYPE_CHECKING:
    import torch

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "tinyagent_cli" / "models" / "planner.gguf"
VOCABULARY = 3000
"""Tokens of the tiny model, the first ones of the shipped planner: files with all of them take seconds to read."""
UNMERGED = 252
"""Tokens that no merge makes; behind them stands the token of each merge, in order."""
TEXT = ROOT / "LICENSE"
SEEDS = ROOT / "data" / "seeds"
BYTES = 259
"""So many tokens begin the vocabularies here: special ones, and one for every byte."""

WORDS = 600
"""Rows of the embeddings from here on are no tokens, or rare ones."""

SHAPE = {
    "vocab_size": 640, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 2048, "initializer_range": 0.2,
    "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


@pytest.fixture(scope="session")
def builtin() -> Signatures:
    tools = read_tool_file(builtin_tool_file(), builtin=True)
    return {name: tool.signature for name, tool in tools.items()}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder of a few seeds, so that a pass over them is short, and of one to validate with."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    lines = [line for name in ("toolsets_a", "short") for line in (SEEDS / f"{name}.jsonl").read_text().splitlines()]
    asked = [line for line in lines if split_of(json.loads(line)["query"]) == "validation"]
    (folder / "few.jsonl").write_text("\n".join([*lines[::6], *asked[:1]]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def llama_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of transformers whose output layer is its embedding, with a byte-level tokenizer as SmolLM has."""
    folder = tmp_path_factory.mktemp("bases") / "llama"
    save_model("Llama", folder, tie_word_embeddings=True)
    save_byte_level_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def mistral_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Mistral of transformers with an output layer of its own and SentencePiece, as WizardLM-2 is on the hub."""
    folder = tmp_path_factory.mktemp("bases") / "mistral"
    save_model("Mistral", folder, tie_word_embeddings=False, head_dim=32, sliding_window=4096)
    save_sentencepiece_tokenizer(folder)
    return folder


def save_model(kind: str, folder: Path, **shape: Any) -> None:
    """A model of two layers with random weights, as safetensors; it seldom writes a special token or a lone byte."""
    import torch
    import transformers

    config = getattr(transformers, f"{kind}Config")(**{**SHAPE, **shape})
    torch.manual_seed(0)
    model = getattr(transformers, f"{kind}ForCausalLM")(config)
    rows = model.get_output_embeddings().weight.data
    rows[:BYTES] *= 0.1
    rows[WORDS:] *= 0.1
    model.save_pretrained(folder)


def save_byte_level_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    digits, words = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT.read_text(encoding="utf-8")], trainer)
    marks = {"bos_token": special[1], "eos_token": special[2], "unk_token": special[0], "pad_token": special[2]}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks).save_pretrained(folder)


def save_sentencepiece_tokenizer(folder: Path) -> None:
    from sentencepiece import SentencePieceTrainer

    SentencePieceTrainer.train(
        input=str(TEXT), model_prefix=str(folder / "tokenizer"), vocab_size=620, model_type="bpe",
        byte_fallback=True, split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True, minloglevel=2,
    )  # fmt: skip
    marks = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    settings = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False, **marks}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file with a part of the shipped tokenizer and two layers of random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    target = tmp_path_factory.mktemp("base") / "tiny.gguf"
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=512, tie_word_embeddings=True,
    )  # fmt: skip
    torch.manual_seed(0)
    write_tiny(LlamaForCausalLM(config), SHIPPED, target)
    return target


def write_tiny(model: torch.nn.Module, tokenizer: Path, target: Path) -> None:
    """The settings of a tiny model, then its weights by the project's own export."""
    import gguf
    import torch

    from tinyagent_cli.training.export import export

    reader = gguf.GGUFReader(tokenizer)
    settings = {
        "llama.block_count": 2, "llama.embedding_length": 64, "llama.feed_forward_length": 96,
        "llama.attention.head_count": 2, "llama.attention.head_count_kv": 1, "llama.rope.dimension_count": 32,
        "llama.context_length": 512, "llama.vocab_size": VOCABULARY,
    }  # fmt: skip
    writer = gguf.GGUFWriter(target.with_suffix(".base"), arch="llama")
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        value = settings.get(field.name) or first_tokens(field.name, field.contents())
        writer.add_key_value(field.name, value, field.types[0], field.types[-1] if len(field.types) > 1 else None)
    names = [tensor.name for tensor in reader.tensors if not tensor.name.startswith("blk.")]
    names += [tensor.name for tensor in reader.tensors if tensor.name.startswith(("blk.0.", "blk.1."))]
    for name in names:
        writer.add_tensor(name, torch.zeros(32).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    export(dict(model.state_dict()), model.config, target.with_suffix(".base"), target)


def first_tokens(name: str, value: Any) -> Any:
    """A setting of the tokenizer as it is for a part of its tokens; every other one is left as it is."""
    if name in ("tokenizer.ggml.tokens", "tokenizer.ggml.token_type"):
        return value[:VOCABULARY]
    if name == "tokenizer.ggml.merges":
        return value[: VOCABULARY - UNMERGED]
    return value
