"""Who is meant by a name, in an address book of real vCards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.errors import AmbiguousError, NotFoundError
from tinyagent_cli.platforms.local.contacts import VCardContacts


def card(name: str, *lines: str, version: str = "4.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", f"FN:{name}", *lines, "END:VCARD", ""))


def book(folder: Path, *cards: str) -> VCardContacts:
    (folder / "people.vcf").write_bytes("".join(cards).encode())
    return VCardContacts(folder)


SID = card("Sid Carter", "N:Carter;Sid;;;", "EMAIL:sid@acme.com", "TEL;TYPE=cell:+1-555-0101")


@pytest.mark.parametrize("name", ["Sid", "sid carter", "SID CARTER", "Carter", "  Sid ", "Carter Sid", "my Sid"])
def test_a_person_goes_by_first_last_and_full_name(tmp_path: Path, name: str) -> None:
    found = book(tmp_path, SID, card("Lutfi Rahman", "EMAIL:lutfi@acme.com")).email_address(name)
    assert (found.value, found.who) == ("sid@acme.com", "Sid Carter")


@pytest.mark.parametrize("name", ["Zoe", "ZOË", "zoe kruger", "Krueger Zoe", "zoë krüger"])
def test_accents_and_case_do_not_matter(tmp_path: Path, name: str) -> None:
    contacts = book(tmp_path, card("Zoë Krüger", "NICKNAME:Zoe Krueger", "EMAIL:zoe@acme.com"), SID)
    assert contacts.email_address(name).value == "zoe@acme.com"


@pytest.mark.parametrize("name", ["Katherin", "Kathrine", "Katherien", "katherine jonson"])
def test_a_misspelt_name_means_the_one_it_is_most_like(tmp_path: Path, name: str) -> None:
    contacts = book(tmp_path, card("Katherine Johnson", "EMAIL:kj@acme.com"), SID)
    assert contacts.email_address(name).value == "kj@acme.com"


def test_a_correct_name_beats_a_similar_one(tmp_path: Path) -> None:
    contacts = book(tmp_path, card("Marie Kay", "EMAIL:marie@acme.com"), card("Maria Kay", "EMAIL:maria@acme.com"))
    assert contacts.email_address("Maria").value == "maria@acme.com"


def test_a_full_name_beats_a_first_name(tmp_path: Path) -> None:
    contacts = book(tmp_path, card("Alex", "EMAIL:alex@acme.com"), card("Alex Morgan", "EMAIL:morgan@acme.com"))
    assert contacts.email_address("Alex").value == "alex@acme.com"


def test_every_nickname_counts(tmp_path: Path) -> None:
    contacts = book(tmp_path, card("Helen Ellis", "NICKNAME:Nell,Mom", "EMAIL:helen@example.com"))
    assert [contacts.email_address(name).who for name in ("nell", "Mom", "mum")] == ["Helen Ellis"] * 3


def test_a_title_tells_two_of_one_name_apart(tmp_path: Path) -> None:
    doctor = card("Dr. Wei Chen", "N:Chen;Wei;;Dr.;", "EMAIL:wei@clinic.example")
    contacts = book(tmp_path, doctor, card("Mia Chen", "N:Chen;Mia;;;", "EMAIL:mia@example.com"))
    assert contacts.email_address("Dr. Chen").value == "wei@clinic.example"
    assert contacts.email_address("Wei Chen").value == "wei@clinic.example"


def test_a_person_goes_by_what_they_do_and_where(tmp_path: Path) -> None:
    contacts = book(tmp_path, card("Grace Okafor", "TITLE:Accountant", "ORG:Okafor Ltd", "EMAIL:g@okafor.example"), SID)
    assert contacts.email_address("accountant").value == "g@okafor.example"
    assert contacts.email_address("okafor ltd").value == "g@okafor.example"
    assert contacts.email_address("Grace from Okafor").value == "g@okafor.example"


def test_two_of_one_name_are_a_question(tmp_path: Path) -> None:
    other = card("Sid Patel", "EMAIL:sid@patel.example")
    with pytest.raises(AmbiguousError) as caught:
        book(tmp_path, SID, other).email_address("Sid")
    assert [choice.label for choice in caught.value.choices] == [
        "Sid Carter <sid@acme.com>",
        "Sid Patel <sid@patel.example>",
    ]
    assert [choice.value for choice in caught.value.choices] == ["sid@acme.com", "sid@patel.example"]


def test_two_cards_of_one_address_are_no_question(tmp_path: Path) -> None:
    again = card("Sid Carter", "EMAIL:sid@acme.com", "ORG:Acme")
    assert book(tmp_path, SID, again).email_address("Sid").value == "sid@acme.com"


def test_only_those_who_can_be_reached_are_meant(tmp_path: Path) -> None:
    contacts = book(tmp_path, SID, card("Sid Patel", "TEL:+1-555-0199"))
    assert contacts.email_address("Sid").who == "Sid Carter"


def test_nobody_of_that_name_names_near_misses(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r'"Cid".*did you mean "Sid Carter"'):
        book(tmp_path, SID).email_address("Cid")


def test_somebody_without_an_address_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Tom Baker has no email address"):
        book(tmp_path, card("Tom Baker", "TEL:+1-555-0100")).email_address("Tom")


@pytest.mark.parametrize("name", ["", "   ", ".", "my"])
def test_no_name_is_nobody(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        book(tmp_path, SID).email_address(name)


def test_an_empty_address_book_says_where_cards_go(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=str(tmp_path)):
        VCardContacts(tmp_path / "contacts").email_address("Sid")


def test_a_group_of_its_own_card_gives_its_members(tmp_path: Path) -> None:
    group = card("marketing team", "KIND:group", "MEMBER:urn:uuid:1", "MEMBER:urn:uuid:2", "MEMBER:mailto:x@acme.com")
    one = card("Sid Carter", "UID:urn:uuid:1", "EMAIL:sid@acme.com")
    two = card("Priya Nair", "UID:urn:uuid:2", "TEL:+1-555-0105")
    found = book(tmp_path, group, one, two).email_address("Marketing")
    assert found.value == ["x@acme.com", "sid@acme.com"]
    assert found.remark == "without Priya Nair: no email address"


def test_a_category_is_a_group(tmp_path: Path) -> None:
    one = card("Sid Carter", "CATEGORIES:friends,Marketing Team", "EMAIL:sid@acme.com")
    two = card("Priya Nair", "CATEGORIES:marketing team", "EMAIL:priya@acme.com")
    found = book(tmp_path, one, two).email_address("the marketing team")
    assert found.value == ["sid@acme.com", "priya@acme.com"]


def test_names_of_addresses_and_of_everybody(tmp_path: Path) -> None:
    contacts = book(tmp_path, SID, card("Team", "KIND:group"))
    assert contacts.name_of("SID@acme.com") == "Sid Carter"
    assert contacts.name_of("who@acme.com") == ""
    assert contacts.names() == ["Sid Carter", "Team"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    contacts = book(tmp_path, SID)
    assert contacts.email_address("Sid").value == "sid@acme.com"
    (tmp_path / "more.vcf").write_text(card("Lutfi Rahman", "EMAIL:lutfi@acme.com"))
    assert contacts.email_address("Lutfi").value == "lutfi@acme.com"
