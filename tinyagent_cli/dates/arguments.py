"""Dates in calls: the user's words become ISO times, and an end that was not said is counted from its start."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tinyagent_cli.dates.ends import after_span
from tinyagent_cli.dates.moment import Moment, iso
from tinyagent_cli.dates.resolver import resolve, resolve_end, resolve_range, resolve_start
from tinyagent_cli.dates.spans import Span
from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Argument, Call
from tinyagent_cli.plan.signature import Parameter, Signature

HINT = 'say it like "Friday at 3pm" or "2026-03-06 15:00"'

QUOTED = 60
"""Characters of a phrase that an error repeats."""


def resolve_call(call: Call, signature: Signature, now: datetime) -> Call:
    """The call with every plain text in a `date` parameter as local ISO time; nothing stays nothing.

    The call is bound: its arguments stand in the order of the parameters. References to results are
    left as they are. Raises CheckError for a phrase that names no time, or an end before its start.
    """
    dates = _Dates(call, signature, now)
    bound = zip(call.arguments, signature.parameters, strict=False)
    resolved = [dates.resolved(parameter) if parameter.type == "date" else value for value, parameter in bound]
    return replace(call, arguments=(*resolved, *call.arguments[len(resolved) :]))


class _Dates:
    """The dates of one call, each read in the light of the others."""

    def __init__(self, call: Call, signature: Signature, now: datetime) -> None:
        self.call = call
        self.signature = signature
        self.now = now
        self.said = {
            parameter.name: value for parameter, value in zip(signature.parameters, call.arguments, strict=False)
        }

    def resolved(self, parameter: Parameter) -> Argument:
        """What stands in the call for this parameter once dates are resolved."""
        value = self.said[parameter.name]
        if not isinstance(value, str):
            return value
        moment = self._end(parameter) if parameter.start else self._start(parameter)
        return iso(moment) if moment else ""

    def _phrase(self, name: str) -> str:
        value = self.said.get(name)
        return value.strip() if isinstance(value, str) else ""

    def _start(self, parameter: Parameter) -> Moment | None:
        """The time said for a parameter, read so that it fits the end that is counted from it."""
        phrase = self._phrase(parameter.name)
        if not phrase:
            return None
        ends = (end.name for end in self.signature.parameters if end.start == parameter.name)
        moment = resolve_start(phrase, self._phrase(next(ends, "")), self.now)
        if moment is None:
            raise self._unclear(parameter, phrase)
        return moment

    def _end(self, parameter: Parameter) -> Moment | None:
        """The end said, or what the start's phrase or the parameter's usual length make of none."""
        phrase = self._phrase(parameter.name)
        if not self._phrase(parameter.start):
            return None if isinstance(self.said.get(parameter.start), str) else self._alone(parameter, phrase)
        start = self._start(self.signature.parameter(parameter.start))
        if start is None:
            return None
        end = resolve_end(phrase, start, self.now) if phrase else self._unsaid(parameter, start)
        if phrase and end is None:
            raise self._unclear(parameter, phrase, start)
        return None if end and end.all_day and end.at == start.at else end

    def _alone(self, parameter: Parameter, phrase: str) -> Moment | None:
        """An end whose start is a result that is not there yet."""
        moment = resolve(phrase, self.now) if phrase else None
        if phrase and moment is None:
            raise self._unclear(parameter, phrase)
        return moment

    def _unsaid(self, parameter: Parameter, start: Moment) -> Moment | None:
        found = resolve_range(self._phrase(parameter.start), self.now)
        if found and found[1]:
            return found[1]
        if start.all_day or not parameter.minutes:
            return None
        return after_span(start, Span(time=timedelta(minutes=parameter.minutes)))

    def _unclear(self, parameter: Parameter, phrase: str, start: Moment | None = None) -> CheckError:
        is_time = start is not None and resolve(phrase, self.now) is not None
        words = " ".join(phrase.split())
        words = words if len(words) <= QUOTED else f"{words[:QUOTED]}..."
        problem = f"'{words}' is not after the start" if is_time else f"cannot tell when '{words}' is"
        return CheckError(f"call {self.call.number}: {parameter.name}: {problem}", hint=HINT)
