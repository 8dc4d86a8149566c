"""Labelled requests for the Tool RAG classifier: what was asked, and the tools its plan calls.

The classifier reads a request and writes no plan, so its noise may go further than the planner's: a
slip of the fingers may hit any word, also one that a plan would have to copy.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from tinyagent_cli.training.multiply import CONNECTIVES, multiply, slip
from tinyagent_cli.training.seeds import Seed

SPOILED_SHARE = 0.5
"""How often a request gets more noise than it already has."""

JOINED_SHARE = 0.2
"""How often a request is joined with the one after it, besides the pairs that the multiplication makes."""

CALIBRATION_COPIES = 4
"""Varied copies of each held-out request, beside the request as written."""

FILLERS = ("um", "uh", "please", "hey", "ok so", "oh", "can you", "could you", "i need you to", "hi", "pls", "well")
ENDINGS = ("please", "thanks", "thank you", "pls", "asap", "if you can", "ok", "cheers")


@dataclass(frozen=True)
class Labelled:
    """A request and the names of the tools it needs."""

    request: str
    tools: frozenset[str]


def of_builtin(seeds: Iterable[Seed]) -> list[Seed]:
    """The seeds about the built-in tools: those that bring their own tools are not the classifier's."""
    return [seed for seed in seeds if seed.tools is None]


def as_written(seeds: Iterable[Seed]) -> list[Labelled]:
    """Each seed's request, untouched."""
    return [_labelled(seed) for seed in seeds]


def varied(seeds: Sequence[Seed], rng: Random) -> Iterator[Labelled]:
    """Endless labelled requests: the seeds multiplied (names, pairs, noise), spoiled further and joined."""
    before: Labelled | None = None
    for seed in chain.from_iterable(multiply(seeds, rng)):
        labelled = _labelled(seed)
        if rng.random() < SPOILED_SHARE:
            labelled = Labelled(spoil(labelled.request, rng), labelled.tools)
        if before is not None:
            labelled = _joined(before, labelled, rng)
        before = labelled if rng.random() < JOINED_SHARE else None
        if before is None:
            yield labelled


def calibration_set(seeds: Sequence[Seed], rng: Random) -> list[Labelled]:
    """Held-out requests as written, and `CALIBRATION_COPIES` passes of varied ones."""
    stream = varied(seeds, rng)
    count = len(seeds) + len(seeds) // 4
    return as_written(seeds) + [next(stream) for _ in range(CALIBRATION_COPIES * count)]


def spoil(request: str, rng: Random) -> str:
    """A request with one kind of noise: punctuation lost, slips of the fingers, or fillers."""
    return rng.choice((_without_punctuation, _with_slips, _with_fillers))(request, rng)


def digest(requests: Iterable[Labelled]) -> str:
    """SHA-256 over requests and labels, independent of their order."""
    lines = sorted(f"{item.request}\t{','.join(sorted(item.tools))}" for item in requests)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _labelled(seed: Seed) -> Labelled:
    return Labelled(seed.query, frozenset(seed.called))


def _joined(first: Labelled, second: Labelled, rng: Random) -> Labelled:
    request = first.request.rstrip(".!? ") + rng.choice(CONNECTIVES) + second.request
    return Labelled(request, first.tools | second.tools)


def _without_punctuation(request: str, rng: Random) -> str:
    return re.sub(r"[,.;:!?'\"()-]+(?=\s|$)", "", request)


def _with_slips(request: str, rng: Random) -> str:
    words = request.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 3]
    for i in rng.sample(long, min(len(long), rng.randint(1, 2))):
        words[i] = slip(words[i], rng)
    return " ".join(words)


def _with_fillers(request: str, rng: Random) -> str:
    if rng.random() < 0.5:
        return f"{rng.choice(FILLERS)} {request}"
    return f"{request.rstrip('.!? ')} {rng.choice(ENDINGS)}"
