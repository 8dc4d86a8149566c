"""llama.cpp inside this process, by the package `xllamacpp`.

The package only offers llama.cpp's server, which insists on an address to listen on. It gets a Unix
socket in a folder of its own that no other user can enter, behind a random key, and the socket's name
is gone once the model is loaded: there is no port, and nothing that anyone could connect to.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError, TinyAgentError, UsageError
from tinyagent_cli.planner.engines.base import Prompt, Usage, never
from tinyagent_cli.planner.engines.gguf import is_planner
from tinyagent_cli.planner.engines.stream import Take, streamed

if TYPE_CHECKING:
    from xllamacpp import CommonParams, Server  # type: ignore[import-untyped]

PLANNER_CONTEXT = 2048
"""Tokens of prompt and plan together, 23 kB of memory each; a usual prompt takes about a hundred."""

CHAT_CONTEXT = 8192
"""The same for chat models, whose prompt carries rules and examples."""

MAX_THREADS = 4
"""Small models gain nothing from more."""

SPINS = "1000"
"""Turns that a thread waits for the others before it gives up its core: some microseconds.

Left to itself, OpenMP waits for milliseconds at each of a token's hundreds of barriers: two planners at once on two
cores then take tens of seconds each. Not waiting at all makes one planner alone three times slower.
"""

_BATCH = 512
_SILENT = -1
_LONGEST_SOCKET = 100
_GREEDY = {"temperature": 0.0, "samplers": ["temperature"]}


class LlamaCpp:
    """A GGUF model run by llama.cpp; safe to use from several threads, which then take turns."""

    name = "llamacpp"

    def __init__(self, path: Path) -> None:
        """Load the model, mapped into memory.

        Raises ModelError if the file is missing or damaged, or if the package is missing.
        """
        self.chat = not is_planner(path)
        self.usage: Usage | None = None
        self._server: Server | None = _load(path, CHAT_CONTEXT if self.chat else PLANNER_CONTEXT)
        Thread(target=self._warm_up, name="llama.cpp warm-up").start()

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """See Engine. A long prompt can be cancelled every 512 tokens."""
        request = _request(prompt, grammar, max_tokens)
        self.usage = None

        def produce(take: Take) -> None:
            failure: TinyAgentError | None = None

            def take_chunk(chunk: dict[str, Any]) -> bool:
                nonlocal failure
                failure = _failure(chunk)
                self.usage = _counted(self.usage, chunk)
                return failure is not None or take(_text(chunk))

            self._complete(request, take_chunk)
            if failure is not None:
                raise failure

        # Waited for, never abandoned: a thread that dies inside C++ at exit takes the process with it.
        return streamed(produce, cancelled, abandon=False)

    def close(self) -> None:
        """Free the model."""
        self._server = None

    def _warm_up(self) -> None:
        """Build llguidance's view of the vocabulary (0.3 s, kept) while the caller has other things to do."""
        with contextlib.suppress(ModelError):
            self._complete(_request("1", 'start: "1"', max_tokens=1), lambda chunk: True)

    def _complete(self, request: dict[str, Any], take: Callable[[dict[str, Any]], bool]) -> None:
        server = self._server
        if server is None:
            raise ModelError("the model is closed")
        if "messages" in request:
            server.handle_chat_completions(request, take)
        else:
            server.handle_completions(request, take)


def _load(path: Path, context: int) -> Server:
    _set_spins()
    try:
        from xllamacpp import CommonParams, Server
    except ImportError as error:
        raise ModelError("the llama.cpp engine is not installed", hint="pip install xllamacpp") from error
    parameters = _parameters(CommonParams(), path, context)
    folder = _private_folder()
    try:
        parameters.hostnames = [str(folder / "engine.sock")]
        return Server(parameters)
    except (RuntimeError, ValueError) as error:
        what = f"{path} is damaged, or of a kind that llama.cpp does not know"
        raise ModelError(what, hint="fetch the file again, or choose another model") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _set_spins() -> None:
    """OpenMP reads its settings once, when llama.cpp is loaded; what the user set stays."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)


def _parameters(parameters: CommonParams, path: Path, context: int) -> CommonParams:
    parameters.model.path = str(path)
    parameters.n_ctx = context
    parameters.n_batch = _BATCH
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = _threads()
    parameters.n_threads_http = 1
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.verbosity = _SILENT
    parameters.ui = parameters.warmup = parameters.fit_params = parameters.ctx_shift = False
    parameters.cache_ram_mib = 0
    return parameters


def _threads() -> int:
    """Cores that this process may use; llama.cpp's own count sees all of the machine's."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MAX_THREADS)


def _private_folder() -> Path:
    """A new folder that only this user can enter, with a name short enough for a socket in it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="tinyagent-"))
        if len(os.fsencode(folder)) > _LONGEST_SOCKET - len("/engine.sock"):
            folder.rmdir()
            folder = Path(tempfile.mkdtemp(prefix="tinyagent-", dir="/tmp"))
    except OSError as error:
        what = f"the engine needs a temporary folder: {error.strerror}"
        raise ModelError(what, hint="set TMPDIR to a folder that can be written") from error
    return folder


def _request(prompt: Prompt, grammar: str | None, max_tokens: int) -> dict[str, Any]:
    request: dict[str, Any] = {
        **_GREEDY,
        "max_tokens": max_tokens,
        "stream": True,
        "cache_prompt": True,
        "return_progress": True,
    }
    if isinstance(prompt, str):
        request["prompt"] = prompt
    else:
        request["messages"] = [{"role": message.role, "content": message.content} for message in prompt]
    if grammar is not None:
        request["grammar"] = f"%llguidance {{}}\n{grammar}"
    return request


def _text(chunk: dict[str, Any]) -> str:
    choices = chunk.get("choices") or [{}]
    return choices[0].get("text") or choices[0].get("delta", {}).get("content") or ""


def _counted(so_far: Usage | None, chunk: dict[str, Any]) -> Usage | None:
    """The tokens with those of a chunk: the prompt's come first, then a token each, and all of them at the end."""
    if progress := chunk.get("prompt_progress"):
        return Usage(progress["total"], 0)
    if timings := chunk.get("timings"):
        return Usage(timings["cache_n"] + timings["prompt_n"], timings["predicted_n"])
    return Usage(so_far.prompt, so_far.written + 1) if so_far else None


def _failure(chunk: dict[str, Any]) -> TinyAgentError | None:
    """What a chunk reports to have gone wrong."""
    error = chunk.get("error")
    if error is None:
        return None
    if error.get("type") == "exceed_context_size_error":
        needed, allowed = error.get("n_prompt_tokens"), error.get("n_ctx")
        what = f"the request is too long: {needed} tokens with its tools, and the model reads {allowed}"
        return UsageError(what, hint="shorten it")
    return ModelError(f"llama.cpp could not go on: {error.get('message', 'unknown reason')}")
