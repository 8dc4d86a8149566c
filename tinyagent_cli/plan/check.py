"""Checks that calls can be run: known tools, right types, results that are there, nothing invented."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.binding import arrange, locate, near_misses, typed
from tinyagent_cli.plan.call import Argument, Call, Plan, Reference, Template, references, replace_references
from tinyagent_cli.plan.signature import Parameter, Signature, Signatures
from tinyagent_cli.plan.words import stands_in, words

DOCUMENT = 0
"""The number of the document that is piped in beside the request."""


def check_plan(
    plan: Sequence[Call], signatures: Signatures, *, source: str | None = None, has_document: bool = False
) -> Plan:
    """Every call checked as by `check_call`, each against those before it. Raises CheckError."""
    checked: list[Call] = []
    for call in plan:
        checked.append(check_call(call, checked, signatures, source=source, has_document=has_document))
    return tuple(checked)


def check_call(
    call: Call,
    earlier: Sequence[Call],
    signatures: Signatures,
    *,
    source: str | None = None,
    has_document: bool = False,
) -> Call:
    """The call bound to its tool (as by `bind`), with references to earlier calls only.

    `source` is the request, with the document if there is one. With it, values that must be copied have to
    stand in it word for word, and a `$7` that is no earlier result but stands in it is an amount, hence text.
    Raises CheckError, which names the call and the parameter.
    """
    signature = _signature(call, signatures)
    results = kinds_of_results(earlier, signatures, has_document=has_document)
    arguments = []
    for parameter, written in zip(signature.parameters, arrange(call, signature), strict=True):
        where = locate(call, parameter)
        value = typed(_grounded(written, results, source, where), parameter, where)
        _check_kinds(value, parameter, results, where)
        _check_source(value, parameter, source, where)
        arguments.append(value)
    return replace(call, arguments=tuple(arguments), named={})


def kinds_of_results(earlier: Sequence[Call], signatures: Signatures, *, has_document: bool = False) -> dict[int, str]:
    """What kind of result each earlier call leaves, by number; "" where its tool does not say."""
    kinds = {DOCUMENT: "document"} if has_document else {}
    return kinds | {call.number: signatures[call.tool].returns if call.tool in signatures else "" for call in earlier}


def _signature(call: Call, signatures: Signatures) -> Signature:
    if call.tool not in signatures:
        raise CheckError(
            f"call {call.number}: there is no tool {call.tool}",
            hint=near_misses(call.tool, signatures) or f"offered are {', '.join(signatures)}",
        )
    return signatures[call.tool]


def _grounded(value: Argument, results: Container[int], source: str | None, where: str) -> Argument:
    """The value with references to earlier results only; amounts of the user's become text."""

    def change(reference: Reference) -> Reference | str:
        if reference.number in results:
            return reference
        if source is not None and re.search(rf"{re.escape(str(reference))}(?![0-9])", source):
            return str(reference)
        if reference.number == DOCUMENT:
            raise CheckError(f"{where}: $0 is the document beside the request, and there is none")
        raise CheckError(f"{where}: {reference} is not the result of an earlier call")

    return replace_references(value, change)


def _check_kinds(value: Argument, parameter: Parameter, results: Mapping[int, str], where: str) -> None:
    for number in references(value):
        if not parameter.takes(results[number]):
            wanted = f", not {_with_article(parameter.accepts)}" if parameter.accepts else ""
            raise CheckError(f"{where}: ${number} is {_with_article((results[number],))}{wanted}")


def _with_article(kinds: Sequence[str]) -> str:
    return " or ".join(f"{'an' if kind[0] in 'aeio' else 'a'} {kind}" for kind in kinds)


def _check_source(value: Argument, parameter: Parameter, source: str | None, where: str) -> None:
    if parameter.source == "result":
        _check_results(value, parameter, where)
    elif parameter.source == "copy":
        _check_copied(value, parameter, source, where)


def _check_results(value: Argument, parameter: Parameter, where: str) -> None:
    items = value if isinstance(value, tuple) else (value,)
    if value == "" and not parameter.required:
        return
    for item in items:
        if not isinstance(item, Reference):
            raise CheckError(f"{where} must be the result of an earlier call, such as $1")


def _check_copied(value: Argument, parameter: Parameter, source: str | None, where: str) -> None:
    if value in ("", ()) and parameter.required:
        raise CheckError(f"{where} is empty")
    for text in plain_texts(value):
        if source is not None and not stands_in(text, source):
            raise CheckError(f"{where}: {text!r} does not stand in the request")
        if text and parameter.pattern and not re.fullmatch(parameter.pattern, text, re.IGNORECASE):
            kinds = [kind for kind in parameter.accepts if kind != "text"]
            raise CheckError(f"{where}: {text!r} is no {' or '.join(kinds) or parameter.name}")


def plain_texts(value: Argument) -> Iterator[str]:
    """The plain texts in a value; between results, punctuation is nobody's invention."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Template):
        yield from (part for part in value.parts if isinstance(part, str) and words(part))
    elif isinstance(value, tuple):
        for item in value:
            yield from plain_texts(item)
