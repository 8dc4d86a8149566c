"""Files found by what people call them, within limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.errors import AmbiguousError, NotFoundError, ToolError
from tinyagent_cli.platforms.local import files
from tinyagent_cli.platforms.local.files import LocalFiles

NAMES = (
    "Q3_report.pdf",
    "Budget/Q3_budget.csv",
    "Budget/Q3 headcount.xlsx",
    "Photos/sunset_at_the_lake.jpg",
    "Photos/SunsetBeach2026.heic",
    "Contracts/Print contract.pdf",
    "Contracts/Print contract.docx",
    "Prüfung Übersicht.odt",
    "passport_scan.jpg",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "files"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Q3_report.pdf", "Q3_report.pdf"),
        ("q3_REPORT.PDF", "Q3_report.pdf"),
        ("Q3_report", "Q3_report.pdf"),
        ("Q3 report", "Q3_report.pdf"),
        ("the report for Q3", "Q3_report.pdf"),
        ("report Q3 pdf", "Q3_report.pdf"),
        ("Q3 budget spreadsheet", "Budget/Q3_budget.csv"),
        ("headcount", "Budget/Q3 headcount.xlsx"),
        ("Q3 headcount spreadsheet", "Budget/Q3 headcount.xlsx"),
        ("lake photo", "Photos/sunset_at_the_lake.jpg"),
        ("sunset beach picture", "Photos/SunsetBeach2026.heic"),
        ("print contract pdf", "Contracts/Print contract.pdf"),
        ("Contracts/Print contract.docx", "Contracts/Print contract.docx"),
        ("prufung ubersicht", "Prüfung Übersicht.odt"),
        ("my passport scan", "passport_scan.jpg"),
        ("pasport scan", "passport_scan.jpg"),
        ("Q3 reprot", "Q3_report.pdf"),
    ],
)
def test_a_file_goes_by_name_words_and_kind(root: Path, asked: str, name: str) -> None:
    assert LocalFiles([root], 1000).find(asked) == root / name


def test_several_equally_good_are_a_question(root: Path) -> None:
    with pytest.raises(AmbiguousError) as caught:
        LocalFiles([root], 1000).find("print contract")
    assert {choice.label: choice.value for choice in caught.value.choices} == {
        name: str(root / name) for name in ("Contracts/Print contract.docx", "Contracts/Print contract.pdf")
    }


def test_a_question_has_at_most_nine_choices(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"scan {number}.pdf").write_bytes(b"")
    with pytest.raises(AmbiguousError, match="any of 12 files") as caught:
        LocalFiles([tmp_path], 1000).find("scan")
    assert len(caught.value.choices) == 9


def test_nothing_names_near_misses_and_where_it_looked(root: Path) -> None:
    with pytest.raises(NotFoundError, match=f'"headcoat" in {root}.*did you mean "Q3 headcount"'):
        LocalFiles([root], 1000).find("headcoat")


@pytest.mark.parametrize("name", ["", "  ", "a\0b"])
def test_no_name_is_refused(root: Path, name: str) -> None:
    with pytest.raises(ToolError, match="no file was named"):
        LocalFiles([root], 1000).find(name)


def test_a_path_is_that_file(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    search = LocalFiles([root], 1000)
    assert [search.find(name) for name in (str(outside), "./outside.txt", "~/outside.txt")] == [outside] * 3
    with pytest.raises(NotFoundError):
        search.find("/" + "x" * 5000)


def test_hidden_files_and_folders_are_not_seen(root: Path) -> None:
    for name in (".secret.txt", ".git/secret.txt"):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    with pytest.raises(NotFoundError):
        LocalFiles([root], 1000).find("secret")


def test_links_are_followed_only_within_the_roots(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private key.txt").write_text("x")
    (root / "way out").symlink_to(outside)
    (root / "leaked key.txt").symlink_to(outside / "private key.txt")
    (root / "round and round").symlink_to(root)
    search = LocalFiles([root], 1000)
    for name in ("private key", "leaked key"):
        with pytest.raises(NotFoundError):
            search.find(name)
    assert search.find("Q3 report") == root / "Q3_report.pdf"
    assert LocalFiles([root, outside], 1000).find("private key") == outside / "private key.txt"


def test_one_file_below_two_roots_is_no_question(root: Path) -> None:
    assert LocalFiles([root, root / "Budget"], 1000).find("headcount") == root / "Budget" / "Q3 headcount.xlsx"


def test_no_more_entries_are_looked_at_than_the_limit(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"a{number:02}").mkdir()
    (tmp_path / "a00" / "deep.txt").write_text("x")
    assert LocalFiles([tmp_path], 21).find("deep")
    with pytest.raises(NotFoundError):
        LocalFiles([tmp_path], 20).find("deep")


def test_no_deeper_than_the_depth(tmp_path: Path) -> None:
    folder = tmp_path
    for level in range(files.DEPTH + 1):
        (folder / f"level {level} file.txt").write_text("x")
        folder = folder / "sub"
        folder.mkdir()
    (folder / "bottom.txt").write_text("x")
    search = LocalFiles([tmp_path], 1000)
    assert search.find(f"level {files.DEPTH} file")
    with pytest.raises(NotFoundError):
        search.find("bottom")


def test_roots_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        LocalFiles([tmp_path / "none"], 1000).find("report")
