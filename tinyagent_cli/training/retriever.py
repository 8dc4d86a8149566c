"""Training the Tool RAG classifier, from seeds to the three files that ship: weights, vocabulary and card."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import UsageError
from tinyagent_cli.plan.signature import Signature, by_name
from tinyagent_cli.retrieval.classifier import CARD, VOCABULARY, WEIGHTS, ToolClassifier, load_retriever
from tinyagent_cli.training.check import check_feasible
from tinyagent_cli.training.retriever_base import load_pretrained
from tinyagent_cli.training.retriever_data import Labelled, as_written, calibration_set, digest, of_builtin, varied
from tinyagent_cli.training.retriever_export import export_onnx
from tinyagent_cli.training.retriever_fit import (
    Encoded,
    FitOptions,
    FitProgress,
    Report,
    Supply,
    batches,
    encoded,
    fit,
)
from tinyagent_cli.training.retriever_metrics import Recall, baselines, bias_shift, measure_classifier, plain_retrievers
from tinyagent_cli.training.retriever_model import ModelSize, SpecialTokens, build_model, train_vocabulary
from tinyagent_cli.training.retriever_words import word_vectors, words_hash
from tinyagent_cli.training.seeds import Seed, Split, of_split, placed_seeds

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import DebertaV2ForTokenClassification


SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class RetrieverOptions:
    """What to train on, where to, and how.

    `work` holds the checkpoints, from which a run on the same data continues. `threads` are those PyTorch
    may use. `command` is noted in the card. `base` is a pretrained DeBERTa to begin with, by name or folder;
    without one, a model of `size` is trained that begins with the planner's word embeddings.
    """

    seeds: Path
    output: Path
    work: Path
    threads: int = 1
    command: str = "tinyagent train retriever"
    base: str = ""
    size: ModelSize = field(default_factory=ModelSize)
    fit: FitOptions = field(default_factory=FitOptions)


@dataclass(frozen=True)
class _Data:
    """The seeds about built-in tools by split, and the tools themselves in the order of the outputs."""

    tools: Sequence[Signature]
    splits: dict[Split, list[Seed]]

    def requests(self, split: Split) -> list[Labelled]:
        return as_written(self.splits[split])


def train_retriever(
    options: RetrieverOptions, tools: Sequence[Signature], report: Report = lambda progress: None
) -> dict[str, Any]:
    """Train on the seeds' train split for `tools`, write the files to `options.output`, and return the card.

    Raises UsageError on a bad seed, and where there are too few of them, and ModelError if there is no such base.
    The files are replaced only when all of them are ready, the card last.
    """
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.fit.seed)
    data = _read(options.seeds, tools)
    model, tokenizer = _beginning(options, data)
    supply, special = _supply(data, tokenizer, options.fit), SpecialTokens.of(tokenizer)
    progress = fit(model, supply, options.fit, _checkpoints(options, data), report, special=special)
    options.output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=options.output) as folder:
        staged = Path(folder)
        card = _export(model, tokenizer, data, options, staged)
        card["training"]["minutes"] = round(progress.seconds / 60, 1)
        (staged / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        for name in (WEIGHTS, VOCABULARY, CARD):
            (staged / name).replace(options.output / name)
    return card


def _beginning(options: RetrieverOptions, data: _Data) -> tuple[DebertaV2ForTokenClassification, Tokenizer]:
    """The model before training, and its vocabulary."""
    if options.base:
        return load_pretrained(options.base, len(data.tools))
    tokenizer = train_vocabulary((item.request for item in data.requests("train")), options.size.vocabulary)
    model = build_model(options.size, tokenizer.get_vocab_size(), len(data.tools))
    model.deberta.embeddings.word_embeddings.weight.data.copy_(word_vectors(tokenizer, options.size.hidden))
    return model, tokenizer


def _read(folder: Path, tools: Sequence[Signature]) -> _Data:
    placed = placed_seeds([folder])
    check_feasible(placed, by_name(tools))
    seeds = of_builtin(item.seed for item in placed)
    splits = {split: of_split(seeds, split) for split in SPLITS}
    for split, found in splits.items():
        if not any(seed.called for seed in found):
            raise UsageError(f"{folder}: no request that needs a tool falls into the {split} split", hint="add seeds")
    return _Data(tools, splits)


def _checkpoints(options: RetrieverOptions, data: _Data) -> Path:
    """Where a run keeps its checkpoints: they fit no other data, beginning, size or schedule."""
    key = f"{digest(data.requests('train'))} {options.base or (options.size, words_hash())} {options.fit}"
    return options.work / hashlib.sha256(key.encode()).hexdigest()[:12]


def _supply(data: _Data, tokenizer: Tokenizer, options: FitOptions) -> Supply:
    labels = [tool.name for tool in data.tools]

    def supply(step: int) -> Iterator[list[Encoded]]:
        rng = Random(options.seed + step)
        items = encoded(varied(data.splits["train"], rng), tokenizer, labels, options.split_share)
        return batches(items, options.batch, rng)

    return supply


def _export(
    model: DebertaV2ForTokenClassification,
    tokenizer: Tokenizer,
    data: _Data,
    options: RetrieverOptions,
    folder: Path,
) -> dict[str, Any]:
    """Write weights and vocabulary, calibrated as they will run, and return the card that goes with them."""
    tokenizer.save(str(folder / VOCABULARY))
    raw = _load(model, data, folder)
    held_out = calibration_set(data.splits["validation"], Random(options.fit.seed))
    shift = bias_shift([raw.probabilities(item.request) for item in held_out], held_out)
    model.classifier.bias.data += shift
    calibrated = _load(model, data, folder)
    return {
        **_inventory(folder, data.tools),
        "metrics": _metrics(calibrated, data) | {"bias_shift": round(shift, 3)},
        "training": _provenance(options, data),
    }


def _load(model: DebertaV2ForTokenClassification, data: _Data, folder: Path) -> ToolClassifier:
    export_onnx(model, folder / WEIGHTS)
    (folder / CARD).write_text(json.dumps(_inventory(folder, data.tools)), encoding="utf-8")
    return load_retriever(folder)


def _inventory(folder: Path, tools: Sequence[Signature]) -> dict[str, Any]:
    """What a reader of the files needs: tools in the order of the outputs, and each file's size and hash."""
    files = {}
    for name in (WEIGHTS, VOCABULARY):
        content = (folder / name).read_bytes()
        files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"tools": {tool.name: [parameter.name for parameter in tool.parameters] for tool in tools}, "files": files}


def _metrics(classifier: ToolClassifier, data: _Data) -> dict[str, Any]:
    """Recall of the classifier on the held-out splits, and of plain retrieval on the same requests."""
    plain = plain_retrievers()

    def recalls(items: Sequence[Labelled]) -> dict[str, Recall]:
        return {
            "classifier": measure_classifier(classifier, items, data.tools),
            **baselines(plain, items, data.tools),
        }

    return {
        split: {name: asdict(recall) for name, recall in recalls(data.requests(split)).items()} for split in SPLITS[1:]
    }


def _provenance(options: RetrieverOptions, data: _Data) -> dict[str, Any]:
    return {
        "command": options.command,
        "data_sha256": {split: digest(data.requests(split)) for split in data.splits},
        "seeds": {split: len(seeds) for split, seeds in data.splits.items()},
        "examples": options.fit.steps * options.fit.batch,
        **({"base": options.base} if options.base else {"size": asdict(options.size), "words_sha256": words_hash()}),
        "fit": asdict(options.fit),
        "hardware": f"{platform.machine()}, {options.threads} of {os.cpu_count()} CPU cores",
        "versions": {name: version(name) for name in ("torch", "transformers", "tokenizers", "onnxruntime")},
    }


__all__ = ["FitOptions", "FitProgress", "ModelSize", "RetrieverOptions", "train_retriever"]
