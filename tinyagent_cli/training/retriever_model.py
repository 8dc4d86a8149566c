"""The Tool RAG classifier as a model: its vocabulary, its small DeBERTa-v2, and one logit a tool.

A request that needs several tools asks for each in a clause of its own. So every token votes for every
tool, and a request's logit is the log-sum-exp over the votes of its tokens, a smooth maximum: one clause
suffices, however long the rest is. (Reading all from the first token, as DeBERTa's own classifier
does, needs many times the data to find the clauses of long requests.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinyagent_cli.retrieval.classifier import WINDOW

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import DebertaV2ForTokenClassification

PADDING, UNKNOWN, START, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
SPECIAL = (PADDING, UNKNOWN, START, END)
"""Special tokens; their ids are their positions here."""

MASK = "[MASK]"
"""What a pretrained vocabulary has for a hidden token."""

FIRST_BIAS = -4.0
"""Where the tokens' logits start: summed over a request of some thirty tokens, near indifference."""


@dataclass(frozen=True)
class ModelSize:
    """Shape of the classifier. `buckets` are the logarithmic buckets of relative distance up to `longest` tokens."""

    vocabulary: int = 6_000
    hidden: int = 192
    layers: int = 4
    heads: int = 4
    intermediate: int = 768
    longest: int = WINDOW
    buckets: int = 32


@dataclass(frozen=True)
class SpecialTokens:
    """Ids of tokens that are no words. `blank` stands for a hidden word; those in `kept` are never hidden."""

    padding: int = SPECIAL.index(PADDING)
    blank: int = SPECIAL.index(UNKNOWN)
    kept: tuple[int, ...] = tuple(range(len(SPECIAL)))

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> SpecialTokens:
        """Those of a vocabulary, which has the same names for them as ours and may have `MASK`."""
        found = {name: tokenizer.token_to_id(name) for name in (*SPECIAL, MASK)}
        ids = {name: number for name, number in found.items() if number is not None}
        return cls(ids[PADDING], ids.get(MASK, ids[UNKNOWN]), tuple(ids.values()))


OWN_TOKENS = SpecialTokens()
"""Those of a vocabulary that `train_vocabulary` makes."""


def train_vocabulary(requests: Iterable[str], size: int) -> Tokenizer:
    """A BPE vocabulary of at most `size` tokens, blind to case and accents, digits one by one.

    Words begin with a mark of their own; marking what continues them instead would make the order of
    the merges differ from run to run.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex("[\u2018\u2019]"), "'"),
            normalizers.Replace(Regex("[\u201c\u201d]"), '"'),
            normalizers.Lowercase(),
            normalizers.NFD(),
            normalizers.StripAccents(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.BertPreTokenizer(),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Metaspace(prepend_scheme="always", split=False),
        ]
    )
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=2, special_tokens=list(SPECIAL), show_progress=False)
    tokenizer.train_from_iterator(requests, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        special_tokens=[(START, SPECIAL.index(START)), (END, SPECIAL.index(END))],
    )
    return tokenizer


def build_model(size: ModelSize, vocabulary: int, labels: int) -> DebertaV2ForTokenClassification:
    """A DeBERTa-v2 with random weights: disentangled attention, relative positions only, `labels` logits a token."""
    import torch
    from transformers import DebertaV2Config, DebertaV2ForTokenClassification

    # As in the published DeBERTa-v3, whose configuration holds these beside the declared fields.
    extra: dict[str, Any] = {"position_buckets": size.buckets, "share_att_key": True, "norm_rel_ebd": "layer_norm"}
    extra["num_labels"] = labels
    config = DebertaV2Config(
        vocab_size=vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.intermediate,
        attention_probs_dropout_prob=0.0,
        max_position_embeddings=size.longest,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        layer_norm_eps=1e-6,
        pad_token_id=SPECIAL.index(PADDING),
        **extra,
    )
    model = DebertaV2ForTokenClassification(config)
    torch.nn.init.constant_(model.classifier.bias, FIRST_BIAS)
    return model


def request_logits(model: DebertaV2ForTokenClassification, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """One logit a tool, float [batch, labels], for token ids and mask of int64 [batch, length]."""
    votes: torch.Tensor = model(input_ids=ids, attention_mask=mask).logits
    return votes.masked_fill(mask.unsqueeze(-1) == 0, -1e4).logsumexp(dim=1)
