"""Variations of a seed keep its plan right."""

import re
from itertools import islice
from random import Random

import pytest
from own_seeds import own_seeds

from tinyagent_cli.training.multiply import (
    amounts,
    lower_case,
    multiply,
    noisy,
    random_pair,
    recombine,
    speech,
    typos,
)
from tinyagent_cli.training.seeds import Seed

pytest.importorskip("faker", reason="the train extra is not installed")

SEEDS = own_seeds()
MAIL = Seed(
    "Email Sid the Roof Quotes note, we owe 40 dollars.",
    (
        'get_email_address("Sid")',
        'open_note("Roof Quotes", "")',
        'compose_new_email(["$1"], [], "Roof Quotes", "$2 We owe 40 dollars.", [])',
    ),
)
TEXT = Seed(
    "Text Anouk that the boat leaves at 9.", ('get_phone_number("Anouk")', 'send_sms(["$1"], "The boat leaves at 9.")')
)


def test_small_letters_reach_what_the_plan_copies() -> None:
    lowered = lower_case(MAIL, Random(1))
    assert lowered is not None
    assert lowered.plan[1] == 'open_note("roof quotes", "")'


def test_speech_has_no_punctuation_but_keeps_file_names() -> None:
    seed = Seed("Open plan_b.pdf, please.", ('open_and_get_file_path("plan_b.pdf")',))
    assert speech(seed, Random(1)) == Seed("open plan_b.pdf please", seed.plan)


def test_typos_spare_the_words_of_the_plan() -> None:
    slipped = typos(TEXT, Random(5))
    assert slipped is not None
    assert slipped.query != TEXT.query
    assert {"Anouk", "boat", "leaves"} <= set(re.findall(r"\w+", slipped.query))
    assert slipped.plan == TEXT.plan


def test_noise_spares_a_word_that_the_plan_holds_in_the_singular() -> None:
    seed = Seed("Lamps off in the nursery", ('devices.of("lamp", "nursery")', 'devices.off("$1")'))
    noisy_ones = {noisy(seed, Random(number)).query for number in range(60)}
    assert len(noisy_ones) > 1
    assert all("lamps" in query.lower() for query in noisy_ones)


@pytest.mark.parametrize("plan", [('cross("AA")', 'cross("Aa")'), ('cross("AA", "Aa")',), ('cross(["AA", "Aa"])',)])
def test_noise_leaves_texts_apart_that_differ_in_case_alone(plan: tuple[str, ...]) -> None:
    seed = Seed(query="Cross AA, please. And then Aa.", plan=plan)
    told = [noisy(seed, Random(number)) for number in range(60)]
    assert len({one.query for one in told}) > 1
    assert {one.plan for one in told} == {plan}


def test_an_amount_is_escaped_in_the_plan() -> None:
    paid = amounts(MAIL, Random(1))
    assert paid is not None
    assert "$40" in paid.query
    assert r"We owe \$40." in paid.plan[2]


def test_a_pair_shifts_the_references_of_its_second_half() -> None:
    pair = recombine(MAIL, TEXT, Random(2))
    assert pair is not None
    assert pair.plan[-1] == 'send_sms(["$4"], "The boat leaves at 9.")'
    assert recombine(MAIL, MAIL, Random(2)) is None


def test_a_request_is_no_pair_with_itself() -> None:
    refusal = Seed("What shall I give my aunt?", ())
    pairs = [random_pair([refusal, TEXT], Random(number)) for number in range(9)]
    assert all(pair and pair.plan for pair in pairs)
    assert random_pair([TEXT], Random(1)) is None


def test_an_amount_is_no_reference() -> None:
    pay = Seed("Text Jo I paid $12 for it", ('get_phone_number("Jo")', 'send_sms(["$1"], "I paid \\$12 for it")'))
    pair = recombine(MAIL, pay, Random(2))
    assert pair is not None
    assert pair.plan[-1] == 'send_sms(["$4"], "I paid \\$12 for it")'


def test_two_passes_hold_every_seed_and_only_whole_plans() -> None:
    seeds = SEEDS[:200]
    passes = list(islice(multiply(seeds, Random(1)), 2))
    varied = [seed for passed in passes for seed in passed]
    assert {seed.query for seed in varied[: len(seeds)]} == {seed.query for seed in seeds}
    for seed in varied:
        for number, call in enumerate(seed.plan, 1):
            references = [int(digits) for digits in re.findall(r"(?<!\\)\$(\d{1,2})(?!\d)", call)]
            assert all(reference < number for reference in references)
