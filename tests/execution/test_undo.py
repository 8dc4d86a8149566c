"""Undo puts files back as they were, leaves alone what has changed since, and says what it cannot take back."""

from datetime import datetime, timezone
from pathlib import Path

from tinyagent_cli.execution.journal import Journal, Record, make_record
from tinyagent_cli.execution.results import StepResult, StepState
from tinyagent_cli.execution.undo import undo
from tinyagent_cli.plan.call import Call
from tinyagent_cli.tools.spec import Change, Effect, Outcome

EFFECTS = {"write": Effect.WRITE, "send": Effect.SEND, "read": Effect.READ}


def run(folder: Path, *steps: tuple[str, tuple[Change, ...]]) -> Record:
    """A run whose steps ended in this order, by way of a journal on disk."""
    plan = tuple(Call(number, tool) for number, (tool, _) in enumerate(steps, 1))
    results = {
        number: StepResult(number, tool, StepState.DONE, Outcome("", changes=changes), started=0.0, ended=float(number))
        for number, (tool, changes) in enumerate(steps, 1)
    }
    journal = Journal(folder)
    journal.append(make_record("a request", plan, results, EFFECTS, datetime.now(timezone.utc)))
    return journal.records()[-1]


def test_a_new_file_is_removed(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("new")
    assert undo(run(tmp_path, ("write", (Change(note),)))) == [f"removed {note}"]
    assert not note.exists()


def test_a_file_written_twice_is_as_before_the_first_time(tmp_path: Path) -> None:
    note, first, second = tmp_path / "note.md", tmp_path / "first", tmp_path / "second"
    first.write_text("at first")
    second.write_text("at first, then")
    note.write_text("at first, then, at last")
    note.chmod(0o640)
    record = run(tmp_path, ("write", (Change(note, first),)), ("write", (Change(note, second),)))
    assert undo(record) == [f"restored {note}"]
    assert note.read_text() == "at first"
    assert note.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_and_its_target_is_restored(tmp_path: Path) -> None:
    real, link, copy = tmp_path / "real.md", tmp_path / "link.md", tmp_path / "copy"
    copy.write_text("old")
    real.write_text("new")
    link.symlink_to(real)
    assert undo(run(tmp_path, ("write", (Change(link, copy),)))) == [f"restored {link}"]
    assert link.is_symlink()
    assert real.read_text() == "old"


def test_what_has_changed_since_is_left_alone(tmp_path: Path) -> None:
    note, gone = tmp_path / "note.md", tmp_path / "gone.md"
    note.write_text("new")
    gone.write_text("new")
    record = run(tmp_path, ("write", (Change(note), Change(gone))))
    note.write_text("edited by hand")
    gone.unlink()
    assert undo(record) == [
        f"{gone} has changed since, and is left as it is",
        f"{note} has changed since, and is left as it is",
    ]
    assert note.read_text() == "edited by hand"


def test_a_copy_that_is_gone_leaves_the_file_whole(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("new")
    record = run(tmp_path, ("write", (Change(note, tmp_path / "copy"),)))
    assert undo(record) == [f"{note} cannot be put back: No such file or directory"]
    assert note.read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.jsonl", "note.md"]


def test_what_wrote_no_file_cannot_be_undone(tmp_path: Path) -> None:
    assert undo(run(tmp_path, ("read", ()), ("send", ()))) == ["call 2 (send) cannot be undone"]
