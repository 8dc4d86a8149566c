"""The Tool RAG classifier at run time: a DeBERTa with one sigmoid output a tool, as int8 ONNX.

The method is that of TinyAgent (Erdogan et al., 2024). A card beside the weights names the tools in the
order of the outputs and the size of each file, so that a torn copy is found before it is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError, reason_of
from tinyagent_cli.paths import SHIPPED_MODELS
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval.ranking import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

WEIGHTS = "retriever.onnx"
VOCABULARY = "retriever_tokenizer.json"
CARD = "retriever.json"

WINDOW = 192
"""Tokens the classifier reads at once, as in training; a longer request is read in overlapping windows."""

OVERLAP = 64
EDGE = 4_000
"""Characters read at either end of a request longer than both: what is wanted stands at an end of a long text."""

SHIPPED = SHIPPED_MODELS
"""The folder of the classifier that comes with the package."""


class ToolClassifier:
    """Judges the tools it was trained on, each by its own probability of being needed.

    `learned` maps their names, in the order of the outputs, to their parameter names: a user's tool
    that only happens to have the name of one of them is not judged.
    """

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, learned: Mapping[str, Sequence[str]]) -> None:
        self.learned = {name: tuple(parameters) for name, parameters in learned.items()}
        self._session = session
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(WINDOW, stride=OVERLAP)
        self._tokenizer.enable_padding()

    def rank(self, request: str, tools: Sequence[Signature]) -> list[Ranked]:
        """The learned ones among `tools` with their probabilities, most probable first."""
        known = [tool.name for tool in tools if self._knows(tool)]
        probabilities = self.probabilities(request) if known else {}
        ranked = [Ranked(name, probabilities[name]) for name in known]
        return sorted(ranked, key=lambda item: -item.score)

    def probabilities(self, request: str) -> dict[str, float]:
        """How likely the request needs each learned tool, 0 to 1; of several windows the highest counts."""
        ids, mask = self._windows(request)
        (rows,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return dict(zip(self.learned, rows.max(axis=0).tolist(), strict=True))

    def _windows(self, request: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Token ids and attention mask, int64 [windows, tokens]."""
        import numpy as np

        text = request if len(request) <= 2 * EDGE else f"{request[:EDGE]} {request[-EDGE:]}"
        encoding = self._tokenizer.encode(text)
        windows = [encoding, *encoding.overflowing]
        ids = np.array([window.ids for window in windows], dtype=np.int64)
        return ids, np.array([window.attention_mask for window in windows], dtype=np.int64)

    def _knows(self, tool: Signature) -> bool:
        return self.learned.get(tool.name) == tuple(parameter.name for parameter in tool.parameters)


def load_retriever(model_dir: Path | None = None) -> ToolClassifier:
    """The classifier in `model_dir`, or the one that ships.

    Raises ModelError naming the file that is missing or damaged.
    """
    folder = model_dir or SHIPPED
    card = read_card(folder)
    for name in (WEIGHTS, VOCABULARY):
        _check_size(folder / name, card["files"][name]["bytes"])
    return ToolClassifier(_load_session(folder / WEIGHTS), _load_tokenizer(folder / VOCABULARY), card["tools"])


def read_card(folder: Path) -> dict[str, Any]:
    """The card of the classifier in `folder`; raises ModelError if it is missing or not such a card."""
    path = folder / CARD
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not card["tools"] or not all("bytes" in card["files"][name] for name in (WEIGHTS, VOCABULARY)):
            raise ValueError("tools or files left out")
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, reason_of(error)) from error
    return card


def _check_size(path: Path, size: int) -> None:
    try:
        found = path.stat().st_size
    except OSError as error:
        raise _missing(path) from error
    if found != size:
        raise _damaged(path, f"{found} bytes, not {size}")


def _load_session(path: Path) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The graph was optimised when it was exported; doing it again costs time at every start.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no narrower base
        raise _damaged(path, reason_of(error)) from error


def _load_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises plain Exception
        raise _damaged(path, reason_of(error)) from error


def _missing(path: Path) -> ModelError:
    return ModelError(f"{path} is missing", hint=_mend(path))


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(f"{path} is damaged: {reason}", hint=_mend(path))


def _mend(path: Path) -> str:
    if path.parent == SHIPPED:
        return "install tinyagent-cli again"
    return "tinyagent train retriever makes one; tinyagent config set retriever names its folder"
