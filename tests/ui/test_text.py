"""Text of others cannot steer the terminal, and nothing in it stays hidden."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tinyagent_cli.ui.text import one_line, shorten, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31mred", "\\x9b31mred"),
        ("bell\x07", "bell\\x07"),
        ("nul\x00", "nul\\x00"),
        ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \ud800", "lone \\ud800"),
        ("hard\u00a0space", "hard space"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("⼀\u200d 漢\u200c", "⼀\\u200d 漢\\u200c"),
        ("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم"),
        ("naïve café, 日本", "naïve café, 日本"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    left = visible(text).replace("\n", "").replace("\u200c", "").replace("\u200d", "")
    assert all(unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in left)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(st.text(), st.integers(0, 60), st.sampled_from(["…", "..."]))
def test_shortened_text_fits(text: str, cells: int, ellipsis: str) -> None:
    shown = visible(text)
    short = shorten(shown, cells, ellipsis)
    assert cell_len(short) <= cells
    assert short == shown or short.endswith(ellipsis[:cells])
