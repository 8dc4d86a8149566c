"""How far a batch has come: `12 of 115 lines planned · 1.9 a second · 54 s left`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

from tinyagent_cli.ui.live import LiveView
from tinyagent_cli.ui.theme import glyphs

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from typing_extensions import Self

PATIENCE = 1.0
"""Seconds that a batch may take before it tells how far it is."""
MINUTE, HOUR = 60, 3600


class BatchProgress:
    """A line on a terminal while a `with` block runs; it leaves nothing behind. `total` is None where nobody knows it.

    `shared` says that the answers go to the same terminal.
    """

    def __init__(self, console: Console, total: int | None, *, shared: bool) -> None:
        self._live = LiveView(console)
        self._total = total
        self._shared = shared
        self._done = 0
        self._began = self._ready = monotonic()

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.close()

    def ready(self) -> None:
        """The rate counts from here."""
        self._ready = monotonic()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """One more line is planned, and its answer is printed meanwhile."""
        self._done += 1
        if self._shared:
            self._live.close()
        yield
        self._show()

    def _show(self) -> None:
        self._live.show(self, after=max(PATIENCE - (monotonic() - self._began), 0.0))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the line as it is now."""
        from rich.text import Text

        yield Text(glyphs(console).separator.join(self._parts()), style="dim", no_wrap=True, overflow="crop")

    def _parts(self) -> Iterator[str]:
        of_all = "" if self._total is None else f" of {self._total:,}"
        yield f"{self._done:,}{of_all} lines planned"
        seconds = monotonic() - self._ready
        if self._done and seconds:
            rate = self._done / seconds
            yield f"{rate:.1f} a second"
            if self._total is not None:
                yield f"{duration(max(self._total - self._done, 0) / rate)} left"


def duration(seconds: float) -> str:
    """Roughly: "40 s", "3 min", "2 h 5 min"."""
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / MINUTE), HOUR // MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
