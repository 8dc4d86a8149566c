"""Built-in tools in disguise: the same graph under other names, every text copied from the request."""

from itertools import islice
from random import Random

import pytest
from own_seeds import own_seeds

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.commands.data_files import builtin_signatures
from tinyagent_cli.plan.call import Call, Reference, Template
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.disguise import copied, disguise, disguised
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.wardrobe import WARDROBE

SEEDS = own_seeds()
BUILTIN = builtin_signatures()
MAIL = Seed(
    "Email Sid the Roof Quotes note",
    (
        'get_email_address("Sid")',
        'open_note("Roof Quotes", "")',
        'compose_new_email(["$1"], [], "Roof quotes", "$2", [])',
    ),
)


def test_every_builtin_tool_has_other_clothes_for_each_of_its_parameters() -> None:
    assert WARDROBE.keys() == BUILTIN.keys()
    for name, clothes in WARDROBE.items():
        assert len(clothes.parameters) == len(BUILTIN[name].parameters)


def test_a_disguised_plan_has_the_graph_and_the_values_of_the_plan() -> None:
    for number in range(50):
        clothes = disguise(BUILTIN, 16, Random(number))
        worn = clothes.put_on(MAIL, BUILTIN)
        if worn is None:
            continue
        calls = [parse_call(text, place) for place, text in enumerate(worn.plan, 1)]
        assert [call.tool for call in calls] == [clothes.names[name] for name in MAIL.called]
        assert calls[2].references == (1, 2)
        assert calls[0] == Call(1, clothes.names["get_email_address"], ("Sid",))
        return
    raise AssertionError("no disguise fits")


def test_a_request_is_refused_where_none_of_its_tools_is_there() -> None:
    clothes = next(c for n in range(99) if (c := disguise(BUILTIN, 3, Random(n))).names.keys().isdisjoint(MAIL.called))
    worn = clothes.put_on(MAIL, BUILTIN)
    assert worn is not None
    assert worn.plan == ()


def test_words_beside_a_result_are_copied_too() -> None:
    query = "mail Sid Donato's number and say that he picks up the keys"
    numbered = Template(("the keys: ", Reference(1)))
    assert copied(numbered, query) == numbered
    assert copied(Template(("Donato picks up the keys: ", Reference(1))), query) is None


def test_a_request_that_is_served_in_part_is_left_out() -> None:
    clothes = next(c for n in range(99) if set((c := disguise(BUILTIN, 3, Random(n))).names) & set(MAIL.called))
    assert clothes.put_on(MAIL, BUILTIN) is None


def test_texts_take_the_spelling_of_the_request_or_none() -> None:
    assert copied("The bus is late.", "say the bus is late, ok?") == "the bus is late"
    assert copied(("Ana", "Ben"), "Ana and Bend") is None
    assert copied("", "anything") == ""


def test_disguised_seeds_are_right_by_every_check() -> None:
    for seed in islice(disguised(SEEDS[::3], BUILTIN, Random(4)), 200):
        assert seed.tools is not None
        check_seed(seed, BUILTIN)
