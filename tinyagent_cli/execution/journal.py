"""What was done: one JSON line for each run, only ever added to, so that a run can be looked up and undone."""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Any

from tinyagent_cli.errors import TinyAgentError
from tinyagent_cli.execution.results import StepResult
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.tools.arguments import as_text
from tinyagent_cli.tools.spec import Change, Effect

JOURNAL_FILE = "journal.jsonl"
LONGEST = 300
"""Characters of a value, a summary or an error that are kept."""


@dataclass(frozen=True)
class FileChange:
    """A file that a step wrote: the copy of what was there before (None: nothing), and the hash of what is there since.

    `after` is None if the file was gone again when the run ended.
    """

    path: Path
    before: Path | None
    after: str | None


@dataclass(frozen=True)
class StepRecord:
    """One step of a run. `started` and `ended` are seconds since the run began, None if it did not run."""

    number: int
    tool: str
    effect: str
    call: str
    state: str
    value: str
    summary: str
    error: str
    started: float | None
    ended: float | None
    changes: tuple[FileChange, ...]


@dataclass(frozen=True)
class Record:
    """One run: the request in the user's words, when it was made (ISO, with zone), and what became of each step."""

    id: str
    time: str
    request: str
    steps: tuple[StepRecord, ...]
    undone: bool = False


def make_record(
    request: str, plan: Plan, results: Mapping[int, StepResult], effects: Mapping[str, Effect], now: datetime
) -> Record:
    """A run as it goes into the journal; files are hashed as they are now. `effects` is by tool name."""
    steps = tuple(
        _step(results[call.number], call.render(), effects.get(call.tool)) for call in plan if call.number in results
    )
    return Record(uuid.uuid4().hex[:12], now.isoformat(timespec="seconds"), request, steps)


def fingerprint(path: Path) -> str | None:
    """The SHA-256 of a file's content; None if there is no readable file."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


class Journal:
    """The journal of a folder. Only its owner can read it; several processes may write to it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_FILE

    def append(self, record: Record) -> None:
        """Add a run. Raises TinyAgentError if it cannot be written, and then nothing of it is."""
        entry = asdict(record)
        del entry["undone"]
        self._write(entry)

    def mark_undone(self, record: Record) -> None:
        """Note that a run was undone, so that `last` gives the one before it."""
        self._write({"undone": record.id})

    def records(self) -> list[Record]:
        """Every run, the oldest first. Lines that are damaged are left out. Raises TinyAgentError if unreadable."""
        entries = list(self._entries())
        undone = {entry["undone"] for entry in entries if isinstance(entry.get("undone"), str)}
        records = [_record(entry, entry["id"] in undone) for entry in entries if isinstance(entry.get("id"), str)]
        return [record for record in records if record is not None]

    def last(self) -> Record | None:
        """The newest run that did something other than read and has not been undone."""
        for record in reversed(self.records()):
            if not record.undone and any(_acted(step) for step in record.steps):
                return record
        return None

    def _entries(self) -> Iterator[dict[str, Any]]:
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            raise TinyAgentError(f"cannot read the journal {self.path}: {error.strerror}") from error
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry

    def _write(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", errors="replace") + b"\n"
        try:
            with self._locked() as file:
                size = file.seek(0, os.SEEK_END)
                try:
                    _write_all(file, _line_end(file, size) + line)
                    os.fsync(file.fileno())
                except OSError:
                    os.ftruncate(file.fileno(), size)
                    raise
        except OSError as error:
            problem = f"cannot write the journal {self.path}: {error.strerror}"
            raise TinyAgentError(problem, hint="this run can not be undone") from error

    @contextmanager
    def _locked(self) -> Iterator[FileIO]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(file.fileno(), 0o600)
            yield file


def _line_end(file: FileIO, size: int) -> bytes:
    """What ends a line that a crash left open."""
    if not size:
        return b""
    file.seek(size - 1)
    return b"" if file.read(1) == b"\n" else b"\n"


def _write_all(file: FileIO, data: bytes) -> None:
    while data:
        data = data[file.write(data) :]


def _acted(step: StepRecord) -> bool:
    return step.state == "done" and step.effect != Effect.READ.value


def _step(result: StepResult, call: str, effect: Effect | None) -> StepRecord:
    changes: Iterable[Change] = result.outcome.changes if result.outcome else ()
    return StepRecord(
        result.number,
        result.tool,
        effect.value if effect else "",
        call,
        result.state.value,
        _short(as_text(result.value)),
        _short(result.outcome.summary if result.outcome else result.reason),
        _short(str(result.error) if result.error else ""),
        result.started,
        result.ended,
        tuple(FileChange(change.path, change.before, fingerprint(change.path)) for change in changes),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _record(entry: Mapping[str, Any], undone: bool) -> Record | None:
    """A run as it was written; None if that is not what we write."""
    try:
        steps = tuple(
            StepRecord(**{**step, "changes": tuple(_change(change) for change in step["changes"])})
            for step in entry["steps"]
        )
        return Record(entry["id"], entry["time"], entry["request"], steps, undone)
    except (KeyError, TypeError):
        return None


def _change(entry: Mapping[str, Any]) -> FileChange:
    return FileChange(Path(entry["path"]), Path(entry["before"]) if entry["before"] else None, entry["after"])
