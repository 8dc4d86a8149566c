"""The journal: whole lines, for its owner alone, readable after damage, shortened where long."""

import errno
import fcntl
import json
import os
import stat
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tinyagent_cli.errors import NotFoundError, TinyAgentError
from tinyagent_cli.execution.journal import LONGEST, Journal, Record, make_record
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.tools.spec import Change, Effect, Outcome

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=timezone.utc)
EFFECTS = {"find": Effect.READ, "create_note": Effect.WRITE, "send": Effect.SEND}


def run(
    request: str = "note Sid's address", *, content: str = "sid@acme.com", changes: tuple[Change, ...] = ()
) -> Record:
    plan = (Call(1, "find", ("Sid",)), Call(2, "create_note", (Reference(1),)), Call(3, "send", ("x",)))
    results = {
        1: StepResult(1, "find", StepState.DONE, Outcome(content), started=0.0, ended=0.1),
        2: StepResult(
            2, "create_note", StepState.DONE, Outcome(None, "Wrote it", changes=changes), started=0.1, ended=0.2
        ),
        3: StepResult(3, "send", StepState.FAILED, error=NotFoundError("nobody", hint="try Bob")),
    }
    return make_record(request, plan, results, EFFECTS, NOW)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("sid@acme.com")
    journal = Journal(tmp_path / "state")
    record = run(changes=(Change(note),))
    journal.append(record)
    assert journal.records() == [record]
    assert record.time == "2026-03-04T09:30:00+00:00"
    assert [step.call for step in record.steps] == ['find("Sid")', 'create_note("$1")', 'send("x")']
    assert record.steps[2].error == "nobody (try Bob)"


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.path.touch(mode=0o644)
    journal.append(run())
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_long_values_are_shortened(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(run(content="long " * 10_000))
    value = journal.records()[0].steps[0].value
    assert len(value) == LONGEST
    assert value.endswith("…")


def test_runs_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    def append(number: int) -> None:
        Journal(tmp_path).append(run(str(number), content="x" * LONGEST))

    threads = [threading.Thread(target=append, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = Journal(tmp_path).path.read_text().splitlines()
    assert sorted(json.loads(line)["request"] for line in lines) == sorted(map(str, range(20)))


def test_a_run_waits_while_another_process_writes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(run("first"))
    writing = threading.Thread(target=journal.append, args=(run("second"),))
    with journal.path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        writing.start()
        writing.join(0.1)
        assert [record.request for record in journal.records()] == ["first"]
    writing.join(20)
    assert [record.request for record in journal.records()] == ["first", "second"]


def test_a_line_that_a_crash_left_open_costs_only_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(run("first"))
    with journal.path.open("ab") as file:
        file.write(b'{"id": "half a li')
    journal.append(run("second"))
    journal.path.write_bytes(journal.path.read_bytes() + b'\xff\xfe\n[]\n{"id": "x"}\n{"id": "y", "steps": [{}]}\n')
    assert [record.request for record in journal.records()] == ["first", "second"]


def test_on_a_full_disk_nothing_of_a_run_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.append(run("first"))
    before = journal.path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TinyAgentError, match=r"cannot write the journal .*No space left"):
            journal.append(run("second"))
    assert journal.path.read_bytes() == before


def test_a_journal_that_cannot_be_opened_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    journal = Journal(tmp_path)
    with pytest.raises(TinyAgentError, match="cannot write the journal"):
        journal.append(run())
    with pytest.raises(TinyAgentError, match="cannot read the journal"):
        journal.records()


def test_the_last_run_is_the_newest_that_acted_and_was_not_undone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.last() is None
    first, second = run("first"), run("second")
    read_only = make_record(
        "look up", (Call(1, "find"),), {1: StepResult(1, "find", StepState.DONE, Outcome(1))}, EFFECTS, NOW
    )
    for record in (first, second, read_only):
        journal.append(record)
    assert journal.last() == second
    journal.mark_undone(second)
    assert journal.last() == first
    assert [record.undone for record in journal.records()] == [False, True, False]
