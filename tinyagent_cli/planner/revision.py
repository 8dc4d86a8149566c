"""A request that the user changes by a remark, as the planner is asked again: both in one."""

from __future__ import annotations

_SENTENCE_ENDS = (".", "?", "!")


def revised(request: str, remark: str) -> str:
    """The request and the remark behind it, as two sentences."""
    said = request.rstrip()
    return f"{said} {remark}" if said.endswith(_SENTENCE_ENDS) else f"{said.rstrip(',;:')}. {remark}"
