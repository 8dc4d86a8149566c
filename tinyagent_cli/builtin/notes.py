"""Writing, opening and adding to notes."""

from __future__ import annotations

from tinyagent_cli.builtin.outcomes import done, quoted
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def create_note(context: ToolContext, *, name: str, content: str, folder: str) -> Outcome:
    """Write a new note; an existing one of that name stays as it is."""
    written = context.platform.notes.create(name, content, folder)
    return done(f"Note {quoted(written.path.stem)} saved as {written.path}", written)


def open_note(context: ToolContext, *, name: str, folder: str) -> Outcome:
    """The text of a note."""
    note = context.platform.notes.open(name, folder)
    return Outcome(note.text, f"Note {quoted(note.title)}: {quoted(note.text)}")


def append_note_content(context: ToolContext, *, name: str, content: str, folder: str) -> Outcome:
    """Add text at the end of a note."""
    written = context.platform.notes.append(name, content, folder)
    return done(f"Added {quoted(content)} to the note {written.path}", written)
