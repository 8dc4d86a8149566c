"""Times as the preview shows them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tinyagent_cli.dates import Moment, describe, resolve

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Friday at 3pm", "Fri 6 Mar 2026, 15:00 CET"),
        ("Friday", "Fri 6 Mar 2026"),
        ("1 July at noon", "Wed 1 Jul 2026, 12:00 CEST"),
        ("today at 3", "today, Wed 4 Mar 2026, 15:00 CET"),
        ("tomorrow", "tomorrow, Thu 5 Mar 2026"),
        ("yesterday at noon", "yesterday, Tue 3 Mar 2026, 12:00 CET"),
        ("in 30 seconds", "today, Wed 4 Mar 2026, 09:30:30 CET"),
        ("midnight", "tomorrow, Thu 5 Mar 2026, 00:00 CET"),
    ],
)
def test_description(phrase: str, expected: str) -> None:
    moment = resolve(phrase, NOW)
    assert moment is not None
    assert describe(moment, NOW) == expected


def test_a_zone_without_a_name_is_shown_by_its_offset() -> None:
    now = datetime(2026, 3, 4, 9, 30, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert describe(Moment(now), now) == "today, Wed 4 Mar 2026, 09:30 UTC+05:45"


def test_an_argument_of_a_resolved_call_can_be_described() -> None:
    assert describe("2026-03-06 15:00:00", NOW) == "Fri 6 Mar 2026, 15:00 CET"
    assert describe("2026-03-06 00:00:00", NOW) == "Fri 6 Mar 2026"


@pytest.mark.parametrize("text", ["", "Friday", "2026-02-30"])
def test_other_text_is_left_alone(text: str) -> None:
    assert describe(text, NOW) == text
