"""A transformers model, written as a weight file, is read and computed by llama.cpp as transformers does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")
pytest.importorskip("sentencepiece", reason="the train extra is not installed")

from tinyagent_cli.errors import ModelError  # noqa: E402
from tinyagent_cli.planner.engines.llamacpp import LlamaCpp  # noqa: E402
from tinyagent_cli.training.base import load_base, load_tokenizer  # noqa: E402
from tinyagent_cli.training.export import check_tensors, export  # noqa: E402
from tinyagent_cli.training.gguf_settings import vocabulary  # noqa: E402

PROMPTS = [
    "Tools: get_email_address, compose_email\nRequest: email Sid the notes\nPlan:\n",
    "Request: text Zoë at 10:45, it's  urgent\nPlan:\n1. get_phone_number(",
    "  two spaces, 3 lines\n\n\tand a tab; ½ of 2026 naïve cafés",
    "人 🙂 done",
    "Request: and so on",
    'Plan:\n1. open_note("Q3',
]


HALF = "\ufffd"
"""What a part of a character is decoded to."""


def next_text(model: Any, tokenizer: Any, prompt: str) -> tuple[int, str]:
    """How many tokens a prompt has, and the text of the likeliest token behind it, by transformers."""
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        likeliest = int(model(ids).logits[0, -1].argmax())
    return ids.shape[1], tokenizer.decode([*ids[0].tolist(), likeliest])[len(tokenizer.decode(ids[0])) :]


@pytest.mark.parametrize("folder", ["llama_folder", "mistral_folder"])
def test_llama_cpp_reads_and_continues_as_transformers_does(
    folder: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    base: Path = request.getfixturevalue(folder)
    model, tokenizer = load_base(base)
    target = tmp_path / "exported.gguf"
    export(model.eval().state_dict(), model.config, base, target, bits=16)
    engine = LlamaCpp(target)
    try:
        assert not engine.chat
        for prompt in PROMPTS:
            count, text = next_text(model, tokenizer, prompt)
            written = "".join(engine.generate(prompt, max_tokens=1))
            assert written.strip(HALF) == text.strip(HALF) != ""
            assert engine.usage is not None
            assert engine.usage.prompt == count
    finally:
        engine.close()
    names = {tensor.name for tensor in gguf.GGUFReader(target).tensors}
    assert ("output.weight" in names) is (base.name == "mistral")


def test_four_bits_of_an_untied_model_keep_the_output_layer_at_eight(mistral_folder: Path, tmp_path: Path) -> None:
    model, _ = load_base(mistral_folder)
    export(model.state_dict(), model.config, mistral_folder, tmp_path / "small.gguf", bits=4)
    kinds = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(tmp_path / "small.gguf").tensors}
    assert kinds["output.weight"] == kinds["token_embd.weight"] == "Q8_0"
    assert kinds["blk.1.attn_q.weight"] == kinds["blk.0.ffn_down.weight"] == "Q4_0"
    assert kinds["blk.1.attn_k.weight"] == kinds["blk.0.attn_v.weight"] == "Q8_0"
    assert kinds["output_norm.weight"] == "F32"


def test_the_slowed_rotation_of_llama_3_is_written(llama_folder: Path, tmp_path: Path) -> None:
    model, tokenizer = load_base(llama_folder)
    slowed = {
        "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 32,
    }  # fmt: skip
    model.config.rope_parameters = slowed
    slow = transformers.LlamaForCausalLM(model.config).eval()
    slow.load_state_dict(model.state_dict())
    export(slow.state_dict(), slow.config, llama_folder, tmp_path / "slow.gguf", bits=16)
    engine = LlamaCpp(tmp_path / "slow.gguf")
    try:
        prompts = [PROMPTS[0] * times for times in (1, 2, 3)]
        expected = [next_text(slow, tokenizer, prompt)[1] for prompt in prompts]
        assert ["".join(engine.generate(prompt, max_tokens=1)) for prompt in prompts] == expected
        assert all(expected)
        assert [next_text(model.eval(), tokenizer, prompt)[1] for prompt in prompts] != expected
    finally:
        engine.close()


def test_rows_of_the_embedding_without_a_token_are_unused(llama_folder: Path) -> None:
    tokenizer = load_tokenizer(llama_folder)
    words = vocabulary(tokenizer, len(tokenizer) + 2)
    assert words.tokens[-2:] == [f"[PAD{len(tokenizer)}]", f"[PAD{len(tokenizer) + 1}]"]
    assert words.types[-2:] == [gguf.TokenType.UNUSED] * 2
    assert words.types[:3] == [gguf.TokenType.CONTROL] * 3
    with pytest.raises(ModelError, match="the tokenizer has"):
        vocabulary(tokenizer, len(tokenizer) - 1)


def test_a_tokenizer_that_llama_cpp_would_read_otherwise_is_refused(llama_folder: Path, tmp_path: Path) -> None:
    described = json.loads((llama_folder / "tokenizer.json").read_text())
    described["pre_tokenizer"]["pretokenizers"][0]["individual_digits"] = False
    (tmp_path / "tokenizer.json").write_text(json.dumps(described))
    for name in ("config.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((llama_folder / name).read_bytes())
    with pytest.raises(ModelError, match="cuts text into words in a way"):
        vocabulary(load_tokenizer(tmp_path), 640)


def test_a_file_with_a_tensor_that_cannot_be_written_again_is_no_base(llama_folder: Path, tmp_path: Path) -> None:
    config = transformers.AutoConfig.from_pretrained(llama_folder)
    target = tmp_path / "slowed.gguf"
    writer = gguf.GGUFWriter(target, arch="llama")
    writer.add_tensor("rope_freqs.weight", torch.ones(4).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelError, match=r"it has rope_freqs\.weight"):
        check_tensors(target, config)
