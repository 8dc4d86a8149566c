"""Turns a request into calls, one by one while the model writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime

from tinyagent_cli.errors import PlanError, UsageError
from tinyagent_cli.plan.call import JOIN, Call
from tinyagent_cli.plan.check import check_call, kinds_of_results
from tinyagent_cli.plan.grammar import MAX_CALLS, line_grammar, plan_grammar
from tinyagent_cli.plan.parser import PlanParser
from tinyagent_cli.plan.signature import Signature, by_name
from tinyagent_cli.planner.chat import chat_prompt, without_thoughts
from tinyagent_cli.planner.engines.base import Engine, never
from tinyagent_cli.planner.prompt import plan_prompt
from tinyagent_cli.planner.repeats import Repeats, worn_out

MAX_REQUEST = 4000
"""Characters of a request; what is longer is a document to pipe in."""

_LEAST_TOKENS = 256
_LAST = f" {JOIN}()"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Planner:
    """Plans requests with one engine.

    `known` names the tools that the shipped planner learned, `reads` those that only look something up.
    """

    def __init__(
        self, engine: Engine, *, known: Container[str] = (), reads: Container[str] = (), max_calls: int = MAX_CALLS
    ) -> None:
        self._engine = engine
        self._known = known
        self._reads = reads
        self._max_calls = max_calls

    def plan(
        self,
        request: str,
        tools: Sequence[Signature],
        *,
        document: str | None = None,
        now: datetime | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Call]:
        """Calls as their lines are complete: bound, checked, dates still in the user's words.

        No call at all means that no tool serves the request. `document` is text piped in beside it,
        `now` what chat models count dates from. Raises UsageError for a request that is empty or too
        long, PlanError when what the model writes is no plan (calls before that may be out already),
        and ModelError.
        """
        check_request(request)
        request = printable(request)
        has_document = document is not None
        signatures = by_name(tools)
        source = f"{request}\n{document}" if has_document else request
        written: list[Call] = []
        repeats = None if self._engine.chat else Repeats(self._reads)
        if self._engine.chat:
            text = self._conversed(request, tools, has_document, now, cancelled)
        else:
            text = self._continued(request, tools, has_document, written, cancelled)
        with closing(text):
            for call in self._parsed(text, cancelled):
                checked = check_call(call, written, signatures, source=source, has_document=has_document)
                written.append(checked)
                taken = repeats.take(checked) if repeats else checked
                if taken is not None:
                    yield taken

    def _conversed(
        self,
        request: str,
        tools: Sequence[Signature],
        has_document: bool,
        now: datetime | None,
        cancelled: Callable[[], bool],
    ) -> Generator[str, None, None]:
        """The plan of a chat model, in one answer."""
        prompt = chat_prompt(request, tools, has_document=has_document, now=now or datetime.now().astimezone())
        grammar = plan_grammar(tools, request, has_document=has_document, max_calls=self._max_calls, iso_dates=True)
        return self._engine.generate(prompt, grammar=grammar, max_tokens=_budget(request), cancelled=cancelled)

    def _continued(
        self,
        request: str,
        tools: Sequence[Signature],
        has_document: bool,
        written: Sequence[Call],
        cancelled: Callable[[], bool],
    ) -> Generator[str, None, None]:
        """The plan of a tuned planner, line by line: each under a grammar that knows what the calls before it give.

        The reader appends a line's call to `written` before it asks for the next line. The number of a line
        is part of its prompt, since reading is faster than writing; the engine keeps what it has read.
        """
        signatures = by_name(tools)
        text = plan_prompt(request, tools, known=self._known, has_document=has_document)
        while not cancelled():
            results = kinds_of_results(written, signatures, has_document=has_document)
            out = worn_out(written, self._reads)
            grammar = line_grammar([tool for tool in tools if tool.name not in out], request, written, results)
            head = line = f"{len(written) + 1}."
            with closing(
                self._engine.generate(text + line, grammar=grammar, max_tokens=_budget(request), cancelled=cancelled)
            ) as pieces:
                for piece in pieces:
                    line += piece
                    yield head + piece
                    head = ""
                    if line.endswith("\n") or line == f"{len(written) + 1}.{_LAST}":
                        break
            if not line.endswith("\n"):
                return
            text += line

    def _parsed(self, text: Iterator[str], cancelled: Callable[[], bool]) -> Iterator[Call]:
        """Calls out of the text, up to `join()`, which chat models may leave out behind a call."""
        parser, count = PlanParser(), 0
        for call in _calls(without_thoughts(text) if self._engine.chat else text, parser, cancelled):
            if (count := call.number) > self._max_calls:
                raise PlanError(f"the plan has more than {self._max_calls} calls", hint="split the request")
            yield call
        if not (parser.joined or cancelled() or (self._engine.chat and count)):
            raise PlanError(f"the plan breaks off after call {count}" if count else "the model wrote no plan")


def _calls(text: Iterator[str], parser: PlanParser, cancelled: Callable[[], bool]) -> Iterator[Call]:
    for piece in text:
        yield from parser.feed(piece)
        if parser.joined:
            return
    if not cancelled():
        yield from parser.finish()


def _budget(request: str) -> int:
    """Tokens that a plan, or a line of one, may take: free text repeats the request at most a few times."""
    return _LEAST_TOKENS + len(request.encode())


def printable(text: str) -> str:
    """The text without control characters and halves of characters, which no model has seen."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub(" ", whole)


def check_request(request: str) -> None:
    """Raises UsageError for a request that says nothing, or too much."""
    if not request.strip():
        raise UsageError("the request is empty", hint='say what to do: tinyagent "email Sid the notes"')
    if len(request) > MAX_REQUEST:
        what = f"the request is {len(request):,} characters long, and at most {MAX_REQUEST:,} are allowed"
        raise UsageError(what, hint="pipe long text in beside a short request")
