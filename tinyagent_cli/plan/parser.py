"""Reads plans as models write them, line by line while they stream.

Besides the shipped planner's lines (`1. open_note("Notes", "")`) it takes what published TinyAgent and
LLMCompiler models write around them: thoughts, headings, Markdown fences, comments behind a call and
`join()<END_OF_PLAN>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tinyagent_cli.errors import ParseError
from tinyagent_cli.plan.call import JOIN, MAX_CALLS, Call, Plan, Reference, renumber
from tinyagent_cli.plan.literal import read_call, shown

MAX_LENGTH = 65_536
"""Characters of one call, or of a line that is none: a model that writes more has lost its way."""

MAX_LINES = 10_000
"""Lines of a plan, thoughts and blank ones included."""

_HEAD = re.compile(r"[ \t]{0,99}(?:([0-9]{1,6})[.):][ \t]{0,9})?(?=[^\W\d][\w.-]{0,127}\()")
_IGNORED = re.compile(r"\s*(?:$|thought\b|plan\s*:|#|```)", re.IGNORECASE)
_END = "<END_OF_PLAN>"
_ANOTHER_CALL = re.compile(r"\s*(?:[,;]\s*|(?:[,;]\s*)?[0-9]+[.):]\s*)[^\W\d][\w.-]*\(")
_DELIMITER = re.compile(r"[\\\"'()\[\]{}]")


def parse_plan(text: str) -> Plan:
    """The plan in a text, with or without its closing `join()`.

    Calls are numbered 1 to n by position, whatever their lines say; references follow. One to a line
    that is not there is kept, for the check to reject. Raises ParseError.
    """
    parser = PlanParser()
    calls = parser.feed(text)
    return (*calls, *parser.finish())


def parse_call(text: str, number: int) -> Call:
    """One call written without its number: `open_note("Notes", "")`. Raises ParseError."""
    where = f"call {number}"
    if len(text) > MAX_LENGTH:
        raise ParseError(f"{where}: longer than {MAX_LENGTH} characters: {shown(text)}")
    return _read(text, number, where)


class PlanParser:
    """Calls out of text that comes in pieces of any size.

    An error is raised once the calls before it have been handed out. `joined` turns true at `join()`;
    what comes after it is ignored.
    """

    def __init__(self) -> None:
        self.joined = False
        self._lines = _LineReader()
        self._written: list[int] = []
        self._error: ParseError | None = None

    def feed(self, text: str) -> list[Call]:
        """The calls that this text completes; a call is complete at the end of its line. Raises ParseError."""
        if self.joined:
            return []
        return self._calls(self._lines.feed(text))

    def finish(self) -> list[Call]:
        """The call in the last line, if it did not end in a line break. Raises ParseError."""
        if self.joined:
            return []
        return self._calls(self._lines.rest())

    def _calls(self, lines: Iterator[tuple[int, str]]) -> list[Call]:
        if self._error is not None:
            raise self._error
        calls: list[Call] = []
        try:
            for line, text in lines:
                call = self._call(line, text)
                if self.joined:
                    break
                if call is not None:
                    calls.append(call)
        except ParseError as error:
            self._error = error
            if not calls:
                raise
        return calls

    def _call(self, line: int, text: str) -> Call | None:
        """The call in a line; None for a line that holds none and for `join()`, which sets `joined`."""
        if text.lstrip().startswith(_END):
            self.joined = True
            return None
        where = f"line {line}"
        head = _HEAD.match(text)
        if head is None:
            if _IGNORED.match(text):
                return None
            raise ParseError(f"{where}: not a call: {shown(text)}")
        call = _read(text[head.end() :], len(self._written) + 1, where)
        if call.tool == JOIN:
            self.joined = True
            return None
        return self._placed(call, int(head[1] or call.number), where)

    def _placed(self, call: Call, written: int, where: str) -> Call:
        """The call with its references by position, where the text has them by written number."""
        if call.number > MAX_CALLS:
            raise ParseError(f"{where}: a plan holds at most {MAX_CALLS} calls: {shown(call.render())}")

        def change(reference: Reference) -> Reference:
            if reference.number in positions:
                return Reference(positions[reference.number])
            if reference.number < call.number:
                raise ParseError(f"{where}: there is no call {reference.number} before it: {shown(call.render())}")
            return reference

        positions = {number: position for position, number in enumerate(self._written, start=1)} | {0: 0}
        self._written.append(written)
        return renumber(call, call.number, change)


def _read(text: str, number: int, where: str) -> Call:
    call, end = read_call(text, number, where)
    if call.tool != JOIN and _ANOTHER_CALL.match(text, end):
        raise ParseError(f"{where}: more than one call: {shown(text)}")
    return call


class _LineReader:
    """Splits text that comes in pieces into lines; a call goes on over line breaks inside strings and brackets."""

    def __init__(self) -> None:
        self._text = ""
        self._number = 1
        self._end = _CallEnd()

    def feed(self, text: str) -> Iterator[tuple[int, str]]:
        """Numbers and texts of the lines that are complete."""
        self._text += text
        start = 0
        while (end := self._line_end(start)) is not None:
            line = self._text[start:end]
            yield self._numbered(line)
            self._number += line.count("\n") + 1
            if self._number > MAX_LINES:
                raise ParseError(f"line {self._number}: a plan holds at most {MAX_LINES} lines")
            self._end = _CallEnd()
            start = end + 1
        self._text = self._text[start:]
        self._end.at -= start
        if len(self._text) > MAX_LENGTH:
            self._numbered(self._text)

    def rest(self) -> Iterator[tuple[int, str]]:
        """The last line, if it holds anything."""
        if self._text:
            yield self._numbered(self._text)
        self._text = ""

    def _line_end(self, start: int) -> int | None:
        """Index of the line break behind the line that begins at `start`, None if it is still to come."""
        head = _HEAD.match(self._text, start)
        if head is None:
            end = self._text.find("\n", start)
        else:
            self._end.at = max(self._end.at, head.end())
            end = self._text.find("\n", self._end.at) if self._end.found(self._text) else -1
        return end if end >= 0 else None

    def _numbered(self, line: str) -> tuple[int, str]:
        if len(line) > MAX_LENGTH:
            raise ParseError(f"line {self._number}: longer than {MAX_LENGTH} characters: {shown(line)}")
        return self._number, line


class _CallEnd:
    """Looks for the parenthesis that closes a call, each character once however the text comes in."""

    def __init__(self) -> None:
        self.at = 0
        self._quote = ""
        self._depth = 0
        self._closed = False

    def found(self, text: str) -> bool:
        """Whether the call closes in `text`; `at` is then the index behind it, else how far the search came."""
        while not self._closed:
            match = _DELIMITER.search(text, self.at)
            if match is None:
                self.at = len(text)
                return False
            if match[0] == "\\" and match.end() == len(text):
                self.at = match.start()
                return False
            self.at = match.end()
            self._pass(match[0])
        return True

    def _pass(self, mark: str) -> None:
        if mark == "\\":
            self.at += 1
        elif self._quote:
            self._quote = "" if mark == self._quote else self._quote
        elif mark in "\"'":
            self._quote = mark
        elif mark in "([{":
            self._depth += 1
        else:
            self._depth -= 1
            self._closed = self._depth == 0
