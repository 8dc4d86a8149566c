"""Lookups: what they give to later calls, what they show, and that they write nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinyagent_cli.builtin.contacts import get_email_address, get_phone_number
from tinyagent_cli.builtin.files import open_and_get_file_path, summarize_pdf
from tinyagent_cli.builtin.maps import maps_open_location, maps_show_directions
from tinyagent_cli.builtin.notes import open_note
from tinyagent_cli.config import MapsConfig
from tinyagent_cli.errors import AmbiguousError, ToolError
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Outcome


def test_contacts(context: ToolContext) -> None:
    assert get_email_address(context, name="Sid") == Outcome("sid@acme.com", "Sid Carter: sid@acme.com")
    assert get_phone_number(context, name="Mom").value == "+1-555-0111"
    team = get_email_address(context, name="marketing team")
    assert team.value == ["sid@acme.com", "priya@acme.com", "zoe@acme.com"]
    assert team.summary == "marketing team: sid@acme.com, priya@acme.com and zoe@acme.com"
    with pytest.raises(AmbiguousError, match=r"Alex Morgan <alex\.morgan@acme\.com>; Alex Petrov"):
        get_email_address(context, name="Alex")


def test_a_file_is_shown_only_later(context: ToolContext) -> None:
    path = str(context.config.data_dir / "files" / "Q3_report.pdf")
    assert open_and_get_file_path(context, file_name="Q3 report") == Outcome(path, f"Found {path}", show=path)


def test_a_chosen_file_is_like_a_found_one(context: ToolContext) -> None:
    with pytest.raises(AmbiguousError) as caught:
        open_and_get_file_path(context, file_name="Q3")
    for choice in caught.value.choices:
        assert isinstance(choice.value, Outcome)
        assert choice.value.value == choice.value.show
        assert choice.value.value.endswith(choice.label)


def test_maps_are_shown_unless_the_settings_say_no(make_context: Callable[..., ToolContext]) -> None:
    for wanted in (True, False):
        context = make_context(maps=MapsConfig(open=wanted))
        place = maps_open_location(context, location="Old Town")
        way = maps_show_directions(context, start_location="", end_location="Old Town", transport="w")
        assert [bool(outcome.show) for outcome in (place, way)] == [wanted, wanted]
        assert way.value.endswith("destination=Old%20Town&travelmode=walking")
        assert way.summary == f"Way from here to Old Town: {way.value}"


def test_a_pdf_is_summarised(context: ToolContext) -> None:
    outcome = summarize_pdf(context, pdf_path=str(context.config.data_dir / "files" / "Q3_report.pdf"))
    assert "Sales grew by 18 percent" in outcome.value
    assert outcome.summary.startswith("Summary of Q3_report.pdf: ")


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("One thing is said here. " * 400, "One thing is said here."),
        ("/etc is a folder that holds settings.", "/etc is a folder that holds settings."),
        ("~nobody-of-that-name/report", "~nobody-of-that-name/report"),
        ("a\0b", "a\0b"),
    ],
)
def test_a_text_that_is_no_file_is_itself_summarised(context: ToolContext, text: str, summary: str) -> None:
    assert summarize_pdf(context, pdf_path=text).value == summary


def test_nothing_to_summarise_is_an_error(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="nothing to summarise"):
        summarize_pdf(context, pdf_path="  ")


def test_a_note_is_its_text(context: ToolContext) -> None:
    outcome = open_note(context, name="grocery list", folder="")
    assert outcome.value == "- milk\n- oat biscuits\n- lemons\n- coffee beans"
    assert outcome.show == ""


def test_lookups_leave_the_data_folder_as_it_was(context: ToolContext) -> None:
    before = snapshot(context.config.data_dir)
    get_email_address(context, name="Sid")
    open_note(context, name="Notes", folder="")
    open_and_get_file_path(context, file_name="headcount")
    assert snapshot(context.config.data_dir) == before


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
