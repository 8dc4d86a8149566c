"""Text out of something that blocks, as a generator that can be left at any time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeAlias

Take: TypeAlias = Callable[[str], bool]
"""Takes a piece of text; true means that no more is wanted."""

_TICK = 0.1


def streamed(
    produce: Callable[[Take], None], cancelled: Callable[[], bool], *, abandon: bool
) -> Generator[str, None, None]:
    """Run `produce` in a thread of its own and hand on the pieces it gives to its argument; its errors are raised.

    A producer that can block for long between pieces is abandoned when nobody listens any more: it ends
    with its next piece, and not at all if the process ends first. Others are waited for, and are not
    asked about `cancelled` between pieces.
    """
    items: SimpleQueue[str | BaseException | None] = SimpleQueue()
    closed = Event()

    def take(piece: str) -> bool:
        items.put(piece)
        return closed.is_set() or cancelled()

    def run() -> None:
        try:
            produce(take)
            items.put(None)
        except BaseException as error:
            items.put(error)

    worker = Thread(target=run, name="engine", daemon=abandon)
    worker.start()
    try:
        while (item := _next(items, cancelled) if abandon else items.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        closed.set()
        if not abandon:
            worker.join()


def _next(items: SimpleQueue[str | BaseException | None], cancelled: Callable[[], bool]) -> str | BaseException | None:
    while not cancelled():
        try:
            return items.get(timeout=_TICK)
        except Empty:
            continue
    return None
