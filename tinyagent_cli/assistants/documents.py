"""The text of a document: PDF by pypdf, and anything that is plain text."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tinyagent_cli.errors import ToolError

if TYPE_CHECKING:
    from pypdf import PdfReader

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes above which a document is not read."""

LONGEST_TEXT = 2_000_000
"""Characters after which the rest of a document is left out."""

TIME_LIMIT = 45.0
"""Seconds after which the remaining pages of a PDF are left out."""


def read_document(path: Path) -> str:
    """The text of a PDF or a text file.

    Raises ToolError if the file is missing, too large, locked by a password, damaged, scanned
    (pictures of text), or holds no text at all.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 1024 // 1024
            raise ToolError(f"{path} is too large to read ({limit} MB at most)", hint="split it")
        with path.open("rb") as file:
            is_pdf = b"%PDF-" in file.read(1024)
        text = _pdf_text(path) if is_pdf else _plain_text(path)
    except OSError as error:
        raise ToolError(f"cannot read {path}: {error.strerror}", hint="check the file and its permissions") from error
    if not text.strip():
        hint = "if it is scanned, run a text recogniser such as ocrmypdf over it first"
        raise ToolError(f"{path} holds no text", hint=hint)
    return text


def _plain_text(path: Path) -> str:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text:
        raise ToolError(f"{path} is neither a PDF nor plain text", hint="export it as PDF first")
    return text[:LONGEST_TEXT]


def _pdf_text(path: Path) -> str:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    locked = ToolError(f"{path} is locked by a password", hint="save a copy without the password")
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise locked
            return "\n\n".join(_pages(reader))
    except (DependencyError, FileNotDecryptedError) as error:
        raise locked from error
    except (ToolError, OSError):
        raise
    except Exception as error:  # pypdf raises nearly anything on a damaged file
        raise ToolError(f"{path} is damaged: {_reason(error)}", hint="open it and save it anew") from error


def _pages(reader: PdfReader) -> Iterator[str]:
    """The text of pages, until there is too much of it or the time is up."""
    length, deadline = 0, time.monotonic() + TIME_LIMIT
    for page in reader.pages:
        text = page.extract_text()
        length += len(text)
        yield text
        if length > LONGEST_TEXT or time.monotonic() > deadline:
            return


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
