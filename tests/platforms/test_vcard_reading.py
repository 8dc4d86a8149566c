"""vCards as address books really write them."""

from __future__ import annotations

import logging

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.platforms.local.vcards import read_cards

V4 = """BEGIN:VCARD
VERSION:4.0
FN:Sid Carter
item1.EMAIL;TYPE=home:sid@home.example
EMAIL;PREF=2:second@acme.com
EMAIL;TYPE=work;PREF=1:first@acme.com
TEL;VALUE=uri;TYPE="voice,home":tel:+1-555-0100
TEL;VALUE=uri;TYPE="voice,cell":tel:+1-555-0101
END:VCARD
"""
V3 = """BEGIN:VCARD
VERSION:3.0
N:Ellis;Helen;Ann;;
FN:Helen Ellis
EMAIL;TYPE=INTERNET:old@example.com
EMAIL;TYPE=INTERNET,pref:new@example.com
TEL;type=HOME:1
TEL;type=CELL;type=VOICE;type=pref:2
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ
 AAAQABAAD/2wBDAAgGBgcG
END:VCARD
"""
V2 = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen M=C3=BCller
TEL;HOME:1
TEL;CELL;PREF:2
END:VCARD
"""


def test_preferred_addresses_and_mobile_numbers_come_first() -> None:
    (card,) = read_cards(V4, "test")
    assert card.emails == ("first@acme.com", "second@acme.com", "sid@home.example")
    assert card.phones == ("+1-555-0101", "+1-555-0100")


def test_version_3_marks_preference_by_type() -> None:
    (card,) = read_cards(V3, "test")
    assert card.emails[0] == "new@example.com"
    assert card.phones == ("2", "1")
    assert (card.given, card.family) == ("Helen", "Ellis")


def test_version_2_with_quoted_printable_and_bare_types() -> None:
    (card,) = read_cards(V2, "test")
    assert (card.name, card.family) == ("Jürgen Müller", "Müller")
    assert card.phones == ("2", "1")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_several_cards_in_a_file_with_any_line_ends(newline: str) -> None:
    assert [card.name for card in read_cards((V4 + V3 + V2).replace("\n", newline), "test")] == [
        "Sid Carter",
        "Helen Ellis",
        "Jürgen Müller",
    ]


def test_a_card_that_is_cut_off_does_not_hide_the_next() -> None:
    cut_off = "BEGIN:VCARD\nVERSION:3.0\nFN:Broken\nEMAIL:broken@acme.com\n"
    assert [card.name for card in read_cards(cut_off + V4 + "rubbish\n", "test")] == ["Sid Carter"]


def test_a_damaged_line_does_not_hide_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    damaged = (
        "BEGIN:VCARD\nFN:Sid\nNICKNAME;ENCODING=QUOTED-PRINTABLE;CHARSET=none:=C3\nEMAIL:sid@acme.com\nEND:VCARD\n"
    )
    with caplog.at_level(logging.WARNING, "tinyagent_cli"):
        (card,) = read_cards(damaged, "people.vcf")
    assert (card.name, card.emails) == ("Sid", ("sid@acme.com",))
    assert "people.vcf" in caplog.text


def test_commas_and_semicolons_that_are_escaped_do_not_separate() -> None:
    text = "BEGIN:VCARD\nFN:Carter\\, Sid\nNICKNAME:S\\,id,Siddy\nORG:Acme\\; Sons;Marketing\nEND:VCARD\n"
    (card,) = read_cards(text, "test")
    assert card.name == "Carter, Sid"
    assert card.nicknames == ("S,id", "Siddy")
    assert card.organisation == ("Acme; Sons", "Marketing")


def test_groups_of_version_4_and_of_older_address_books() -> None:
    new = "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Team\nMEMBER:urn:uuid:A-1\nEND:VCARD\n"
    old = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Team\nX-ADDRESSBOOKSERVER-KIND:group\n"
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:A-1\nEND:VCARD\n"
    )
    for card in read_cards(new + old, "test"):
        assert card.is_group
        assert card.members == ("a-1",)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1))
def test_any_name_that_another_library_writes_is_read_back(name: str) -> None:
    written = vobject.vCard()
    written.add("n").value = vobject.vcard.Name(family=name)
    written.add("fn").value = name
    (card,) = read_cards(written.serialize(), "test")
    assert card.name == name


@given(st.text())
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    (card,) = read_cards(f"BEGIN:VCARD\n{text}\nEND:VCARD\n", "test")
    assert card.name
