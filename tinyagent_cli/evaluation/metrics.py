"""Shares, times and means over many results, as a whole and by group."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tinyagent_cli.evaluation.score import Result

OWN_TOOLS = "tools of its own"
NO_TOOL = "no tool"

Groups: TypeAlias = Mapping[str, "Mapping[str, Sequence[Result]]"]
"""Results by what they are grouped by, and by group."""


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)

    def interval(self, z: float = 1.96) -> tuple[float, float] | None:
        """Where the true share lies, by default with 95 % confidence (Wilson, 1927); None of nothing."""
        if not self.whole:
            return None
        share, spread = self.part / self.whole, z * z / self.whole
        middle = (share + spread / 2) / (1 + spread)
        half = z * math.sqrt(share * (1 - share) / self.whole + spread / self.whole / 4) / (1 + spread)
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Latency:
    """Seconds: the median, and what 95 of 100 requests stay below."""

    median: float
    p95: float


@dataclass(frozen=True)
class Summary:
    """The metrics over a number of requests.

    `valid` is the share of plans that parse and check, `needed` the share of needed tools that were offered. `offered`
    is the mean number of tools offered, tokens are means; what nobody could tell is None.
    """

    requests: int
    success: Share
    arguments: Share
    recall: Share
    precision: Share
    valid: Share
    copied: Share
    needed: Share
    offered: float | None
    prompt_tokens: float | None
    plan_tokens: float | None
    retrieve: Latency | None
    plan: Latency | None
    total: Latency | None


def summarise(results: Sequence[Result]) -> Summary:
    """The metrics over these results. Times are those of the requests that got a plan."""
    answers = [result.answer for result in results]
    usages = [answer.usage for answer in answers if answer.usage is not None]
    timed = [answer.seconds for answer in answers if answer.plan is not None]
    return Summary(
        requests=len(results),
        success=Share(sum(result.success for result in results), len(results)),
        arguments=total(result.arguments for result in results),
        recall=total(result.recalled for result in results),
        precision=total(result.precise for result in results),
        valid=Share(sum(result.valid for result in results), len(results)),
        copied=total(result.copied for result in results),
        needed=total(result.offered for result in results),
        offered=_mean([len(answer.offered) for answer in answers]),
        prompt_tokens=_mean([usage.prompt for usage in usages]),
        plan_tokens=_mean([usage.written for usage in usages]),
        retrieve=latency([seconds["retrieve"] for seconds in timed]),
        plan=latency([seconds["plan"] for seconds in timed]),
        total=latency([sum(seconds.values()) for seconds in timed]),
    )


def grouped(results: Sequence[Result]) -> Groups:
    """All results, and those by length of the reference plan, by the tools it calls, and by style.

    A request stands in the group of every tool that it needs; tools that came with a request share one group.
    """
    lengths: dict[int, list[Result]] = {}
    tools: dict[str, list[Result]] = {}
    styles: dict[str, list[Result]] = {}
    for result in results:
        lengths.setdefault(len(result.item.reference), []).append(result)
        styles.setdefault(result.item.style, []).append(result)
        for tool in _tools(result):
            tools.setdefault(tool, []).append(result)
    return {
        "everything": {"all requests": results},
        "plan length": {str(length): lengths[length] for length in sorted(lengths)},
        "tool": {tool: tools[tool] for tool in sorted(tools)},
        "style": {style: styles[style] for style in sorted(styles)},
    }


def total(shares: Iterable[Share]) -> Share:
    """All of them together."""
    return sum(shares, Share())


def latency(seconds: Sequence[float]) -> Latency | None:
    """The distribution of some times; None of none."""
    return Latency(statistics.median(seconds), percentile(seconds, 0.95)) if seconds else None


def percentile(values: Sequence[float], share: float) -> float:
    """What a share of the values stays below, linear between neighbours. Raises ValueError of none."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _tools(result: Result) -> set[str]:
    if result.item.request.tools is not None:
        return {OWN_TOOLS}
    return {call.tool for call in result.item.reference} or {NO_TOOL}


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
