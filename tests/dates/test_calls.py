"""Calls: the user's words for times become ISO times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.dates import resolve_call
from tinyagent_cli.errors import CheckError
from tinyagent_cli.plan.call import Argument, Call, Reference, Template
from tinyagent_cli.plan.signature import Parameter, Signature

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
EVENT = Signature(
    "create_event",
    (
        Parameter("title"),
        Parameter("start_date", "date"),
        Parameter("end_date", "date", required=False, start="start_date", minutes=60),
        Parameter("location", required=False),
    ),
)
REMINDER = Signature("create_reminder", (Parameter("name"), Parameter("due", "date", required=False)))


def event(start: Argument, end: Argument = "") -> tuple[Argument, ...]:
    """The dates of an event as resolved."""
    call = Call(2, "create_event", ("Friday at 3pm", start, end, "the 5th"))
    resolved = resolve_call(call, EVENT, NOW)
    assert (resolved.number, resolved.tool) == (2, "create_event")
    assert (resolved.arguments[0], resolved.arguments[3]) == ("Friday at 3pm", "the 5th")
    return resolved.arguments[1:3]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("tomorrow at 2pm", "", ("2026-03-05 14:00:00", "2026-03-05 15:00:00")),
        ("tomorrow at 2pm", "45 minutes", ("2026-03-05 14:00:00", "2026-03-05 14:45:00")),
        ("tomorrow at 2pm", "5:30pm", ("2026-03-05 14:00:00", "2026-03-05 17:30:00")),
        ("tomorrow at 11", "1", ("2026-03-05 11:00:00", "2026-03-05 13:00:00")),
        ("Friday", "", ("2026-03-06 00:00:00", "")),
        ("Friday", "all day", ("2026-03-06 00:00:00", "")),
        ("Friday", "Friday", ("2026-03-06 00:00:00", "2026-03-13 00:00:00")),
        ("4 May", "6 May", ("2026-05-04 00:00:00", "2026-05-06 00:00:00")),
        ("Friday", "5pm", ("2026-03-06 00:00:00", "2026-03-06 17:00:00")),
        ("", "", ("", "")),
        ("  ", "45 minutes", ("", "")),
        ("tomorrow 2-4pm", "", ("2026-03-05 14:00:00", "2026-03-05 16:00:00")),
        ("5-8 May", "", ("2026-05-05 00:00:00", "2026-05-08 00:00:00")),
        ("Friday at 7", "9pm", ("2026-03-06 19:00:00", "2026-03-06 21:00:00")),
        ("Friday at 6", "8am", ("2026-03-06 06:00:00", "2026-03-06 08:00:00")),
        ("Wed 12:40", "1h15", ("2026-03-11 12:40:00", "2026-03-11 13:55:00")),
        ("2026-03-05T14:00", "", ("2026-03-05 14:00:00", "2026-03-05 15:00:00")),
        ("2026-03-05 14:00:00", "2026-03-05 14:30:00", ("2026-03-05 14:00:00", "2026-03-05 14:30:00")),
        ("2026-03-05T14:00Z", "2026-03-05T15:30Z", ("2026-03-05 15:00:00", "2026-03-05 16:30:00")),
        ("2026-03-05 00:00:00", "", ("2026-03-05 00:00:00", "")),
    ],
)
def test_start_and_end(start: str, end: str, expected: tuple[str, str]) -> None:
    assert event(start, end) == expected
    assert event(*expected) == expected


def test_results_are_left_as_they_are() -> None:
    template = Template(("the day after ", Reference(1)))
    assert event(Reference(1)) == (Reference(1), "")
    assert event(template, "Friday at 5pm") == (template, "2026-03-06 17:00:00")
    assert event("tomorrow at 2pm", Reference(1)) == ("2026-03-05 14:00:00", Reference(1))


def test_a_date_that_nothing_is_counted_from() -> None:
    call = Call(1, "create_reminder", ("call mum", "in 45 minutes"))
    assert resolve_call(call, REMINDER, NOW).arguments == ("call mum", "2026-03-04 10:15:00")
    assert resolve_call(Call(1, "create_reminder", ("call mum", "")), REMINDER, NOW).arguments == ("call mum", "")


def test_an_end_without_usual_length_stays_empty() -> None:
    trip = Signature("book", (Parameter("back", "date", start="out"), Parameter("out", "date")))
    resolved = resolve_call(Call(1, "book", ("", "tomorrow at 9")), trip, NOW)
    assert resolved.arguments == ("", "2026-03-05 09:00:00")


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("blursday", "", "call 2: start_date: cannot tell when 'blursday' is"),
        ("tomorrow at 9", "blursday", "call 2: end_date: cannot tell when 'blursday' is"),
        ("tomorrow at 9", "yesterday", "call 2: end_date: 'yesterday' is not after the start"),
        ("31 February", "", "call 2: start_date: cannot tell when '31 February' is"),
        (
            "2026-03-05 14:00:00",
            "2026-03-05 13:00:00",
            "call 2: end_date: '2026-03-05 13:00:00' is not after the start",
        ),
    ],
)
def test_what_is_no_time_is_an_error_that_names_it(start: str, end: str, message: str) -> None:
    with pytest.raises(CheckError) as caught:
        event(start, end)
    assert caught.value.message == message
    assert caught.value.hint


def test_an_error_is_one_short_line() -> None:
    with pytest.raises(CheckError) as caught:
        event("nonsense\n" * 10_000)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_call_with_too_few_arguments_is_resolved_as_far_as_it_goes() -> None:
    assert resolve_call(Call(1, "create_event", ("x", "tomorrow")), EVENT, NOW).arguments == (
        "x",
        "2026-03-05 00:00:00",
    )
