"""Notes as Markdown files: found by the names people use, never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.errors import AmbiguousError, NotFoundError, ToolError
from tinyagent_cli.platforms.local.notes import MarkdownNotes
from tinyagent_cli.platforms.local.store import FileStore


@pytest.fixture
def notes(tmp_path: Path, store: FileStore) -> MarkdownNotes:
    return MarkdownNotes(tmp_path / "notes", store)


def test_a_note_is_a_heading_and_a_text(tmp_path: Path, notes: MarkdownNotes) -> None:
    path = notes.create("Ideas", "A film.\n", "Work").path
    assert path == tmp_path / "notes" / "Work" / "Ideas.md"
    assert path.read_text() == "# Ideas\n\nA film.\n"
    assert notes.open("Ideas", "Work").text == "A film."


def test_a_second_note_of_a_name_is_numbered(notes: MarkdownNotes) -> None:
    notes.create("Ideas", "one", "")
    assert notes.create("Ideas", "two", "").path.name == "Ideas 2.md"
    assert notes.open("Ideas", "").text == "one"


def test_a_title_no_file_can_have_is_still_the_title(notes: MarkdownNotes) -> None:
    path = notes.create("Q3/Q4: what\nnow?", "text", "").path
    assert path.name == "Q3 Q4 what now.md"
    assert notes.open("Q3/Q4: what now?", "").title == "Q3/Q4: what now?"


def test_a_note_without_a_name_is_called_by_its_words(notes: MarkdownNotes) -> None:
    assert notes.create("", "buy milk and bread for the whole week", "").path.name == "buy milk and bread for the.md"


@pytest.mark.parametrize("folder", ["../../outside", "/etc", "a/../../b", ".ssh"])
def test_no_folder_leads_outside(tmp_path: Path, notes: MarkdownNotes, folder: str) -> None:
    path = notes.create("Ideas", "text", folder).path
    assert path.resolve().is_relative_to(tmp_path / "notes")
    assert not any(part.startswith(".") for part in path.relative_to(tmp_path).parts)


def test_a_folder_is_found_whatever_its_case(tmp_path: Path, notes: MarkdownNotes) -> None:
    notes.create("One", "", "Work")
    assert notes.create("Two", "", "work").path.parent == tmp_path / "notes" / "Work"


@pytest.mark.parametrize(
    "name", ["Groceries", "groceries", "grocery list", "Grocery", "the groceries note", "my grocery list", "Grocreies"]
)
def test_a_note_is_found_by_what_people_call_it(notes: MarkdownNotes, name: str) -> None:
    notes.create("Groceries", "milk", "Home")
    notes.create("Growing roses", "soil", "Home")
    assert notes.open(name, "").text == "milk"


def test_the_exact_name_wins(notes: MarkdownNotes) -> None:
    notes.create("meeting notes", "lower", "")
    notes.create("Meeting Notes", "upper", "Work")
    assert notes.open("Meeting Notes", "").text == "upper"
    assert notes.open("meeting notes", "").text == "lower"


def test_several_of_one_name_are_a_question_with_their_texts(notes: MarkdownNotes) -> None:
    notes.create("Ideas", "for work", "Work")
    notes.create("Ideas", "for home", "Home")
    with pytest.raises(AmbiguousError) as caught:
        notes.open("ideas", "")
    assert {choice.label: choice.value for choice in caught.value.choices} == {
        "Home/Ideas": "for home",
        "Work/Ideas": "for work",
    }
    assert notes.open("ideas", "work").text == "for work"


def test_text_is_not_added_where_it_is_unclear_which_note_is_meant(notes: MarkdownNotes) -> None:
    paths = [notes.create("Ideas", "old", folder).path for folder in ("Work", "Home")]
    with pytest.raises(ToolError, match="Home/Ideas, Work/Ideas"):
        notes.append("ideas", "new", "")
    assert ["new" in path.read_text() for path in paths] == [False, False]


def test_no_note_of_that_name_names_near_misses(notes: MarkdownNotes) -> None:
    notes.create("Packing", "", "")
    with pytest.raises(NotFoundError, match=r'"Parking".*did you mean "Packing"'):
        notes.open("Parking", "")
    with pytest.raises(NotFoundError):
        notes.append("Taxes", "text", "")


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ("# A\n\ntext\n", "more", "# A\n\ntext\n\nmore\n"),
        ("# A\n\n- milk\n- eggs", "bread", "# A\n\n- milk\n- eggs\n- bread\n"),
        ("- [x] milk\n", "bread\neggs", "- [x] milk\n- [ ] bread\n- [ ] eggs\n"),
        ("* milk\n", "- bread", "* milk\n- bread\n"),
        ("", "text", "text\n"),
    ],
)
def test_text_is_added_as_the_note_goes_on(
    tmp_path: Path, notes: MarkdownNotes, before: str, added: str, after: str
) -> None:
    path = tmp_path / "notes" / "A.md"
    path.parent.mkdir()
    path.write_text(before)
    written = notes.append("A", added, "")
    assert path.read_text() == after
    assert written.before is not None
    assert written.before.read_text() == before


def test_a_note_in_another_encoding_is_added_to_without_loss(tmp_path: Path, notes: MarkdownNotes) -> None:
    path = tmp_path / "notes" / "A.md"
    path.parent.mkdir()
    path.write_bytes(b"caf\xe9\n")
    notes.append("A", "thé", "")
    assert path.read_bytes() == b"caf\xe9\n\nth\xc3\xa9\n"


def test_text_that_no_file_can_hold_is_written_without_it(notes: MarkdownNotes) -> None:
    path = notes.create("A\0\ud800", "one\0\ud800", "\ud800").path
    notes.append(path.stem, "two\ud800", "")
    assert path.read_text() == "# A?\n\none?\n\ntwo?\n"


def test_hidden_folders_hold_no_notes(tmp_path: Path, notes: MarkdownNotes) -> None:
    trash = tmp_path / "notes" / ".trash"
    trash.mkdir(parents=True)
    (trash / "Ideas.md").write_text("old")
    with pytest.raises(NotFoundError):
        notes.open("Ideas", "")
