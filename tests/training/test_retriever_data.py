"""Labelled requests made from seeds."""

from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.training.retriever_data import (
    Labelled,
    as_written,
    calibration_set,
    digest,
    of_builtin,
    spoil,
    varied,
)
from tinyagent_cli.training.seeds import Seed

SEEDS = [
    Seed("text Marco that the train is late", ('get_phone_number("Marco")', 'send_sms(["$1"], "The train is late")')),
    Seed("where is the nearest harbour?", ('maps_open_location("nearest harbour")',)),
    Seed("what will the weather be like in Oslo", ()),
    Seed("open the budget spreadsheet for me", ('open_and_get_file_path("budget spreadsheet")',)),
]


def test_labels_are_the_tools_a_plan_calls() -> None:
    assert as_written(SEEDS[:1]) == [Labelled(SEEDS[0].query, frozenset({"get_phone_number", "send_sms"}))]
    assert as_written(SEEDS[2:3])[0].tools == frozenset()


def test_seeds_with_their_own_tools_are_left_out() -> None:
    own = Seed("water the roses", (), tools=({"name": "water", "parameters": []},))
    assert of_builtin([*SEEDS, own]) == SEEDS


def test_joined_requests_carry_the_labels_of_both() -> None:
    single = {item.tools for item in as_written(SEEDS)}
    joined = [item for item in islice(varied(SEEDS, Random(3)), 400) if item.tools not in single]
    assert joined
    for item in joined:
        assert any(item.tools == one | other for one in single for other in single) or len(item.tools) >= 3


def test_the_stream_is_the_same_for_the_same_seed() -> None:
    assert list(islice(varied(SEEDS, Random(5)), 50)) == list(islice(varied(SEEDS, Random(5)), 50))
    assert list(islice(varied(SEEDS, Random(5)), 50)) != list(islice(varied(SEEDS, Random(6)), 50))


def test_the_calibration_set_begins_with_the_requests_as_written() -> None:
    items = calibration_set(SEEDS, Random(1))
    assert items[: len(SEEDS)] == as_written(SEEDS)
    assert len(items) > 2 * len(SEEDS)


@pytest.mark.parametrize("number", range(20))
def test_noise_changes_a_request_but_little(number: int) -> None:
    request = "Please email Ingrid, and tell her the boat leaves at nine."
    spoiled = spoil(request, Random(number))
    assert spoiled != request
    assert abs(len(spoiled) - len(request)) <= 20


@given(st.text(), st.integers(0, 2**32))
def test_noise_takes_any_text(request: str, seed: int) -> None:
    assert isinstance(spoil(request, Random(seed)), str)


def test_the_digest_ignores_order_and_sees_labels() -> None:
    items = as_written(SEEDS)
    assert digest(items) == digest(items[::-1])
    assert digest(items) != digest([*items[:-1], Labelled(items[-1].request, frozenset())])
