"""Finding files and summarising documents."""

from __future__ import annotations

from pathlib import Path

from tinyagent_cli.assistants.documents import read_document
from tinyagent_cli.assistants.summariser import summarise
from tinyagent_cli.builtin.outcomes import quoted
from tinyagent_cli.errors import AmbiguousError, Choice, ToolError
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def open_and_get_file_path(context: ToolContext, *, file_name: str) -> Outcome:
    """The absolute path of a file, which is opened for the user later, if at all."""
    try:
        return _found(str(context.platform.files.find(file_name)))
    except AmbiguousError as error:
        choices = [Choice(choice.label, _found(choice.value)) for choice in error.choices]
        raise AmbiguousError(error.message, choices) from error


def summarize_pdf(context: ToolContext, *, pdf_path: str) -> Outcome:
    """A few sentences of a document. A text that is no path to a file is itself the document."""
    if not pdf_path.strip():
        raise ToolError("there is nothing to summarise", hint="name a file, or pipe the text in")
    path = _existing_file(pdf_path)
    summary = summarise(pdf_path if path is None else read_document(path))
    return Outcome(summary, f"Summary of {path.name if path else 'the text'}: {quoted(summary)}")


def _found(path: str) -> Outcome:
    return Outcome(path, f"Found {path}", show=path)


def _existing_file(text: str) -> Path | None:
    """The file that a text names; None if it names none, as a document's own text does."""
    try:
        path = Path(text.strip()).expanduser()
        return path if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long for a path, a NUL in it, or a home of nobody
        return None
