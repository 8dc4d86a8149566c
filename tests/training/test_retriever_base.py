"""A classifier made of a pretrained DeBERTa: a tiny one with the settings and the kind of vocabulary of DeBERTa-v3."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("transformers", reason="the train extra is not installed")
pytest.importorskip("faker", reason="the train extra is not installed")
pytest.importorskip("onnx", reason="the train extra is not installed")
pytest.importorskip("sentencepiece", reason="the train extra is not installed")

from tinyagent_cli.errors import ModelError  # noqa: E402
from tinyagent_cli.plan.signature import Parameter, Signature  # noqa: E402
from tinyagent_cli.retrieval import load_retriever  # noqa: E402
from tinyagent_cli.training.retriever import RetrieverOptions, train_retriever  # noqa: E402
from tinyagent_cli.training.retriever_base import FINE_TUNING, load_pretrained  # noqa: E402
from tinyagent_cli.training.retriever_export import export_onnx  # noqa: E402
from tinyagent_cli.training.retriever_fit import FitProgress  # noqa: E402
from tinyagent_cli.training.retriever_model import SpecialTokens, request_logits  # noqa: E402

TOOLS = [
    Signature("send_sms", (Parameter("recipients", "list[str]"), Parameter("message"))),
    Signature("open_note", (Parameter("name"),)),
    Signature("create_note", (Parameter("name"),)),
    Signature("maps_open_location", (Parameter("location"),)),
]
CALLS = {"text": 'send_sms(["1"], "")', "open the note on": 'open_note("")'}
PIECES = ("text", "open", "the", "note", "on", "number", *map(str, range(10)), *"abcdefghijklmnopqrstuvwxyz")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import DebertaV2Config, DebertaV2Model, DebertaV2Tokenizer

    folder = tmp_path_factory.mktemp("deberta")
    vocabulary = [(name, 0.0) for name in ("[PAD]", "[CLS]", "[SEP]", "[UNK]")]
    vocabulary += [(f"\u2581{piece}", -3.0) for piece in PIECES] + [(piece, -6.0) for piece in PIECES]
    tokenizer = DebertaV2Tokenizer(vocab=vocabulary)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(2)
    config = DebertaV2Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        relative_attention=True,
        pos_att_type="p2c|c2p",
        position_biased_input=False,
        max_relative_positions=-1,
        type_vocab_size=0,
        layer_norm_eps=1e-7,
        position_buckets=8,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
    )
    DebertaV2Model(config).save_pretrained(folder)
    return folder


@pytest.fixture
def options(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RetrieverOptions:
    """Two steps on requests for two tools, of every split."""
    monkeypatch.setattr("tinyagent_cli.evaluation.embedding.PACKAGE", "no-such-encoder")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    lines = [
        json.dumps({"query": f"{words} number {number}", "plan": [call]})
        for number in range(60)
        for words, call in CALLS.items()
    ]
    (seeds / "all.jsonl").write_text("\n".join(lines))
    fit = replace(FINE_TUNING, steps=2, batch=4)
    return RetrieverOptions(seeds, tmp_path / "out", tmp_path / "work", base=str(base), fit=fit)


def test_a_base_becomes_a_classifier_that_loads_and_ranks(options: RetrieverOptions, base: Path) -> None:
    seen: list[FitProgress] = []
    card = train_retriever(options, TOOLS, seen.append)
    assert [progress.step for progress in seen] == [1, 2]
    assert card["training"]["base"] == str(base)
    assert "size" not in card["training"]
    retriever = load_retriever(options.output)
    assert set(retriever.probabilities("text number 3")) == {tool.name for tool in TOOLS}
    assert len(retriever.rank("text number 3 " * 200, TOOLS)) == 4


def test_another_base_does_not_go_on_from_its_checkpoint(options: RetrieverOptions, tmp_path: Path) -> None:
    train_retriever(options, TOOLS)
    shutil.copytree(options.base, tmp_path / "other")
    seen: list[FitProgress] = []
    train_retriever(replace(options, base=str(tmp_path / "other")), TOOLS, seen.append)
    assert [progress.step for progress in seen] == [1, 2]


@pytest.mark.parametrize("length", [2, 7, 60])
def test_the_exported_graph_agrees_with_the_base(base: Path, tmp_path: Path, length: int) -> None:
    import onnxruntime  # type: ignore[import-untyped]

    model, tokenizer = load_pretrained(str(base), 4)
    model.train(False)
    export_onnx(model, tmp_path / "model.onnx")
    graph = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = torch.arange(2 * length).reshape(2, length) % (tokenizer.get_vocab_size() - 5) + 4
    mask = torch.ones_like(ids)
    mask[1, length // 2 :] = 0
    with torch.no_grad():
        expected = torch.sigmoid(request_logits(model, ids, mask))
    (found,) = graph.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), expected, atol=0.02, rtol=0)


def test_the_base_s_own_special_tokens_are_used(base: Path) -> None:
    _, tokenizer = load_pretrained(str(base), 4)
    special = SpecialTokens.of(tokenizer)
    assert special.padding == 0
    assert special.blank == tokenizer.token_to_id("[MASK]")
    assert {1, 2, 3, special.blank} <= set(special.kept)
    encoded = tokenizer.encode("text")
    assert (encoded.tokens[0], encoded.tokens[-1]) == ("[CLS]", "[SEP]")


def test_a_vocabulary_as_it_is_published(base: Path, tmp_path: Path) -> None:
    """DeBERTa-v3's repository holds a model of SentencePiece and no tokenizer.json."""
    import sentencepiece

    folder = tmp_path / "published"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        shutil.copy(base / name, folder)
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false, "vocab_type": "spm"}')
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["text the note", "open the note on number 3", "text number 12"] * 20),
        model_prefix=str(folder / "spm"),
        vocab_size=45,
        hard_vocab_limit=False,
        pad_id=0,
        bos_id=1,
        eos_id=2,
        unk_id=3,
        pad_piece="[PAD]",
        bos_piece="[CLS]",
        eos_piece="[SEP]",
        unk_piece="[UNK]",
        minloglevel=2,
    )
    _, tokenizer = load_pretrained(str(folder), 4)
    encoded = tokenizer.encode("text the note")
    spoken = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    assert encoded.ids == [1, *spoken.encode("text the note"), 2]
    assert SpecialTokens.of(tokenizer).padding == 0


def test_a_name_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="tinyagent-tests/none cannot be loaded") as caught:
        load_pretrained("tinyagent-tests/none", 4)
    assert "\n" not in str(caught.value)


def test_a_model_of_another_kind(tmp_path: Path) -> None:
    from transformers import BertConfig

    BertConfig().save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="is a bert, and the classifier takes a DeBERTa"):
        load_pretrained(str(tmp_path), 4)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_damaged_file_is_told_on_one_line(base: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(base, folder)
    (folder / name).write_bytes(b"{\n\xff\n")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_pretrained(str(folder), 4)
    assert "\n" not in str(caught.value)
