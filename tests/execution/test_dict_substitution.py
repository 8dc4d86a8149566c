"""Results find their places at any depth of an argument, and keep their shape there."""

from tinyagent_cli.execution.values import Value, substitute
from tinyagent_cli.plan.call import Call, Reference, Template

VALUES = {
    0: Value("the document", "document"),
    1: Value("sid@acme.com", 1),
    2: Value(["a@acme.com", "b@acme.com"], 2),
    3: Value({"city": "Bern", "people": 3}, 3),
    4: Value(None, 4),
    5: Value(True, 5),
}


def test_dictionaries_and_what_is_in_them_are_filled() -> None:
    argument = {"to": (Reference(1),), "deep": {"text": Template(("from ", Reference(0)))}, "plain": "$1"}
    assert substitute(argument, VALUES) == {
        "to": ["sid@acme.com"],
        "deep": {"text": "from the document"},
        "plain": "$1",
    }


def test_a_list_is_spliced_into_a_list() -> None:
    assert substitute((Reference(1), Reference(2), "c@acme.com"), VALUES) == [
        "sid@acme.com",
        "a@acme.com",
        "b@acme.com",
        "c@acme.com",
    ]


def test_a_bare_reference_is_the_result_itself() -> None:
    assert substitute(Reference(2), VALUES) == ["a@acme.com", "b@acme.com"]
    assert substitute(Reference(3), VALUES) == {"city": "Bern", "people": 3}


def test_within_a_text_results_read_as_people_write() -> None:
    template = Template(tuple(part for number in (2, 3, 4, 5) for part in (Reference(number), "; ")))
    assert substitute(template, VALUES) == "a@acme.com, b@acme.com; city: Bern\npeople: 3; ; yes; "


async def test_a_tool_receives_the_filled_dictionary_as_text(make_tool, run_plan) -> None:
    tools = [make_tool("look_up", lambda: "Bern"), make_tool("note", lambda text: text, "text")]
    plan = [Call(1, "look_up"), Call(2, "note", ({"city": Reference(1)},))]
    assert (await run_plan(plan, tools))[2].value == "city: Bern"


async def test_arguments_by_name_are_filled_too(make_tool, run_plan) -> None:
    tools = [make_tool("look_up", lambda: "Bern"), make_tool("note", lambda a, b: a + b, "a", "b")]
    plan = [Call(1, "look_up"), Call(2, "note", ("in ",), {"b": Reference(1)})]
    assert (await run_plan(plan, tools))[2].value == "in Bern"


async def test_the_document_is_call_zero(make_tool, run_plan) -> None:
    plan = [Call(1, "note", (Reference(0),))]
    results = await run_plan(plan, [make_tool("note", lambda text: text, "text")], document="minutes of the meeting")
    assert results[1].value == "minutes of the meeting"
