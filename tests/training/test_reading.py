"""A second reading plans the request afresh and says how it differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import PlanServer, running

from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.planner.engines.openai import OpenAI
from tinyagent_cli.training.reading import read_again, read_all
from tinyagent_cli.training.seeds import Placed, Seed

SID = 'get_email_address("Sid")'
NOTES = Seed("email Sid the notes", (SID, 'open_note("notes", "")', 'compose_new_email(["$1"], [], "", "$2", [])'))


@pytest.fixture
def engine() -> Iterator[OpenAI]:
    with running(PlanServer()) as server:
        server.plans["where is Sid"] = '1. maps_open_location("Ola")\n'
        loaded = OpenAI(server.url, model="m")
        yield loaded
        loaded.close()


def test_it_agrees_whatever_the_order_and_the_words(builtin: Signatures, engine: OpenAI) -> None:
    assert read_again(NOTES, builtin, engine).agrees


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        (Seed("email Sid the notes", (SID,)), f"a second reading plans {SID}; open_note"),
        (Seed("what is Sid's address", (SID,)), "a second reading plans nothing"),
        (Seed("where is Sid", ('maps_open_location("Sid")',)), "a second reading finds no plan: call 1"),
    ],
)
def test_it_says_how_it_differs(seed: Seed, reason: str, builtin: Signatures, engine: OpenAI) -> None:
    reading = read_again(seed, builtin, engine)
    assert not reading.agrees
    assert reading.reason.startswith(reason)


def test_a_request_that_is_too_long_is_a_reading_that_differs(builtin: Signatures, engine: OpenAI) -> None:
    reading = read_again(Seed("email Sid " + "and Sid " * 1000, (SID,)), builtin, engine)
    assert not reading.agrees
    assert "characters long" in reading.reason


def test_many_are_read_in_order(builtin: Signatures, engine: OpenAI) -> None:
    seeds = [Placed(seed, Path("a.jsonl"), line) for line, seed in enumerate([NOTES, Seed("hum", ()), NOTES], 1)]
    readings = list(read_all(seeds, builtin, engine, 3))
    assert [placed.line for placed, _ in readings] == [1, 2, 3]
    assert all(reading.agrees for _, reading in readings)
