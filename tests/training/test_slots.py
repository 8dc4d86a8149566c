"""Other names, files, places, titles and times go into request and plan alike."""

from random import Random

import pytest
from own_seeds import own_seeds

from tinyagent_cli.plan.check import check_plan
from tinyagent_cli.plan.parser import parse_call
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file
from tinyagent_cli.training.seeds import Seed
from tinyagent_cli.training.slots import move_times, refill, slots, substitute

pytest.importorskip("faker", reason="the train extra is not installed")

BUILTIN = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
SEEDS = [seed for seed in own_seeds() if seed.tools is None]
ROUTE = Seed(
    "Directions from Pier 40 to Elm Hall, text them to Dr. Chen, and mail Jane Okafor plan_b.pdf from my Trips note",
    (
        'maps_show_directions("Pier 40", "Elm Hall", "d")',
        'get_phone_number("Dr. Chen")',
        'send_sms(["$2"], "$1")',
        'get_email_address("Jane Okafor")',
        'open_and_get_file_path("plan_b.pdf")',
        'open_note("Trips", "")',
        'compose_new_email(["$4"], [], "Trips", "$6", ["$5"])',
    ),
)


def test_everything_that_is_copied_is_a_slot() -> None:
    assert {text for text, _ in slots(ROUTE)} == {
        "Pier 40",
        "Elm Hall",
        "Dr. Chen",
        "Jane Okafor",
        "plan_b.pdf",
        "Trips",
    }


def test_the_fillings_are_of_the_same_form_and_stand_in_the_request() -> None:
    filled = refill(ROUTE, Random(2), share=1.0)
    assert filled is not None
    copied = dict(zip((text for text, _ in slots(ROUTE)), (text for text, _ in slots(filled)), strict=True))
    assert all(old != new and new in filled.query and old not in filled.query for old, new in copied.items())
    assert copied["plan_b.pdf"].endswith(".pdf")
    assert len(copied["Jane Okafor"].split()) == 2
    assert len(copied["Dr. Chen"].split()) == 2


def test_a_name_inside_a_title_is_left_alone() -> None:
    seed = Seed("open the Roof note in Roof Jobs", ('open_note("Roof", "Roof Jobs")',))
    assert [text for text, _ in slots(seed)] == ["Roof Jobs"]


def test_what_would_tear_a_copied_text_is_not_done() -> None:
    seed = Seed("text Bo the word Elbow", ('get_phone_number("Bo")', 'send_sms(["$1"], "the word Elbow")'))
    changed = substitute(seed, {"Bo": "Ann"})
    assert changed == Seed("text Ann the word Elbow", ('get_phone_number("Ann")', 'send_sms(["$1"], "the word Elbow")'))
    assert substitute(seed, {}) is None


def test_times_move_together() -> None:
    seed = Seed("remind me on friday at 3pm", ('create_reminder("Me", "friday at 3pm", "", "", 0, False)',))
    moved = [move_times(seed, Random(draw)) for draw in range(20)]
    assert len({seed.query for seed in moved}) > 10
    for variant in moved:
        said = variant.query.removeprefix("remind me on ")
        assert f'"{said}"' in variant.plan[0]


@pytest.mark.parametrize("minutes", [":05", ":10 ", ".12"])
def test_the_minutes_of_a_time_stay(minutes: str) -> None:
    seed = Seed(f"swim at 7{minutes}pm", (f'create_reminder("swim", "7{minutes}pm", "", "", 0, False)',))
    for draw in range(20):
        moved = move_times(seed, Random(draw))
        assert f"{minutes}pm" in moved.query
        assert f'"{moved.query.removeprefix("swim at ")}"' in moved.plan[0]


def test_a_refilled_plan_passes_the_check_as_before() -> None:
    rng = Random(7)
    for seed in rng.sample(SEEDS, 200):
        filled = refill(seed, rng)
        if filled is None:
            continue
        plan = tuple(parse_call(call, number) for number, call in enumerate(filled.plan, 1))
        source = f"{filled.query}\n{filled.document or ''}"
        assert check_plan(plan, BUILTIN, source=source, has_document=filled.document is not None) == plan
