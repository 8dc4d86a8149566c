"""Ranking tools by the words they share with a request."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.retrieval.lexical import LexicalRetriever, words

TOOLS = [
    Signature("book_table", (Parameter("restaurant"), Parameter("party_size", "int")), "Reserves seats for a meal."),
    Signature("waterPlants", (Parameter("bed", description="Which flower bed"),), "Turns the sprinkler on."),
    Signature("set_thermostat", (Parameter("degrees", "float"),), "Changes the temperature of a room."),
]


def best(request: str) -> str:
    return LexicalRetriever().rank(request, TOOLS)[0].name


def test_names_fall_into_their_words() -> None:
    assert words("waterPlants") == words("water_plants") == words("Water plants")


def test_inflected_words_meet() -> None:
    assert words("booked") == words("booking") == words("books") == words("book")
    assert words("reserve") == words("reserving") == words("reserves")


def test_name_description_and_parameters_count() -> None:
    assert best("could you water the roses") == "waterPlants"
    assert best("reserve something for tonight") == "book_table"
    assert best("make it 21 degrees in here") == "set_thermostat"


def test_a_rare_word_outweighs_a_common_one() -> None:
    tools = [Signature(f"list_{noun}", (), "Shows the list.") for noun in ("boats", "goats", "coats")]
    assert LexicalRetriever().rank("list the list of goats", tools)[0].name == "list_goats"


def test_tools_that_share_nothing_keep_their_order_at_zero() -> None:
    ranked = LexicalRetriever().rank("zzz", TOOLS)
    assert [(item.name, item.score) for item in ranked] == [(tool.name, 0.0) for tool in TOOLS]


def test_no_tools_give_no_ranking() -> None:
    assert LexicalRetriever().rank("anything", []) == []


def test_a_tool_without_words_can_be_ranked() -> None:
    assert [item.name for item in LexicalRetriever().rank("anything", [Signature("_1")])] == ["_1"]


@given(st.text())
def test_any_text_ranks_every_tool_once(request: str) -> None:
    ranked = LexicalRetriever().rank(request, TOOLS)
    assert sorted(item.name for item in ranked) == sorted(tool.name for tool in TOOLS)
    assert all(before.score >= after.score >= 0 for before, after in pairwise(ranked))
