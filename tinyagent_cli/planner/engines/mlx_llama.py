"""A llama model out of a GGUF file, in MLX.

MLX reads Q4_0, Q4_1 and Q8_0 into its own quantised layout: 32-bit words with a scale and a bias for
every 32 weights. GGUF stores the rows of the query and key projections in pairs for its rotary
embedding, which MLX calls `traditional`. The output layer is the embedding, unless the file has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlx.core as mx

from tinyagent_cli.errors import ModelError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_GROUP = 32
_CONTROL_TOKEN = 3


class Llama:
    """The model, and the keys and values of the tokens that it has read."""

    def __init__(self, weights: Mapping[str, mx.array], settings: Mapping[str, Any]) -> None:
        """Arrays by GGUF's names, and GGUF's metadata."""
        self._weights = weights
        self._layers = int(settings["llama.block_count"])
        self._heads = int(settings["llama.attention.head_count"])
        self._key_heads = int(settings["llama.attention.head_count_kv"])
        self._width = int(settings["llama.embedding_length"]) // self._heads
        self._epsilon = float(settings["llama.attention.layer_norm_rms_epsilon"])
        self._base = float(settings.get("llama.rope.freq_base", 10_000.0))
        self._output = "output" if "output.weight" in weights else "token_embd"
        self._cache: list[tuple[mx.array, mx.array]] = []
        self.vocabulary: int = weights["token_embd.weight"].shape[0]

    def keep(self, count: int) -> None:
        """Forget all but the first `count` tokens."""
        self._cache = [(keys[:, :, :count], values[:, :, :count]) for keys, values in self._cache] if count else []

    def scores(self, tokens: list[int]) -> NDArray[float32]:
        """How likely each token of the vocabulary is to follow, shape (vocabulary,), after reading these."""
        import numpy as np

        hidden = self._embedded(mx.array([tokens]))
        for layer in range(self._layers):
            block = f"blk.{layer}"
            hidden = hidden + self._attention(layer, self._normed(f"{block}.attn_norm", hidden))
            hidden = hidden + self._feed_forward(block, self._normed(f"{block}.ffn_norm", hidden))
        last = self._normed("output_norm", hidden[:, -1])
        scores: NDArray[float32] = np.array(self._linear(self._output, last)[0].astype(mx.float32))
        return scores

    def _attention(self, layer: int, x: mx.array) -> mx.array:
        """Grouped-query attention; `x` has shape (1, tokens, width of the model)."""
        block = f"blk.{layer}"
        seen = self._cache[layer][0].shape[2] if layer < len(self._cache) else 0
        queries = self._rotated(self._split(self._linear(f"{block}.attn_q", x), self._heads), seen)
        keys = self._rotated(self._split(self._linear(f"{block}.attn_k", x), self._key_heads), seen)
        values = self._split(self._linear(f"{block}.attn_v", x), self._key_heads)
        if seen:
            keys = mx.concatenate([self._cache[layer][0], keys], axis=2)
            values = mx.concatenate([self._cache[layer][1], values], axis=2)
        self._cache[layer : layer + 1] = [(keys, values)]
        mask = "causal" if x.shape[1] > 1 else None
        mixed = mx.fast.scaled_dot_product_attention(queries, keys, values, scale=self._width**-0.5, mask=mask)
        return self._linear(f"{block}.attn_output", mixed.transpose(0, 2, 1, 3).reshape(x.shape))

    def _feed_forward(self, block: str, x: mx.array) -> mx.array:
        gate = self._linear(f"{block}.ffn_gate", x)
        return self._linear(f"{block}.ffn_down", gate * mx.sigmoid(gate) * self._linear(f"{block}.ffn_up", x))

    def _split(self, x: mx.array, heads: int) -> mx.array:
        """(1, tokens, heads * width) as (1, heads, tokens, width)."""
        return x.reshape(1, x.shape[1], heads, self._width).transpose(0, 2, 1, 3)

    def _rotated(self, x: mx.array, offset: int) -> mx.array:
        return mx.fast.rope(x, self._width, traditional=True, base=self._base, scale=1.0, offset=offset)

    def _normed(self, name: str, x: mx.array) -> mx.array:
        return mx.fast.rms_norm(x, self._weights[f"{name}.weight"], self._epsilon)

    def _embedded(self, tokens: mx.array) -> mx.array:
        weight, scales, biases = self._matrix("token_embd")
        if scales is None or biases is None:
            return weight[tokens]
        rows = weight[tokens], scales[tokens], biases[tokens]
        return mx.dequantize(*rows, group_size=_GROUP, bits=_bits(weight, scales))

    def _linear(self, name: str, x: mx.array) -> mx.array:
        weight, scales, biases = self._matrix(name)
        if scales is None:
            return x @ weight.T
        return mx.quantized_matmul(
            x, weight, scales, biases, transpose=True, group_size=_GROUP, bits=_bits(weight, scales)
        )

    def _matrix(self, name: str) -> tuple[mx.array, mx.array | None, mx.array | None]:
        weights = self._weights
        return weights[f"{name}.weight"], weights.get(f"{name}.scales"), weights.get(f"{name}.biases")


def load(path: Path) -> tuple[Llama, Tokenizer, int]:
    """The model, its tokenizer and the token that ends a text. Raises ModelError."""
    weights: dict[str, mx.array]
    settings: dict[str, Any]
    try:
        weights, settings = mx.load(str(path), format="gguf", return_metadata=True)  # type: ignore[assignment]
        if settings["general.architecture"] != "llama" or settings["tokenizer.ggml.pre"] != "smollm":
            raise ModelError(f"{path} is of a kind that MLX does not run here", hint='set engine = "llamacpp"')
        mx.eval(weights)
        return Llama(weights, settings), _tokenizer(settings), int(settings["tokenizer.ggml.eos_token_id"])
    except (RuntimeError, ValueError, LookupError) as error:
        raise ModelError(f"{path} is damaged", hint="fetch the file again") from error


def _tokenizer(settings: Mapping[str, Any]) -> Tokenizer:
    """Byte-pair encoding out of GGUF's lists; digits stand alone, as in SmolLM."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens: list[str] = settings["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in settings["tokenizer.ggml.merges"]]
    kinds = settings["tokenizer.ggml.token_type"].tolist()
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges))
    digits, words = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
    tokenizer.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL_TOKEN]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in control])
    return tokenizer


def _bits(weight: mx.array, scales: mx.array) -> int:
    """Bits a weight: as many 32-bit words as there are for a group of 32."""
    return int(weight.shape[-1] // scales.shape[-1])
