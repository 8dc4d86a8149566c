r"""The grammar that a plan is decoded under, in the Lark syntax of llguidance.

Only offered tools with arguments of their types can be written, references only to earlier lines, and
what must be copied only as words that stand in the request; `join()` is open at every line. Lines look
as `Call.render` writes them, with their number in front: `2. open_note("Notes", "")`.

The syntax is described in llguidance's docs/syntax.md. Whole values are terminals, because llguidance's
lexer is much faster than its parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from tinyagent_cli.plan.call import JOIN, render
from tinyagent_cli.plan.signature import Parameter, Signature

MAX_CALLS = 16
"""Calls in one plan; requests rarely need more than ten."""

MAX_PIECES = 3
"""Pieces of the request that one date may be put together from."""

_VALUES = rf"""
EMPTY: "\"\""
INT: /-?(0|[1-9][0-9]{{0,14}})/
FLOAT: /-?(0|[1-9][0-9]{{0,14}})(\.[0-9]{{1,15}})?/
BOOL: "True" | "False"
COPY: "\"" COPIED "\""
DATE: "\"" DATE_WORDS "\""
DATE_WORDS: PIECES & /[^ ]+( [^ ]+)*/
PIECES: WORDS (" " WORDS){{0,{MAX_PIECES - 1}}}
ISO_DATE: /"[0-9]{{4}}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?"/
"""

_CHUNK = re.compile(
    r"\\u[0-9a-f]{4}|\\.|[0-9A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u058f\u10a0-\u10ff\u1e00-\u1fff]+|.", re.DOTALL
)
"""An escape, a word of an alphabet that sets words apart, or any one character."""

_PLAIN = r'[^"\\$\x00-\x1f\x7f]'
_NOT_A_DIGIT = r'[^"\\$\x00-\x1f\x7f0-9]'
_NOT_A_NUMBER = r'[^"\\$\x00-\x1f\x7f0-9{]'
_ESCAPE = r'\\["\\\/bfnrt$]'


def plan_grammar(
    tools: Iterable[Signature],
    request: str,
    *,
    has_document: bool = False,
    max_calls: int = MAX_CALLS,
    iso_dates: bool = False,
) -> str:
    """The grammar of plans for a request, out of the tools on offer.

    With `has_document`, `$0` may stand at every line; with `iso_dates`, dates may also be written as
    `YYYY-MM-DD HH:MM:SS`.
    """
    offered = list(tools)
    rules = ["start: line1", _VALUES.strip(), *_words_of(request)]
    for number in range(1, max_calls + 1):
        earlier = [*range(number - 1, 0, -1), *([0] if has_document else [])]
        rules += _Line(number, earlier, iso_dates).rules(offered)
    rules.append(f'line{max_calls + 1}: "{max_calls + 1}. {JOIN}()"')
    return "\n".join(rules)


def chunks(text: str) -> list[str]:
    """A text, written as inside quotes, in the pieces that a copy may begin and end between.

    Words of scripts that write words apart are one piece; elsewhere every character is, since
    particles and articles stand unseparated around a name.
    """
    return _CHUNK.findall(render(" ".join(text.split()))[1:-1])


def _words_of(request: str) -> Iterator[str]:
    """Runs of the request's words, and single words without a final s: "Femke" of "Femkes number"."""
    words = chunks(request)
    stems = {word[:-1]: None for word in words if len(word) > 3 and word.isalpha() and word.endswith("s")}
    yield "WORDS: %regex " + json.dumps({"substring_chunks": words}, ensure_ascii=False)
    yield "COPIED: " + " | ".join(["WORDS & /[^ ](.*[^ ])?/", *map(_literal, stems)])


class _Line:
    """The rules of one numbered line; `earlier` are the results that it may refer to."""

    def __init__(self, number: int, earlier: Sequence[int], iso_dates: bool) -> None:
        self.number = number
        self.earlier = earlier
        self.reference = f"REF_{number}" if earlier else ""
        self.text = f"TEXT_{number}"
        self.date = ("DATE", "EMPTY", "ISO_DATE") if iso_dates else ("DATE", "EMPTY")

    def rules(self, tools: Sequence[Signature]) -> Iterator[str]:
        """The line, its calls and the values that depend on what came before it."""
        calls = [call for tool in tools if (call := self._call(tool))]
        step = f' | ({" | ".join(calls)}) "\\n" line{self.number + 1}' if calls else ""
        yield f'line{self.number}: "{self.number}. " ("{JOIN}()"{step})'
        numbers = "|".join(map(str, self.earlier))
        if numbers:
            yield rf'{self.reference}: /"\$({numbers})"/'
        yield f'{self.text}: /"{_free_text(numbers)}"/'

    def _call(self, tool: Signature) -> str:
        """The call of a tool; empty where a parameter needs a result and there is none yet."""
        arguments = [self._argument(parameter) for parameter in tool.parameters]
        if not all(arguments):
            return ""
        written = ' ", " '.join(arguments)
        return f'{_literal(tool.name + "(")} {written} ")"' if written else _literal(tool.name + "()")

    def _argument(self, parameter: Parameter) -> str:
        if parameter.type == "list[str]":
            return self._list(parameter)
        if parameter.type == "str":
            return self._string(parameter)
        if parameter.type == "date":
            return self._one_of(*self.date, self.reference)
        return self._one_of(parameter.type.upper(), self.reference)

    def _string(self, parameter: Parameter) -> str:
        empty = "" if parameter.required else "EMPTY"
        if parameter.choices:
            return self._one_of(*(_literal(render(choice)) for choice in parameter.choices), empty)
        return self._one_of(*self._source(parameter), empty if parameter.source != "text" else "")

    def _list(self, parameter: Parameter) -> str:
        item = self._one_of(*self._source(parameter))
        items = f'"[" {item} (", " {item})* "]"' if item else ""
        return self._one_of('"[]"', items, self.reference)

    def _source(self, parameter: Parameter) -> tuple[str, ...]:
        if parameter.source == "copy":
            return ("COPY", self.reference)
        return (self.reference,) if parameter.source == "result" else (self.text,)

    @staticmethod
    def _one_of(*alternatives: str) -> str:
        given = [alternative for alternative in alternatives if alternative]
        return f"({' | '.join(given)})" if given else ""


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _free_text(numbers: str) -> str:
    r"""A regular expression for the inside of a string in which `$n` is one of `numbers`.

    There is no look-ahead: what may follow a dollar sign or a reference is spelt out.
    """
    plain = f"{_PLAIN}|{_ESCAPE}"
    lone_dollar = rf"\$({_NOT_A_NUMBER}|{_ESCAPE})"
    if not numbers:
        return rf"({plain}|{lone_dollar})*\$?"
    results = rf"(\$({numbers}))+"
    return rf"({plain}|{lone_dollar}|{results}({_NOT_A_DIGIT}|{_ESCAPE}))*(\$|{results})?"
