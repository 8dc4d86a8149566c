"""What the planner is tuned on, as text: the very prompt and plan of a seed, and what multiplication makes of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, cast

from tinyagent_cli.errors import ModelError
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.retrieval import Retriever, load_retriever
from tinyagent_cli.training.check import signatures_of
from tinyagent_cli.training.examples import Encoder
from tinyagent_cli.training.seeds import Seed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class _Characters:
    """A tokenizer whose tokens are characters, so that an example can be read."""

    eos_token_id = 0
    bos_token_id = None

    def __call__(self, texts: str | Sequence[str], **options: bool) -> dict[str, list[Any]]:
        if isinstance(texts, str):
            return {"input_ids": [ord(character) for character in texts]}
        ids = [[ord(character) for character in text] for text in texts]
        return {"input_ids": ids, "offset_mapping": [[(place, place + 1) for place in range(len(one))] for one in ids]}


def example_texts(seed: Seed, builtin: Signatures, rng: Random) -> tuple[str, str]:
    """A prompt and a plan as the training sees them; which tools are offered is drawn anew each time.

    Raises CheckError for a seed whose own tools are none.
    """
    signatures_of(seed, builtin)
    tokenizer = cast("PreTrainedTokenizerBase", _Characters())
    (example,) = Encoder(builtin, tokenizer, _retriever(), rng).encode([seed], sys.maxsize)
    (branch,) = example.branches
    return _text((*example.shared, *branch.prompt)), _text(branch.plan[:-1])


def _text(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))


@cache
def _retriever() -> Retriever | None:
    try:
        return load_retriever()
    except ModelError:
        return None
