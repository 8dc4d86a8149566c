"""Settings and tokenizer of a transformers model, written the way GGUF has them.

What is written follows llama.cpp's `convert_hf_to_gguf.py` for Llama and Mistral, which the package `gguf` lacks.
Both shapes are GGUF's `llama`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError
from tinyagent_cli.training.base import adds_bos

if TYPE_CHECKING:
    import torch
    from gguf import GGUFWriter
    from transformers import PreTrainedTokenizerBase

LLAMA3_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Llama 3 splits text into words."""

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


@dataclass(frozen=True)
class Vocabulary:
    """A byte-pair tokenizer in GGUF's terms: `kind` is `gpt2` or `llama` (SentencePiece).

    `splitter` is llama.cpp's name for how text is cut before pairs are merged; `types` are
    gguf.TokenType. `gpt2` goes by `merges`, `llama` by `scores`: the pair of the highest is merged first.
    """

    kind: str
    splitter: str
    tokens: list[str]
    types: list[int]
    scores: list[float]
    merges: list[str]


def write_settings(writer: GGUFWriter, config: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    """All of a model's settings and its tokenizer. Raises ModelError if llama.cpp cannot have that tokenizer."""
    _write_shape(writer, config)
    _write_vocabulary(writer, vocabulary(tokenizer, config.vocab_size))
    _write_special_tokens(writer, tokenizer)


def vocabulary(tokenizer: PreTrainedTokenizerBase, size: int) -> Vocabulary:
    """The tokens of a model whose embedding has `size` rows. Raises ModelError if GGUF cannot express them."""
    described = _described(tokenizer)
    tokens = {number: token for token, number in tokenizer.get_vocab().items()}
    if max(tokens) >= size:
        raise ModelError(f"the tokenizer has {max(tokens) + 1} tokens, and the model {size}")
    names = [tokens.get(number, f"[PAD{number}]") for number in range(size)]
    merges = [tuple(pair.split(" ") if isinstance(pair, str) else pair) for pair in described["model"]["merges"]]
    sentencepiece = described["model"]["byte_fallback"]
    return Vocabulary(
        "llama" if sentencepiece else "gpt2",
        "default" if sentencepiece else _splitter(described),
        names,
        _token_types(described, tokens, size),
        _scores(names, merges),
        [" ".join(pair) for pair in merges],
    )


def rotation_factors(config: Any) -> torch.Tensor | None:
    """By how much Llama 3.1 slows each pair of its rotary embedding, shape (head width / 2,); None for other models."""
    if config.rope_parameters["rope_type"] != "llama3":
        return None
    import torch
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    scaled, _ = ROPE_INIT_FUNCTIONS["llama3"](config, torch.device("cpu"))
    width = head_width(config)
    plain = config.rope_parameters["rope_theta"] ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    factors: torch.Tensor = plain / scaled
    return factors


def head_width(config: Any) -> int:
    """Numbers an attention head works with."""
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _write_shape(writer: GGUFWriter, config: Any) -> None:
    width = head_width(config)
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(width)
    writer.add_value_length(width)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(width)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])


def _write_vocabulary(writer: GGUFWriter, words: Vocabulary) -> None:
    writer.add_tokenizer_model(words.kind)
    writer.add_tokenizer_pre(words.splitter)
    writer.add_token_list(words.tokens)
    writer.add_token_types(words.types)
    if words.kind == "llama":
        writer.add_token_scores(words.scores)
    else:
        writer.add_token_merges(words.merges)


def _write_special_tokens(writer: GGUFWriter, tokenizer: PreTrainedTokenizerBase) -> None:
    for name, add in (
        ("bos", writer.add_bos_token_id),
        ("eos", writer.add_eos_token_id),
        ("unk", writer.add_unk_token_id),
        ("pad", writer.add_pad_token_id),
    ):
        number = getattr(tokenizer, f"{name}_token_id")
        if number is not None:
            add(number)
    first = tokenizer.convert_ids_to_tokens(tokenizer("a", add_special_tokens=False)["input_ids"])[0]
    writer.add_add_space_prefix(first.startswith("▁"))
    writer.add_add_bos_token(adds_bos(tokenizer))
    writer.add_add_eos_token(False)


def _described(tokenizer: PreTrainedTokenizerBase) -> Any:
    """The tokenizer as `tokenizer.json` describes it."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    described = json.loads(backend.to_str()) if backend is not None else {"model": {"type": "unknown"}}
    if described["model"]["type"] != "BPE":
        raise ModelError(
            f"the base's tokenizer is of the kind {described['model']['type']}",
            hint="take a base with byte-pair encoding",
        )
    return described


def _splitter(described: Mapping[str, Any]) -> str:
    """llama.cpp's name for the way a tokenizer cuts text into words."""
    steps = list(_steps(described["pre_tokenizer"] or {"type": "none"}))
    kinds = [step["type"] for step in steps]
    patterns = [step["pattern"].get("Regex") for step in steps if step["type"] == "Split"]
    if kinds == ["ByteLevel"] and steps[0]["use_regex"]:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and steps[0]["individual_digits"] and steps[1]["use_regex"]:
        return "smollm"
    if kinds == ["Split", "ByteLevel"] and patterns == [LLAMA3_WORDS]:
        return "llama-bpe"
    what = "the base's tokenizer cuts text into words in a way that is not known here"
    raise ModelError(what, hint="convert the base with llama.cpp's convert_hf_to_gguf.py and give the .gguf file")


def _steps(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if step["type"] == "Sequence":
        yield from step["pretokenizers"]
    else:
        yield step


def _token_types(described: Mapping[str, Any], tokens: Mapping[int, str], size: int) -> list[int]:
    from gguf import TokenType

    added = {token["id"]: token for token in described["added_tokens"]}
    unknown = {described["model"]["unk_token"], "<unk>"}

    def kind(number: int) -> TokenType:
        if number not in tokens:
            return TokenType.UNUSED
        if number in added:
            usual = TokenType.CONTROL if added[number]["special"] else TokenType.USER_DEFINED
            return TokenType.UNKNOWN if tokens[number] in unknown else usual
        return TokenType.BYTE if _BYTE.fullmatch(tokens[number]) else TokenType.NORMAL

    return [kind(number) for number in range(size)]


def _scores(tokens: list[str], merges: list[tuple[str, ...]]) -> list[float]:
    """The sooner a token's pair is merged, the higher; SentencePiece has no order of pairs, only of what they make."""
    ranks: dict[str, int] = {}
    for rank, pair in enumerate(merges):
        ranks.setdefault("".join(pair), rank)
    return [-float(ranks.get(token, len(merges))) for token in tokens]
