"""Pictures of an evaluation as SVG, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import cycle
from textwrap import fill
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import UsageError
from tinyagent_cli.evaluation import published
from tinyagent_cli.evaluation.metrics import Share, grouped, summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tinyagent_cli.evaluation.report import Report

BY_LENGTH = "success_by_length.svg"
BY_SIZE = "success_by_size.svg"

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, which the colour-blind can tell apart."""

_MARKS = "osD^vP"
_GREY = "#666666"
_SUCCESS = "plan success, %"
_RANGE = (0, 105)
_CAPTION_WIDTH = 110
_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "svg.hashsalt": "tinyagent",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "axes.grid": True,
        "grid.alpha": 0.3,
    }
)


def draw(report: Report) -> dict[str, bytes]:
    """The plots by file name; the same report gives the same bytes. Raises UsageError if matplotlib is missing."""
    drawings: dict[str, Callable[[Axes, Report], None]] = {BY_LENGTH: _by_length, BY_SIZE: _by_size}
    return {name: _svg(drawing, report) for name, drawing in drawings.items()}


def check_library() -> None:
    """Raises UsageError if matplotlib is missing: better before an evaluation than behind it."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise UsageError("plots need matplotlib", hint="pip install 'tinyagent-cli[eval]'")


def _svg(drawing: Callable[[Axes, Report], None], report: Report) -> bytes:
    check_library()
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = dict(_STYLE)
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(8, 5), layout="constrained")
        FigureCanvasSVG(figure)
        drawing(figure.subplots(), report)
        target = BytesIO()
        figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def _by_length(axes: Axes, report: Report) -> None:
    """Success against the number of calls."""
    from matplotlib.ticker import MaxNLocator

    for run, look in zip(report.runs, _looks(), strict=False):
        groups = grouped(run.results)["plan length"]
        shares = [summarise(results).success for results in groups.values()]
        _points(axes, run.candidate.label, list(map(int, groups)), shares, look)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(title="Success by plan length", xlabel="calls in the right plan", ylabel=_SUCCESS, ylim=_RANGE)
    axes.legend(loc="lower left", fontsize="small")


def _by_size(axes: Axes, report: Report) -> None:
    """Success against the size of the weights, with the paper's models."""
    _published(axes)
    for run, look in zip(report.runs, _looks(), strict=False):
        if run.bytes is not None:
            _points(axes, run.candidate.label, [run.bytes / 1e9], [run.summary.success], look)
    axes.set(title="Size against success", xscale="log", xlim=(0.03, 40), ylabel=_SUCCESS, ylim=_RANGE)
    axes.set_xlabel("weights, GB\n\n" + fill(published.CAPTION, _CAPTION_WIDTH))
    axes.xaxis.set_major_formatter("{x:g}")
    if any(run.bytes is not None for run in report.runs):
        axes.legend(loc="lower right", fontsize="small")


def _published(axes: Axes) -> None:
    """The paper's models: a cross where the size is known, a line where it is not."""
    for model in published.MODELS:
        if model.gigabytes is not None:
            axes.plot([model.gigabytes], [model.success], "x", color=_GREY)
            axes.annotate(
                f"{model.name}, {model.bits} bits",
                (model.gigabytes, model.success),
                (0, 7 if model.bits == 4 else -15),
                textcoords="offset points",
                ha="center",
                fontsize="small",
                color=_GREY,
            )
        elif model.bits is None:
            axes.axhline(model.success, color=_GREY, linestyle=":", linewidth=1)
            axes.text(0.032, model.success, model.name, va="bottom", fontsize="small", color=_GREY)


def _points(axes: Axes, label: str, places: Sequence[float], shares: Sequence[Share], look: tuple[str, str]) -> None:
    """Shares with their 95 % confidence intervals."""
    colour, mark = look
    axes.errorbar(
        places,
        [_per_cent(share) for share in shares],
        yerr=_bars(shares),
        color=colour,
        marker=mark,
        elinewidth=1,
        capsize=3,
        label=label,
    )


def _looks() -> Iterator[tuple[str, str]]:
    """Colours and marks, without end."""
    return zip(cycle(_COLOURS), cycle(_MARKS), strict=False)


def _per_cent(share: Share) -> float:
    return 100 * (share.value or 0.0)


def _bars(shares: Sequence[Share]) -> list[list[float]]:
    """Lengths of the error bars below and above each share."""
    bounds = [share.interval() or (0.0, 1.0) for share in shares]
    below = [max(_per_cent(share) - 100 * low, 0.0) for share, (low, _) in zip(shares, bounds, strict=True)]
    above = [max(100 * high - _per_cent(share), 0.0) for share, (_, high) in zip(shares, bounds, strict=True)]
    return [below, above]
