"""Requests with a remark that changes them: what is taken back is not planned, what is said anew is."""

from random import Random

import pytest

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.multiply import recombine
from tinyagent_cli.training.remarks import remarked, renamed, replaced, shortened, taken_back
from tinyagent_cli.training.seeds import Seed

TEXT = Seed("text Ana that the train is late", ('get_phone_number("Ana")', 'send_sms(["$1"], "The train is late")'))
REMINDER = Seed("remind me to feed the cat tonight", ('create_reminder("Feed the cat", "tonight", "", "", 0, False)',))
WEATHER = Seed("what will the weather be like in Oslo", ())
PIPED = Seed("save this as a note called Kiln", ('create_note("Kiln", "$0", "")',), document="Cone 04.")
SEEDS = [TEXT, REMINDER, WEATHER, PIPED]


@pytest.mark.parametrize("number", range(20))
def test_another_name_stands_in_the_remark_and_in_the_plan(number: int, builtin: Signatures) -> None:
    changed = renamed(TEXT, REMINDER, Random(number))
    assert changed is not None
    assert changed.query.startswith("text Ana that the train is late. ")
    assert 'get_phone_number("Ana")' not in changed.plan
    assert changed.plan[1] == TEXT.plan[1]
    check_seed(changed, builtin)


def test_a_name_that_a_message_mentions_is_not_exchanged() -> None:
    mentioned = Seed("text Ana: Ana, come", ('get_phone_number("Ana")', 'send_sms(["$1"], "Ana, come")'))
    assert all(renamed(mentioned, REMINDER, Random(number)) is None for number in range(20))


def test_what_is_left_out_is_not_planned() -> None:
    for number in range(10):
        changed = shortened(TEXT, REMINDER, Random(number))
        assert changed is not None
        assert TEXT.query in changed.query and REMINDER.query in changed.query
        assert "reminder" in changed.query.removesuffix(REMINDER.query)
        assert changed.plan == TEXT.plan


def test_nothing_is_left_out_that_both_requests_make() -> None:
    assert shortened(TEXT, TEXT, Random(1)) is None


@pytest.mark.parametrize(
    "plan",
    [
        ('get_phone_number("Bo")', 'get_phone_number("Ana")', 'send_sms(["$2"], "The train is late")'),
        ('open_note("Trains", "")', 'get_phone_number("Ana")', 'send_sms(["$2"], "The train is late")'),
        ('maps_open_location("station")', 'get_phone_number("Ana")', 'send_sms(["$2"], "$1")'),
    ],
)
def test_of_two_wishes_in_one_request_none_is_left_out_alone(plan: tuple[str, ...]) -> None:
    both = Seed("show me what I asked for, and text Ana that the train is late", plan)
    assert all(shortened(REMINDER, both, Random(number)) is None for number in range(10))


def test_nothing_is_left_out_whose_name_may_mean_another_thing() -> None:
    opened = Seed("read me my note on trains", ('open_note("trains", "")',))
    made = Seed("make a note that says milk", ('create_note("Milk", "milk", "")',))
    assert all(shortened(opened, made, Random(number)) is None for number in range(10))


def test_a_request_with_a_remark_does_not_come_second_in_a_pair() -> None:
    taken = taken_back(TEXT, REMINDER, Random(1))
    assert taken is not None
    assert recombine(REMINDER, taken, Random(1)) is None
    assert recombine(REMINDER, TEXT, Random(1)) is not None


def test_one_request_takes_the_place_of_another() -> None:
    changed = replaced(TEXT, REMINDER, Random(1))
    assert changed is not None and changed.plan == REMINDER.plan
    assert changed.query.startswith(TEXT.query) and changed.query.endswith(REMINDER.query)


def test_all_can_be_taken_back_where_something_was_asked() -> None:
    changed = taken_back(REMINDER, TEXT, Random(1))
    assert changed is not None and changed.plan == () and changed.query.startswith(REMINDER.query)
    assert taken_back(WEATHER, TEXT, Random(1)) is None


def test_every_remark_makes_a_seed_that_passes_the_checks(builtin: Signatures) -> None:
    made = [seed for number in range(100) for seed in remarked(SEEDS, Random(number))]
    assert len({seed.query for seed in made}) > 20
    for seed in made:
        check_seed(seed, builtin)
        assert seed.document is None
