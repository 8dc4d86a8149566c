"""An engine that loads in a thread of its own, while the rest of the program is imported."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from tinyagent_cli.planner.engines.base import Engine


class EngineLoader:
    """Loads an engine once, when it is first wanted, and again after it was closed."""

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._engine: Future[Engine] | None = None

    def begin(self) -> Future[Engine]:
        """The engine to come; what `load` raises is raised by its `result()`."""
        if self._engine is None:
            loader = ThreadPoolExecutor(1, thread_name_prefix="engine")
            self._engine = loader.submit(self._load)
            loader.shutdown(wait=False)
        return self._engine

    @property
    def failed(self) -> bool:
        """Whether the engine was to be loaded, and could not be."""
        return self._engine is not None and self._engine.done() and self._engine.exception() is not None

    def close(self) -> None:
        """Free the engine."""
        if self._engine is not None and not self._engine.exception():
            self._engine.result().close()
        self._engine = None
