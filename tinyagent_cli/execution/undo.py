"""Takes back what a run wrote, as far as that is still what it wrote."""

from __future__ import annotations

from pathlib import Path

from tinyagent_cli.atomic import write_whole
from tinyagent_cli.execution.journal import FileChange, Record, StepRecord, fingerprint
from tinyagent_cli.tools.spec import Effect


def undo(record: Record) -> list[str]:
    """Put files back as they were before the run, the last written first; a line for each, and for what stays.

    A file that has changed since is left alone. A step that wrote no file cannot be undone.
    """
    done = [step for step in record.steps if step.state == "done" and step.effect != Effect.READ.value]
    lines = [f"call {step.number} ({step.tool}) cannot be undone" for step in done if not step.changes]
    whole = _whole_changes(sorted(done, key=lambda step: step.ended or 0.0))
    return [_undo(change) for change in reversed(whole)] + lines


def _whole_changes(steps: list[StepRecord]) -> list[FileChange]:
    """One change for each file: from before the first write to after the last."""
    whole: dict[Path, FileChange] = {}
    for step in steps:
        for change in step.changes:
            first = whole.pop(change.path, change)
            whole[change.path] = FileChange(change.path, first.before, change.after)
    return list(whole.values())


def _undo(change: FileChange) -> str:
    if change.after is None or fingerprint(change.path) != change.after:
        return f"{change.path} has changed since, and is left as it is"
    try:
        if change.before is None:
            change.path.unlink()
            return f"removed {change.path}"
        write_whole(change.path.resolve(), change.before.read_bytes())
        return f"restored {change.path}"
    except OSError as error:
        return f"{change.path} cannot be put back: {error.strerror}"
