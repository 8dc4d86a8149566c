"""Whether an argument of a plan is as right as the one of a reference plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tinyagent_cli.plan.call import Argument, Reference, Template, references
from tinyagent_cli.plan.signature import Parameter
from tinyagent_cli.plan.words import content_words, name_key

Resolve: TypeAlias = Callable[[str], Any]
"""What a date phrase means, as anything that can be compared; None for a phrase that means no date."""

Rename: TypeAlias = Callable[[int], int]
"""The number under which a result of the plan goes in the reference plan."""


def matches(
    value: Argument, wanted: Argument, parameter: Parameter, *, rename: Rename, resolve: Resolve | None = None
) -> bool:
    """Whether a value matches the wanted one, as the conventions score parameters of its kind.

    Names, flags, numbers and references match exactly, but for case, outer white space and a leading article; lists do
    in any order. Dates match when they resolve to the same, free text when it carries the same
    results and neither side has more than half of its content words to itself.
    """
    if is_free_text(parameter):
        return _same_message(value, wanted, rename)
    if parameter.type == "date" and resolve is not None and isinstance(value, str) and isinstance(wanted, str):
        moment = resolve(value)
        if moment is not None:
            return bool(moment == resolve(wanted))
    return _key(value, rename) == _key(wanted, int)


def is_free_text(parameter: Parameter) -> bool:
    """Whether a parameter takes text in any words."""
    return parameter.type == "str" and parameter.source == "text" and not parameter.choices


def _same_message(value: Argument, wanted: Argument, rename: Rename) -> bool:
    if sorted(map(rename, references(value))) != sorted(references(wanted)):
        return False
    ours, theirs = content_words(_plain(value)), content_words(_plain(wanted))
    if not ours or not theirs:
        return ours == theirs
    return 2 * len(ours & theirs) >= max(len(ours), len(theirs))


def _plain(value: Argument) -> str:
    """The text around the results."""
    if isinstance(value, Reference):
        return ""
    if isinstance(value, Template):
        return " ".join(part for part in value.parts if isinstance(part, str))
    return str(value)


def _key(value: Argument, rename: Rename) -> tuple[str, Any]:
    """Equal for values that match exactly; kinds are told apart, since to Python True is 1."""
    if isinstance(value, Reference):
        return "result", rename(value.number)
    if isinstance(value, str):
        return "text", name_key(value)
    if isinstance(value, Template):
        return "text", tuple(_key(part, rename) for part in value.parts)
    if isinstance(value, tuple):
        return "list", tuple(sorted((_key(item, rename) for item in value), key=repr))
    if isinstance(value, Mapping):
        return "dictionary", tuple(sorted(((key, _key(item, rename)) for key, item in value.items()), key=repr))
    return ("flag" if value is None or isinstance(value, bool) else "number"), value
