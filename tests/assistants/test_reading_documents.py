"""The text of real documents, and one clear line where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

import tinyagent_cli.samples
from tinyagent_cli.assistants.documents import read_document
from tinyagent_cli.errors import ToolError

REPORT = Path(tinyagent_cli.samples.__file__).parent / "files" / "Q3_report.pdf"


def test_a_pdf_is_read_page_by_page() -> None:
    text = read_document(REPORT)
    places = [text.index(words) for words in ("Sales grew by 18 percent", "41 new customers", "moves to 14 April")]
    assert len(PdfReader(REPORT).pages) == 3
    assert places == sorted(places)


def test_what_a_file_is_called_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes(REPORT.read_bytes())
    assert "Sales grew" in read_document(tmp_path / "report")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_plain_text_is_read_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes("Grüße aus dem Café.".encode(encoding))
    assert read_document(path) == "Grüße aus dem Café."


def test_a_locked_pdf_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    writer = PdfWriter(clone_from=PdfReader(REPORT))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)
    with pytest.raises(ToolError, match=r"locked\.pdf is locked by a password"):
        read_document(path)


def test_a_pdf_locked_only_against_changes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "open.pdf"
    writer = PdfWriter(clone_from=PdfReader(REPORT))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    writer.write(path)
    assert "Sales grew" in read_document(path)


def test_a_scan_says_so(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(path)
    with pytest.raises(ToolError, match=r"scan\.pdf holds no text.*scanned"):
        read_document(path)


@pytest.mark.parametrize("kept", [5, 20, 200, 1000])
def test_a_damaged_pdf_says_so(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "damaged.pdf"
    path.write_bytes(REPORT.read_bytes()[:kept])
    with pytest.raises(ToolError, match=r"damaged\.pdf (is damaged|holds no text)") as caught:
        read_document(path)
    assert "\n" not in str(caught.value)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2800), st.integers(0, 255)), max_size=40))
def test_damage_anywhere_is_text_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]]
) -> None:
    content = bytearray(REPORT.read_bytes())
    for place, byte in damage:
        content[place] = byte
    path = tmp_path_factory.mktemp("damage") / "a.pdf"
    path.write_bytes(content)
    try:
        read_document(path)
    except ToolError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [("photo.jpg", b"\xff\xd8\x00\x00", "neither a PDF nor plain text"), ("empty.txt", b" \n", "holds no text")],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ToolError, match=problem):
        read_document(tmp_path / name)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"cannot read .*none\.pdf: No such file"):
        read_document(tmp_path / "none.pdf")
