"""Many requests from one: other names, other spelling, other punctuation, two requests in one.

Every variation keeps the plan true to the conventions: what the plan copies from the request is
changed in both, and a variation after which a copied text no longer stands in the request is
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from tinyagent_cli.plan.words import stands_in
from tinyagent_cli.training.people import add_people
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.slots import LITERAL, refill

LOOKUP = re.compile(r'^get_(?:phone_number|email_address)\("([^"]+)"\)$')
REFERENCE = re.compile(r"(?<!\\)\$(\d{1,2})(?!\d)")
CONNECTIVES = (
    ". ", ". ", ". ", ". Also, ", ", and ", " and ", ", then ", " and then ", ". Then ", "; ",
    ". Oh, and ", " and also ", ", plus ", ". After that, ", ". And ", ", ",
)  # fmt: skip
REMARK = re.compile(r"[.?!] [a-z]")
"""Where a remark may begin that changes what was said before it, and would change another request before it, too."""

MONEY = re.compile(r"\b(\d{1,4}) (?:dollars|euros|pounds)\b")


def multiply(seeds: Sequence[Seed], rng: Random) -> Iterator[list[Seed]]:
    """Endless passes over the seeds, each in a new order: first as written, then varied."""
    yield rng.sample(seeds, len(seeds))
    while True:
        yield varied(seeds, rng)


def varied(seeds: Sequence[Seed], rng: Random) -> list[Seed]:
    """Every seed in a new form, and recombined pairs, one for every three seeds; in random order."""
    passed = [vary(seed, rng) for seed in seeds]
    pairs = (random_pair(seeds, rng) for _ in range(len(seeds) // 3))
    passed += [vary(pair, rng) for pair in pairs if pair]
    rng.shuffle(passed)
    return passed


def vary(seed: Seed, rng: Random) -> Seed:
    """The seed with other names and times, now and then with more people, half of the time with one kind of noise."""
    changed = refill(seed, rng) or seed
    if rng.random() < 0.5:
        changed = add_people(changed, rng) or changed
    return noisy(changed, rng)


def noisy(seed: Seed, rng: Random) -> Seed:
    """The seed as it is, or with one kind of noise."""
    noise = rng.choice((lower_case, speech, typos, amounts, None, None, None))
    spoilt = noise(seed, rng) if noise else None
    return spoilt if spoilt and _as_different(seed, spoilt) and _copies_as(seed, spoilt) else seed


def lower_case(seed: Seed, rng: Random) -> Seed:
    """Everything in small letters."""
    return _rewrite(seed, str.lower)


def speech(seed: Seed, rng: Random) -> Seed:
    """As a speech recogniser writes it: small letters and no punctuation between words."""
    return _rewrite(seed, lambda text: re.sub(r"[,.;:!?]+(?=\s|$)", "", text.lower()))


def typos(seed: Seed, rng: Random) -> Seed | None:
    """One or two slips of the fingers, never in a word the plan uses."""
    used = {word.lower() for call in seed.plan for word in re.findall(r"\w+", call)}
    words = seed.query.split(" ")
    free = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha() and word.lower() not in used]
    if not free:
        return None
    for i in rng.sample(free, min(len(free), rng.randint(1, 2))):
        words[i] = slip(words[i], rng)
    return replace(seed, query=" ".join(words))


def amounts(seed: Seed, rng: Random) -> Seed | None:
    """`20 dollars` as `$20`, which a plan writes as `\\$20` lest it pass for a result."""
    if not MONEY.search(seed.query):
        return None
    query = MONEY.sub(r"$\1", seed.query)
    return replace(seed, query=query, plan=tuple(MONEY.sub(r"\\$\1", call) for call in seed.plan))


def recombine(first: Seed, second: Seed, rng: Random) -> Seed | None:
    """Two requests about the same tools in one; None where they would get in each other's way."""
    if first.tools != second.tools or not can_join(first) or not can_join(second) or REMARK.search(second.query):
        return None
    if _people(first) & _people(second) or (first.tools and _calls(first) & _calls(second)):
        return None
    shift = len(first.plan)
    moved = [REFERENCE.sub(lambda match: f"${int(match[1]) + shift}", call) for call in second.plan]
    head, connective = first.query.rstrip(), rng.choice(CONNECTIVES)
    if head[-1] in "?!.":
        connective = connective[1:] if connective.startswith(".") else " "
    return Seed(head + connective + second.query, first.plan + tuple(moved), first.tools)


def random_pair(seeds: Sequence[Seed], rng: Random) -> Seed | None:
    """Two of the seeds in one request that is not too long, or None where twenty draws find none."""
    for _ in range(20 if len(seeds) > 1 else 0):
        first, second = rng.sample(seeds, 2)
        pair = recombine(first, second, rng)
        if pair and len(pair.plan) <= 10 and len(pair.query) < 400:
            return pair
    return None


def can_join(seed: Seed) -> bool:
    """Whether a request can stand beside another: it is self-contained."""
    if seed.document is not None or len(seed.query) < 12:
        return False
    return bool(seed.plan) or not re.search(r"\b(it|that|this|them|again|yes|no)\b", seed.query.lower())


def _calls(seed: Seed) -> set[str]:
    """The calls in small letters, in which noise may write them."""
    return {call.lower() for call in seed.plan}


def _people(seed: Seed) -> set[str]:
    return {match[1].lower() for call in seed.plan if (match := LOOKUP.match(call))}


def _rewrite(seed: Seed, change: Callable[[str], str]) -> Seed:
    """Change the request, and every text of the plan that stands in it word for word."""
    query = change(seed.query)

    def literal(match: re.Match[str]) -> str:
        text = match[1]
        return f'"{change(text)}"' if text and text in seed.query else match[0]

    return replace(seed, query=query, plan=tuple(LITERAL.sub(literal, call) for call in seed.plan))


def _as_different(before: Seed, after: Seed) -> bool:
    """Whether texts of the plan that were different still are: "Aa" and "AA" in small letters are one."""
    old, new = ({text for call in seed.plan for text in LITERAL.findall(call)} for seed in (before, after))
    return len(new) == len(old)


def _copies_as(before: Seed, after: Seed) -> bool:
    """Whether all that the plan copied from the request before is copied from it now."""
    calls = zip(after.plan, before.plan, strict=True)
    pairs = (pair for call in calls for pair in zip(*map(LITERAL.findall, call), strict=True))
    texts = (tuple(re.sub(r"\\(.)", r"\1", text) for text in pair) for pair in pairs)
    return all(stands_in(new, after.query) for new, old in texts if stands_in(old, before.query))


def slip(word: str, rng: Random) -> str:
    """A word of three letters or more with two of them swapped, one lost, or one doubled."""
    i = rng.randrange(1, len(word) - 1)
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return rng.choice((swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]))
