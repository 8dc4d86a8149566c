"""The plain frame of a mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinyagent_cli.assistants.mail_writer import LONGEST_SUBJECT, subject_from, write_mail


def test_the_users_words_stand_unchanged_between_greeting_and_name() -> None:
    words = "running late -- start without me!\n  $1 is no result"
    assert write_mail(words, ["Sid Carter"], "Robin Ellis") == f"Hi Sid,\n\n{words}\n\nBest regards,\nRobin Ellis\n"


@pytest.mark.parametrize(
    ("names", "greeting"),
    [
        (["Sid Carter", "Zoë Krüger"], "Hi Sid and Zoë,"),
        (["Sid", "Zoë", "Lutfi Rahman"], "Hi Sid, Zoë and Lutfi,"),
        (["A", "B", "C", "D"], "Hello all,"),
        (["Dr. Wei Chen"], "Hi Dr. Chen,"),
        (["Sid", ""], "Hello,"),
        ([], "Hello,"),
    ],
)
def test_people_are_greeted_by_name(names: list[str], greeting: str) -> None:
    assert write_mail("text", names, "").splitlines()[0] == greeting


@pytest.mark.parametrize("words", ["Hi Sid,\ntext", "dear all, text", "Hello!\n\ntext", "Good morning Sid,\n\ntext"])
def test_words_that_greet_are_not_greeted_again(words: str) -> None:
    assert write_mail(words, ["Sid"], "") == f"{words}\n"


@pytest.mark.parametrize("words", ["His plan is fine.", "Hiking on Sunday?", "Dearly missed"])
def test_words_that_only_look_like_a_greeting_are(words: str) -> None:
    assert write_mail(words, ["Sid"], "").startswith("Hi Sid,")


def test_nothing_to_say_leaves_the_frame() -> None:
    assert write_mail(" ", ["Sid"], "Robin") == "Hi Sid,\n\nBest regards,\nRobin\n"


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Lunch moves to one.", "Lunch moves to one"),
        ("# Packing list\n\n- socks", "Packing list"),
        ("Hi Sid,\n\nthe boxes are here", "the boxes are here"),
        ("", "a.pdf, b.pdf"),
    ],
)
def test_a_subject_comes_from_the_words_or_the_files(words: str, subject: str) -> None:
    assert subject_from(words, [Path("/x/a.pdf"), Path("b.pdf")]) == subject


def test_a_long_subject_ends_at_a_word() -> None:
    subject = subject_from("word " * 40, [])
    assert subject.endswith("word ...")
    assert len(subject) <= LONGEST_SUBJECT + 4


def test_no_words_and_no_files_make_no_subject() -> None:
    assert subject_from("", []) == "(no subject)"
