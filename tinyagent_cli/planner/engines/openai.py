"""Any server that speaks OpenAI's completions: vLLM, llama-server, mlx_lm.server, Ollama, LM Studio.

What such servers take as a grammar differs, so none is sent: what they write is only checked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.base import Prompt, Usage, never
from tinyagent_cli.planner.engines.stream import Take, streamed

if TYPE_CHECKING:
    import httpx

WAITS = (0.25, 0.5, 1.0)
"""Seconds before each further attempt; nothing is sent again once an answer has begun."""

_LONGEST_WAIT = 10.0
_CONNECT = 10.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_SHOWN = 200
_ADVICE = {
    400: "the model may not take so long a request",
    401: "set openai.api_key",
    403: "set openai.api_key",
    404: "set openai.base_url and openai.model",
    429: "wait a little, or use another server",
}


class OpenAI:
    """A model behind an address such as `http://127.0.0.1:8080/v1`."""

    name = "openai"
    chat = True

    def __init__(
        self,
        base_url: str,
        *,
        model: str = "",
        api_key: str = "",
        timeout: float = 60.0,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        """Nothing is sent yet. Without `model` it is the first one that the server lists.

        `timeout` is in seconds, between two pieces of an answer. `settings` are sent with every request, over those
        that an engine has of its own: `{"temperature": 1}`. Raises ModelError if the address is
        none, or if the package httpx is missing.
        """
        try:
            import httpx
        except ImportError as error:
            raise ModelError("the openai engine is not installed", hint="pip install httpx") from error
        self.usage: Usage | None = None
        self._url = _address(base_url)
        self._model = model
        self._key = api_key
        self._timeout = timeout
        self._settings = dict(settings or {})
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT)),
        )

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str | None = None,
        max_tokens: int = 1024,
        cancelled: Callable[[], bool] = never,
    ) -> Generator[str, None, None]:
        """See Engine; the grammar is left out. Passing failures are tried again, with longer and longer waits."""
        self.usage = None
        body: dict[str, Any] = {"max_tokens": max_tokens, "temperature": 0, "stream": True} | self._settings
        if isinstance(prompt, str):
            path, body["prompt"] = "completions", prompt
        else:
            path = "chat/completions"
            body["messages"] = [{"role": message.role, "content": message.content} for message in prompt]

        def produce(take: Take) -> None:
            body["model"] = self._model or self._first_model()
            with closing(self._send("POST", path, body)) as response:
                for piece in self._pieces(response):
                    if take(piece):
                        return

        return streamed(produce, cancelled, abandon=True)

    def close(self) -> None:
        """Close connections that are kept open."""
        self._client.close()

    def _first_model(self) -> str:
        response = self._send("GET", "models", None)
        try:
            self._model = str(json.loads(response.read())["data"][0]["id"])
        except (ValueError, LookupError, TypeError) as error:
            raise ModelError(f"{self._url} lists no model", hint="set openai.model") from error
        return self._model

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        """The response, its body still to be read; raises ModelError unless it is a success."""
        for wait in WAITS:
            try:
                return self._attempt(method, path, body)
            except _PassingError as failure:
                time.sleep(max(wait, failure.wait))
        return self._attempt(method, path, body)

    def _attempt(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        import httpx

        request = self._client.build_request(method, f"{self._url}/{path}", json=body)
        try:
            response = self._client.send(request, stream=True)
            if response.is_success:
                return response
            with closing(response):
                response.read()
        except httpx.TimeoutException as error:
            raise self._too_slow() from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            what = f"{self._url} cannot be reached: {reason}"
            raise _PassingError(what, hint="start the server, or set openai.base_url") from error
        raise self._refusal(response)

    def _pieces(self, response: httpx.Response) -> Iterator[str]:
        """Text out of server-sent events: lines `data: {...}`, up to `data: [DONE]`."""
        import httpx

        try:
            for line in response.iter_lines():
                data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
                if data == "[DONE]":
                    return
                if data:
                    yield self._piece(data)
        except httpx.TimeoutException as error:
            raise self._too_slow() from error
        except httpx.HTTPError as error:
            raise ModelError(f"{self._url} broke off its answer", hint="try again") from error

    def _piece(self, data: str) -> str:
        try:
            event = json.loads(data)
            if "error" in event:
                raise ModelError(f"{self._url} failed: {self._detail(data)}", hint="try again")
            if usage := event.get("usage"):
                self.usage = Usage(int(usage["prompt_tokens"]), int(usage["completion_tokens"]))
            choice = (event.get("choices") or [{}])[0]
            return choice.get("text") or (choice.get("delta") or {}).get("content") or ""
        except (ValueError, AttributeError, LookupError, TypeError) as error:
            what = f"{self._url} sent something that is no completion: {self._detail(data)}"
            raise ModelError(what, hint="check openai.base_url") from error

    def _too_slow(self) -> ModelError:
        what = f"{self._url} did not answer within {self._timeout:g} s"
        return ModelError(what, hint="raise openai.timeout, or use a smaller model")

    def _refusal(self, response: httpx.Response) -> ModelError:
        status = response.status_code
        what = f"{self._url} answered {status} {response.reason_phrase}: {self._detail(response.text)}"
        hint = _ADVICE.get(status, "try again later" if status >= 500 else "")
        if status not in _PASSING:
            return ModelError(what, hint=hint)
        failure = _PassingError(what, hint=hint)
        failure.wait = _seconds(response.headers.get("Retry-After", ""))
        return failure

    def _detail(self, body: str) -> str:
        """What a server says went wrong, on one short line and without the key."""
        try:
            error = json.loads(body)["error"]
            body = error["message"] if isinstance(error, dict) else error
        except (ValueError, LookupError, TypeError):
            pass
        line = " ".join(str(body).split()) or "no reason given"
        line = line.replace(self._key, "***") if self._key else line
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


class _PassingError(ModelError):
    """A failure that may be over soon; `wait` is how many seconds the server asks for."""

    wait = 0.0


def _seconds(header: str) -> float:
    return min(float(header), _LONGEST_WAIT) if header.isdecimal() else 0.0


def _address(base_url: str) -> str:
    """The address without a slash at its end. Raises ModelError if it is none."""
    import httpx

    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise ModelError(
            f"openai.base_url is not the address of a server: {url.host or base_url!r}",
            hint="set it to http://HOST:PORT/v1",
        )
    return str(url).rstrip("/")
