"""A pretrained DeBERTa to make the Tool RAG classifier of, as the paper does with `microsoft/deberta-v3-small`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ModelError, reason_of
from tinyagent_cli.training.retriever_fit import FitOptions
from tinyagent_cli.training.retriever_model import FIRST_BIAS

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import DebertaV2ForTokenClassification

FINE_TUNING = FitOptions(learning_rate=4e-5, weight_decay=0.01)
"""How a pretrained model is fitted: it knows the language already, so that large steps would only spoil it."""

_ARCHITECTURE = "deberta-v2"
"""What transformers calls DeBERTa-v2 and v3."""


def load_pretrained(base: str, labels: int) -> tuple[DebertaV2ForTokenClassification, Tokenizer]:
    """The pretrained model, with a new output of `labels` logits a token, and its tokenizer.

    `base` is a name on the Hugging Face hub, or a folder as transformers saves a model. Raises ModelError where it
    cannot be fetched or is no DeBERTa.
    """
    base = _place(base)
    import torch
    from transformers import AutoConfig, AutoTokenizer, DebertaV2ForTokenClassification
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        kind = AutoConfig.from_pretrained(base).model_type
        if kind != _ARCHITECTURE:
            raise ModelError(f"{base} is a {kind}, and the classifier takes a DeBERTa-v2 or v3", hint=_hint(base))
        tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
        model = DebertaV2ForTokenClassification.from_pretrained(base, num_labels=labels, dtype=torch.float32)
    except ModelError:
        raise
    except Exception as error:  # those of transformers, safetensors and the hub share no narrower base
        raise ModelError(f"{base} cannot be loaded: {reason_of(error)}", hint=_hint(base)) from error
    torch.nn.init.constant_(model.classifier.bias, FIRST_BIAS)
    return model, tokenizer


def _place(base: str) -> str:
    """The folder, or the name on the hub."""
    folder = Path(base).expanduser()
    if folder.is_dir():
        return str(folder)
    if folder.is_absolute() or base.startswith("."):
        raise ModelError(f"there is no folder {folder}", hint="give one that holds a DeBERTa, or a name on the hub")
    return base


def _hint(base: str) -> str:
    if Path(base).is_dir():
        return "give a folder that transformers saved a DeBERTa and its tokenizer to"
    return "where the hub is not reached, give a folder that holds the model"
