"""Standard streams: problems on standard error, what is piped in, JSON on standard output."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Mapping
from typing import Any

from tinyagent_cli.errors import TinyAgentError, UsageError

LONGEST_TRANSCRIPT = 20_000
LONGEST_DOCUMENT = 1_000_000
"""Characters that may be piped in."""

_TITLES = ("dr", "mr", "mrs", "ms", "st", "prof", "jr", "sr")
_MONTHS = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun")
_OTHERS = ("no", "vs", "etc", "approx", "dept", "inc", "ltd", "co", "e.g", "i.e", "ave", "blvd", "rd")
_ABBREVIATIONS = frozenset((*_TITLES, *_MONTHS, *_DAYS, *_OTHERS))
_HALF_DAY = frozenset({"a.m", "p.m"})
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]”’]*\s+")


def print_problem(error: TinyAgentError) -> None:
    """What happened and what to do, a line each."""
    print_line("error", error.message)
    if error.hint:
        print_line("hint", error.hint)


def print_warning(message: str) -> None:
    """A line on something that is not as it should be, but stops nothing."""
    print_line("warning", message)


def print_line(kind: str, message: str) -> None:
    """`tinyagent: kind: message` on standard error, on one line whatever is in the message."""
    from tinyagent_cli.ui.text import one_line

    if sys.stderr is not None:
        encoding = sys.stderr.encoding or "ascii"
        line = f"tinyagent: {kind}: {one_line(message)}\n"
        sys.stderr.write(line.encode(encoding, errors="backslashreplace").decode(encoding))
        sys.stderr.flush()


def print_json(value: Mapping[str, Any], *, indent: int | None = None) -> None:
    """One JSON object on standard output, in ASCII where the stream cannot hold more."""
    plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=plain, indent=indent)
    sys.stdout.write(text.encode("utf-8", errors="replace").decode("utf-8") + "\n")
    sys.stdout.flush()


def piped_text() -> str | None:
    """What is piped in, or None if nothing is: a terminal, /dev/null, a closed or an empty stream.

    Raises UsageError for what is not UTF-8, holds a NUL or is too long.
    """
    if not _is_piped():
        return None
    limit = LONGEST_DOCUMENT * 4 + 4
    try:
        content = sys.stdin.buffer.read(limit)
    except OSError as error:
        raise UsageError(f"cannot read standard input: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) < limit:
            raise UsageError(f"standard input is not UTF-8 (byte {error.start})", hint="convert it first") from error
        text = ""
    if len(content) == limit or len(text) > LONGEST_DOCUMENT:
        raise UsageError(f"standard input is longer than {LONGEST_DOCUMENT:,} characters", hint="pipe in less")
    check_text(text, "standard input")
    return text if text.strip() else None


def check_text(text: str, where: str) -> None:
    """Raise UsageError for text that cannot be what the user means to say."""
    if "\0" in text:
        raise UsageError(f"{where} has a NUL in it (character {text.index(chr(0))})", hint="pipe in text, not binary")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{where} is not valid UTF-8", hint="check the encoding of your terminal")


def requests_in(transcript: str) -> list[str]:
    """The requests of a transcript, in order: each line one, or each sentence where there is but one line.

    Raises UsageError for one that is too long to be a transcript.
    """
    if len(transcript) > LONGEST_TRANSCRIPT:
        problem = (
            f"the piped requests are {len(transcript):,} characters long, at most {LONGEST_TRANSCRIPT:,} are taken"
        )
        raise UsageError(
            problem, hint='text to work on goes beside a request: cat notes.txt | tinyagent "email Sid this"'
        )
    lines = [line.strip() for line in transcript.splitlines() if line.strip()]
    return lines if len(lines) != 1 else sentences(lines[0])


def sentences(line: str) -> list[str]:
    """A line cut behind its full stops, except those of abbreviations and inside quotation marks."""
    found, begin = [], 0
    for end in _SENTENCE_END.finditer(line):
        if _ends_sentence(line, begin, end):
            found.append(line[begin : end.end()].strip())
            begin = end.end()
    return [*found, line[begin:].strip()]


def _ends_sentence(line: str, begin: int, end: re.Match[str]) -> bool:
    sentence, following = line[begin : end.start()], line[end.end() :]
    if (line[begin : end.end()].count('"') % 2) or not following:
        return False
    if end[0].rstrip()[-1] not in ".!?" and following[0].islower():
        return False
    if not end[0].startswith(".") or end[0].startswith(".."):
        return True
    word = re.split(r"[\s(]", sentence)[-1].lower()
    if word in _HALF_DAY:
        return following[0].isupper()
    return word not in _ABBREVIATIONS and not re.fullmatch(r"[a-z]", word)


def _is_piped() -> bool:
    """Whether there is something to read: a device such as /dev/null would say nothing, or wait for ever."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode if sys.stdin is not None else 0
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)
