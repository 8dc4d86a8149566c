"""Mail without a model: the user's own words in a plain frame of greeting and name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

LONGEST_SUBJECT = 60
"""Characters of a subject made from a mail's own words."""

_MOST_GREETED = 3
_GREETING = re.compile(
    r"\s*(hi|hello|hey|dear|good (morning|afternoon|evening)|greetings)\b[^\n.]{0,60}(\n|,|!|$)", re.I
)
_MARKUP = re.compile(r"^[#>*+\-\s]+")
_TITLES = ("Dr", "Dr.", "Prof", "Prof.", "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.")


def write_mail(words: str, recipients: Sequence[str], sender: str) -> str:
    """A mail's body. `recipients` are names ("" where unknown), `sender` is the user's name or "".

    Words that greet already are not greeted again.
    """
    parts = [] if _GREETING.match(words) else [f"{_greeting(recipients)},"]
    if words.strip():
        parts.append(words.strip())
    if sender:
        parts.append(f"Best regards,\n{sender}")
    return "\n\n".join(parts) + "\n"


def subject_from(words: str, attachments: Sequence[Path]) -> str:
    """A subject for a mail that was given none: its first words, or what is attached."""
    lines = (" ".join(_MARKUP.sub("", line).split()) for line in words.splitlines() if not _GREETING.match(line))
    first = next((line for line in lines if line), "") or ", ".join(path.name for path in attachments)
    if len(first) <= LONGEST_SUBJECT:
        return first.rstrip(".,;:") or "(no subject)"
    return first[:LONGEST_SUBJECT].rsplit(" ", 1)[0].rstrip(".,;:") + " ..."


def _greeting(recipients: Sequence[str]) -> str:
    if not recipients or not all(recipients):
        return "Hello"
    if len(recipients) > _MOST_GREETED:
        return "Hello all"
    *others, last = [_short(name) for name in recipients]
    return f"Hi {', '.join(others)} and {last}" if others else f"Hi {last}"


def _short(name: str) -> str:
    """The first name, or title and last name where there is a title."""
    parts = name.split()
    if len(parts) > 1 and parts[0] in _TITLES:
        return f"{parts[0]} {parts[-1]}"
    return parts[0]
