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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from tinyagent_cli.plan.call import JOIN, Call, render
from tinyagent_cli.plan.signature import STATUS, Parameter, Signature

MAX_CALLS = 16
"""Calls in one plan; requests rarely need more than ten."""

MAX_CHUNKS = 32
"""Words and signs within which a text that matches a pattern is looked for; an address spelt out takes about twenty."""

MAX_PIECES = 3
"""Pieces of the request that one date may be put together from."""

_VALUES = rf"""
EMPTY: "\"\""
BOOL: "True" | "False"
COPY: "\"" COPY_WORDS "\""
DATE: "\"" DATE_WORDS "\""
DATE_WORDS: PIECES & /[^ ]+( [^ ]+)*/
PIECES: WORDS (" " WORDS){{0,{MAX_PIECES - 1}}}
ISO_DATE: /"[0-9]{{4}}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?)?"/
"""

_LETTER = r"[0-9A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u058f\u10a0-\u10ff\u1e00-\u1fff]"
_CHUNK = re.compile(
    rf"""\\u[0-9a-f]{{4}} | \\.                # an escape
      | {_LETTER}[\w.+-]*@[\w.-]*{_LETTER}    # an address
      | {_LETTER}[\w.-]*\.([a-z0-9]{{2,4}}|[A-Z0-9]{{2,4}})\b  # a file
      | ['\u2019](s|t|d|m|ll|re|ve)\b         # an ending
      | {_LETTER}+((-|['\u2019](?=\w\w))[A-Za-z\u00c0-\u058f]+)*  # a word of an alphabet that sets words apart
      | .""",
    re.DOTALL | re.VERBOSE,
)
"""What a copy holds whole or not at all; of scripts that write words together, any one character."""

_AMOUNT = re.compile(r"[$€£¥₹] ?[1-9][0-9,]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_LETTERS = r"0-9A-Za-z\u00c0-\u058f"
_NO_LETTER = rf"[^{_LETTERS}]"
_NOT_OWNED = "and|or|then|that|is|to|at|on|number|phone|email|address"
_SAME_NAME = "|".join(
    [
        rf"s?([^'’{_LETTERS}-].*)?",  # words
        rf"s?-([^{_LETTERS}].*)?",  # a dash, not "-Ann"
        rf"s?['’]s?([^ {_LETTERS}].*)?",  # an ending or a quote
        rf"s?['’]s? ({_NOT_OWNED})( .*)?",  # "'s number", not "'s gran"
        r"['’] .*",  # a quote, but after an s, where it may be an ending: "James' gran"
    ]
)
"""What may stand behind a name that is still the same name."""

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
    rules = ["start: line1", *_values(offered, request)]
    for number in range(1, max_calls + 1):
        results = dict.fromkeys(range(number - 1, 0, -1), "") | ({0: "document"} if has_document else {})
        line = _Line(number, offered, request, results, iso_dates=iso_dates)
        rules += line.rules(f"{number}. ", after=f' "\\n" line{number + 1}')
    rules.append(f'line{max_calls + 1}: "{max_calls + 1}. {JOIN}()"')
    return "\n".join(rules)


def line_grammar(tools: Iterable[Signature], request: str, earlier: Sequence[Call], results: Mapping[int, str]) -> str:
    """The grammar of the line that follows `earlier`, from behind its number and dot to its line break.

    What ends the plan has no line break. The number is for the caller to write, since there is no choice in it.
    `results` are the kinds of the results so far, by number. Knowing them, a line can only take results of
    a kind that fits, and never looks up what was looked up together with words around it; what is a person's
    own, "Sid's gran", is somebody else.
    """
    offered, number = list(tools), len(earlier) + 1
    line = _Line(number, offered, request, dict(sorted(results.items(), reverse=True)), said=_said(earlier))
    return "\n".join([f"start: line{number}", *_values(offered, request), *line.rules(" ", after=' "\\n"')])


def _values(tools: Iterable[Signature], request: str) -> Iterator[str]:
    """The terminals that are the same in every line."""
    yield _VALUES.strip()
    yield from _numbers(request)
    yield from _words_of(request)
    for pattern, name in _patterns(tools, request).items():
        yield f"{name}_WORDS: COPY_WORDS & /{_delimited(pattern)}/i"
        yield f'{name}: "\\"" {name}_WORDS "\\""'


def _patterns(tools: Iterable[Signature], request: str) -> dict[str, str]:
    """Names for the patterns that copied texts must match, of those that something in the request matches."""
    patterns = (parameter.pattern for tool in tools for parameter in tool.parameters if parameter.pattern)
    found = (pattern for pattern in dict.fromkeys(patterns) if _is_met(pattern, request))
    return {pattern: f"COPY_{number}" for number, pattern in enumerate(found, 1)}


@lru_cache(maxsize=256)
def _is_met(pattern: str, request: str) -> bool:
    """Whether some words of the request match: a call for which none do would be a dead end for the decoder."""
    words, matches = chunks(request), re.compile(pattern, re.IGNORECASE).fullmatch
    return any(
        matches("".join(words[first:end]))
        for first in range(len(words))
        for end in range(first + 1, min(first + MAX_CHUNKS, len(words)) + 1)
        if " " not in (words[first], words[end - 1])
    )


def _delimited(pattern: str) -> str:
    """A regular expression as it stands between slashes."""
    return re.sub(r"(?<!\\)/", r"\/", pattern)


def _said(earlier: Sequence[Call]) -> dict[str, list[str]]:
    """What lookups by one text have looked up, by tool."""
    said: dict[str, list[str]] = {}
    for call in earlier:
        if len(call.arguments) == 1 and isinstance(text := call.arguments[0], str):
            said.setdefault(call.tool, []).append(text)
    return said


def chunks(text: str) -> list[str]:
    """A text, written as inside quotes, in the pieces that a copy may begin and end between.

    Words of scripts that write words apart are one piece; elsewhere every character is, since
    particles and articles stand unseparated around a name.
    """
    return [match[0] for match in _CHUNK.finditer(render(" ".join(text.split()))[1:-1])]


def _numbers(request: str) -> Iterator[str]:
    """Whole numbers and others. They may be computed ("half an hour" is 30), but no amount is cut: 12,000 is not 12."""
    amounts = {re.sub(r"[^0-9]", "", amount) for amount in _AMOUNT.findall(request)}
    others = set(re.findall("[0-9]+", _AMOUNT.sub(" ", request)))
    cut = {amount[:end] for amount in amounts for end in range(2, len(amount))} - others
    uncut = f" & ~/({'|'.join(sorted(cut))})/" if cut else ""
    yield f"INT: /-?(0|[1-9][0-9]{{0,14}})/{uncut}"
    yield rf"FLOAT: /-?(0|[1-9][0-9]{{0,14}})(\.[0-9]{{1,15}})?/{uncut}"


def _words_of(request: str) -> Iterator[str]:
    """Runs of the request's words, and single words without a final s: "Femke" of "Femkes number"."""
    words = chunks(request)
    stems = {word[:-1]: None for word in words if len(word) > 3 and word.isalpha() and word.endswith("s")}
    yield "WORDS: %regex " + json.dumps({"substring_chunks": words}, ensure_ascii=False)
    yield "COPY_WORDS: " + " | ".join(["WORDS & /[^ ](.*[^ ])?/", *map(_literal, stems)])


class _Line:
    """One numbered line. `results` are the kinds of what it may refer to, by number, in order of preference."""

    def __init__(
        self,
        number: int,
        tools: Sequence[Signature],
        request: str,
        results: Mapping[int, str],
        *,
        iso_dates: bool = False,
        said: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.number = number
        self.tools = tools
        self.results = results
        self.said = said
        self.unsaid = {tool: f"UNSAID_{index}" for index, tool in enumerate(said, 1)}
        self.patterns = _patterns(tools, request)
        self.text = f"TEXT_{number}"
        self.date = ("DATE", "EMPTY", "ISO_DATE") if iso_dates else ("DATE", "EMPTY")

    def rules(self, before: str, after: str) -> Iterator[str]:
        """The line, `join()` or a call between `before` and `after`, and the terminals that depend on earlier lines."""
        numbers = [number for number, kind in self.results.items() if kind != STATUS]
        yield rf'{self.text}: /"{_free_text("|".join(map(str, numbers)))}"/'
        for tool in self.tools:
            if tool.name in self.said:
                yield from self._unsaid(tool)
        calls = [call for tool in self.tools if (call := self._call(tool))]
        step = f" | ({' | '.join(calls)}){after}" if calls else ""
        yield f'line{self.number}: {_literal(before)} ("{JOIN}()"{step})'

    def _unsaid(self, tool: Signature) -> Iterator[str]:
        """What a lookup can still look up: a text it had, or one that holds none of them as words around a name."""
        again = " | ".join(_literal(render(text)) for text in self.said[tool.name])
        stems = [render(text)[1:-1].removesuffix("s") for text in self.said[tool.name]]
        known = "|".join(re.escape(stem).replace("/", r"\/") for stem in stems)
        name, copied = self.unsaid[tool.name], self._copy(tool.parameters[0])
        if copied:
            yield rf"{name}_WORDS: {copied}_WORDS & ~/(.*{_NO_LETTER})?({known})({_SAME_NAME})/"
            again = f'("\\"" {name}_WORDS "\\"") | {again}'
        yield f"{name}: {again}"

    def _copy(self, parameter: Parameter) -> str:
        """The terminal of the texts that a parameter can copy; empty where nothing in the request fits."""
        return self.patterns.get(parameter.pattern, "") if parameter.pattern else "COPY"

    def _call(self, tool: Signature) -> str:
        """The call of a tool; empty where a parameter needs a result and there is none yet."""
        arguments = [self._argument(tool, parameter) for parameter in tool.parameters]
        if not all(arguments):
            return ""
        written = ' ", " '.join(arguments)
        return f'{_literal(tool.name + "(")} {written} ")"' if written else _literal(tool.name + "()")

    def _argument(self, tool: Signature, parameter: Parameter) -> str:
        if parameter.type == "list[str]":
            return self._list(parameter)
        if parameter.type == "str":
            return self._string(tool, parameter)
        if parameter.type == "date":
            return self._one_of(*self.date, self._reference(parameter))
        return self._one_of(parameter.type.upper(), self._reference(parameter))

    def _string(self, tool: Signature, parameter: Parameter) -> str:
        empty = "" if parameter.required else "EMPTY"
        if parameter.choices:
            return self._one_of(*(_literal(render(choice)) for choice in parameter.choices), empty)
        if tool.name in self.said and parameter.source == "copy":
            return self._one_of(self.unsaid[tool.name], self._reference(parameter))
        return self._one_of(*self._source(parameter), empty if parameter.source != "text" else "")

    def _list(self, parameter: Parameter) -> str:
        item = self._one_of(*self._source(parameter))
        items = f'"[" {item} (", " {item})* "]"' if item else ""
        return self._one_of("" if parameter.required else '"[]"', items, self._reference(parameter))

    def _source(self, parameter: Parameter) -> tuple[str, ...]:
        if parameter.source == "copy":
            return (self._copy(parameter), self._reference(parameter))
        return (self._reference(parameter),) if parameter.source == "result" else (self.text,)

    def _reference(self, parameter: Parameter) -> str:
        """A whole result of a kind that the parameter takes; empty where there is none yet.

        Where any kind will do, a text may hold several, with a space between.
        """
        numbers = "|".join(str(number) for number, kind in self.results.items() if parameter.takes(kind))
        several = parameter.type == "str" and parameter.source == "copy" and not parameter.accepts
        more = rf"( \$({numbers}))*" if several else ""
        return rf'/"\$({numbers}){more}"/' if numbers else ""

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
