"""Summaries quote the sentences that matter, in order, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.assistants.summariser import sentences_of, summarise

REPORT = """Annual report of the boat club

The boat club had a good year. Membership rose from 80 to 112, mostly families who came to the open day in May.
The open day cost 400 euros and will be repeated. Lunch was served at noon. The boat house needs a new roof,
because rain comes in above the racks. A new roof costs 18,000 euros, of which the town pays a third. The club
will raise the fee for members by 5 euros a month to pay for the roof of the boat house. Dr. Chen, who has led
the club since 2012, steps down in autumn. The members elect a new leader at the meeting on 3 October. Two boats
were sold. The weather was mixed. The money from the boats goes towards the roof as well. The youth team
won its first regatta. Its trainer, Ms. Okafor, stays for another season. The kitchen was painted by volunteers.

Page 1 of 1
"""


def test_a_summary_quotes_a_few_sentences_in_their_order() -> None:
    summary = summarise(REPORT)
    chosen = sentences_of(summary)
    places = [sentences_of(REPORT).index(sentence) for sentence in chosen]
    assert len(chosen) == 4
    assert places == sorted(places)


def test_a_summary_tells_what_the_text_is_about() -> None:
    assert "roof" in summarise(REPORT)
    assert "Lunch was served" not in summarise(REPORT)


def test_a_summary_is_always_the_same() -> None:
    assert summarise(REPORT) == summarise(REPORT)


def test_a_sentence_said_twice_is_quoted_once() -> None:
    text = "The roof of the boat house leaks badly. " * 30 + "A new roof is far too dear for the club. " * 30
    assert summarise(text) == "The roof of the boat house leaks badly. A new roof is far too dear for the club."


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Chen met Ms. Okafor at 3.30 p.m. in St. Ives. They spoke about e.g. boats.",
        "He asked why. “Nobody knows,” she said. Then they left at once.",
    ],
)
def test_abbreviations_do_not_end_sentences(text: str) -> None:
    assert " ".join(sentences_of(text)) == text.strip()
    assert not any(sentence.endswith(("Dr.", "Ms.", "St.", "e.g.")) for sentence in sentences_of(text))


def test_broken_words_are_joined_and_headings_left_out() -> None:
    text = (
        "1 Introduction\nThe member-\nship of the club has\ngrown again.\n\n2 Outlook\nIt will grow further this year."
    )
    assert sentences_of(text) == ["The membership of the club has grown again.", "It will grow further this year."]


def test_list_items_are_sentences_of_their_own() -> None:
    assert sentences_of("- Launch moves to 14 April.\n- Sid writes the announcement.\n") == [
        "Launch moves to 14 April.",
        "Sid writes the announcement.",
    ]


def test_a_text_without_sentences_is_returned_whole() -> None:
    assert summarise("milk, eggs\nbread") == "milk, eggs bread"


def test_other_scripts() -> None:
    assert sentences_of("これは最初の文です。二番目の文もあります。") == [
        "これは最初の文です。",
        "二番目の文もあります。",
    ]


@given(st.text())
def test_a_summary_adds_no_word(text: str) -> None:
    assert set("".join(summarise(text).split())) <= set("".join(text.split()))


def test_a_long_text_is_no_trouble() -> None:
    text = "".join(f"Sentence number {number} speaks of topic {number % 7} and its place. " for number in range(4000))
    assert len(sentences_of(summarise(text))) == 5
