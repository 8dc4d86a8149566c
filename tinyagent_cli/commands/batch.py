"""`tinyagent plan --batch`: a plan for every line of a JSONL file, in order, each written as it is done."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tinyagent_cli.commands.plan import draft_to_json
from tinyagent_cli.commands.session import Session, read_now
from tinyagent_cli.commands.streams import check_text, print_json, print_warning
from tinyagent_cli.errors import TinyAgentError, UsageError
from tinyagent_cli.plan.signature import Signature, signatures_from_json

if TYPE_CHECKING:
    from tinyagent_cli.drafting import Drafter

STDIN = Path("-")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One line of a batch, checked. `now` is None for the time of the process."""

    query: str
    now: datetime | None
    document: str | None
    tools: list[Signature] | None


def plan_file(session: Session, path: Path) -> None:
    """Plan every line; one that is wrong, or that there is no plan for, gets an error, and the run goes on.

    Raises UsageError if the file cannot be read, and ModelError if the engine cannot be loaded.
    """
    from tinyagent_cli.ui.batch import BatchProgress
    from tinyagent_cli.ui.theme import make_console

    drafter = session.drafter
    failed = total = 0
    with _lines(path) as lines:
        console = make_console(sys.stderr, quiet=session.options.quiet)
        with BatchProgress(console, _count(lines), shared=sys.stdout.isatty()) as progress:
            drafter.ready()
            progress.ready()
            for number, raw in enumerate(lines, 1):
                if raw.strip():
                    answer = _answer(session, drafter, raw, number)
                    total, failed = total + 1, failed + ("error" in answer)
                    with progress.answering():
                        print_json(answer)
    if failed and not session.options.quiet:
        print_warning(f"{failed} of {total} lines have an error")


def read_line(entry: Mapping[str, Any], zone: tzinfo | None) -> Line:
    """A line as it was meant. Raises UsageError saying which key is wrong."""
    query, document, tools = entry.get("query"), entry.get("document"), entry.get("tools")
    if not isinstance(query, str):
        raise UsageError("query must be a text")
    if not isinstance(document, str | None):
        raise UsageError("document must be a text")
    if not isinstance(tools, list | None):
        raise UsageError("tools must be a list")
    check_text(query, "query")
    check_text(document or "", "document")
    try:
        signatures = None if tools is None else signatures_from_json(tools)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return Line(query, _now(entry.get("now"), zone), document, signatures)


def _now(written: object, zone: tzinfo | None) -> datetime | None:
    if written is None:
        return None
    if not isinstance(written, str) or zone is None:
        raise UsageError("now must be a text", hint="YYYY-MM-DD HH:MM")
    return read_now(written, zone)


def _answer(session: Session, drafter: Drafter, raw: bytes, number: int) -> dict[str, Any]:
    """What is printed for a line. Nothing in it may end the run, so errors of any kind are caught."""
    identifier = None
    try:
        entry = _parsed(raw)
        identifier = entry.get("id")
        now = session.clock()
        line = read_line(entry, now.tzinfo)
        draft = drafter.draft(line.query, now=line.now or now, document=line.document, own=line.tools)
        return {"id": identifier} | draft_to_json(draft)
    except TinyAgentError as error:
        problem = str(error)
    except Exception as error:
        _log.debug("line %d", number, exc_info=True)
        problem = f"unexpected: {type(error).__name__}: {error}"
    return {"id": identifier, "error": f"line {number}: {problem}"}


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"not UTF-8 (byte {error.start})") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from error
    if not isinstance(entry, dict):
        raise UsageError("not a JSON object")
    return entry


@contextmanager
def _lines(path: Path) -> Iterator[IO[bytes]]:
    """The lines of the file, one at a time, so that a program can wait for each answer."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="--batch takes a JSONL file") from error
    with file:
        yield file


def _count(lines: IO[bytes]) -> int | None:
    """How many lines are to be planned; None where they can only be read once."""
    if lines is sys.stdin.buffer or not lines.seekable():
        return None
    total = sum(bool(raw.strip()) for raw in lines)
    lines.seek(0)
    return total
