"""More people in a request, and in its plan wherever those two stand between whom they come."""

from random import Random

import pytest
from own_seeds import own_seeds

pytest.importorskip("faker", reason="the train extra is not installed")

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.training.check import check_seed
from tinyagent_cli.training.people import add_people
from tinyagent_cli.training.seeds import Seed

PAIR = Seed(
    "Text Ana and the caterer that we start at 6, then open plan.pdf",
    (
        'get_phone_number("Ana")',
        'get_phone_number("caterer")',
        'send_sms(["$1", "$2"], "We start at 6")',
        'open_and_get_file_path("plan.pdf")',
    ),
)


def test_the_new_ones_are_looked_up_and_stand_between_the_two() -> None:
    longer = add_people(PAIR, Random(3))
    assert longer is not None
    added = len(longer.plan) - len(PAIR.plan)
    assert added >= 1
    assert longer.plan[0] == PAIR.plan[0]
    assert longer.plan[1 + added] == 'get_phone_number("caterer")'
    wanted = ", ".join(f'"${number}"' for number in range(1, 3 + added))
    assert longer.plan[2 + added] == f'send_sms([{wanted}], "We start at 6")'
    for lookup in longer.plan[1 : 1 + added]:
        assert lookup.split('"')[1] in longer.query


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("Text Ana and Ben", ('get_phone_number("Ana")', 'send_sms(["$1"], "Ben")')),
        (
            "Text Ana and Ben, Ana that I come and Ben that I stay",
            (
                'get_phone_number("Ana")',
                'send_sms(["$1"], "I come")',
                'get_phone_number("Ben")',
                'send_sms(["$3"], "I stay")',
            ),
        ),
        ("Text Ana", ('get_phone_number("Ana")', 'send_sms(["$1"], "")')),
    ],
)
def test_people_who_are_not_together_stay_as_they_are(query: str, plan: tuple[str, ...]) -> None:
    assert add_people(Seed(query, plan), Random(1)) is None


def test_what_comes_of_the_seeds_is_right_by_every_check(builtin: Signatures) -> None:
    rng = Random(2)
    longer = [more for seed in own_seeds()[::4] if (more := add_people(seed, rng))]
    assert len(longer) > 50
    for seed in longer:
        check_seed(seed, builtin)
