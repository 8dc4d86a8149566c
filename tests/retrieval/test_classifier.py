"""The classifier that ships, on requests of our own."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tinyagent_cli.errors import ModelError
from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.retrieval import ToolClassifier, load_retriever, select
from tinyagent_cli.retrieval.classifier import CARD, SHIPPED, VOCABULARY, WEIGHTS
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file

TOOLS = [tool.signature for tool in read_tool_file(builtin_tool_file(), builtin=True).values()]


@pytest.fixture(scope="module")
def classifier() -> ToolClassifier:
    return load_retriever()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the shipped files."""
    for name in (CARD, VOCABULARY, WEIGHTS):
        shutil.copy(SHIPPED / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("request_text", "needed"),
    [
        ("email Sid the notes", {"get_email_address", "open_note", "compose_new_email"}),
        ("text my brother that dinner is at 8", {"get_phone_number", "send_sms"}),
        ("directions to the train station", {"maps_show_directions"}),
        ("where is the nearest bakery?", {"maps_open_location"}),
        ("remind me to water the plants on Sunday", {"create_reminder"}),
        ("set up a meeting with Lena tomorrow at 3pm", {"get_email_address", "create_calendar_event"}),
        ("summarise report.pdf", {"open_and_get_file_path", "summarize_pdf"}),
        ("forward this mail to Tom", {"get_email_address", "forward_email"}),
        ("reply that I'll be there", {"reply_to_email"}),
        ("add eggs to my shopping note", {"append_note_content"}),
        ("make a note called Ideas saying buy a boat", {"create_note"}),
        ("what's Nina's phone number", {"get_phone_number"}),
        ("get me a zoom link for monday 10am", {"get_zoom_meeting_link"}),
        (
            "Remind me to pay rent tomorrow. Also, text Anna that I'm late and open budget.xlsx.",
            {"create_reminder", "get_phone_number", "send_sms", "open_and_get_file_path"},
        ),
    ],
)
def test_needed_tools_are_offered(classifier: ToolClassifier, request_text: str, needed: set[str]) -> None:
    offered = {tool.name for tool in select(request_text, TOOLS, classifier)}
    assert needed <= offered
    assert len(offered) <= len(needed) + 4


def test_every_builtin_tool_is_known(classifier: ToolClassifier) -> None:
    ranked = classifier.rank("hello", TOOLS)
    assert {item.name for item in ranked} == {tool.name for tool in TOOLS} == set(classifier.learned)
    assert all(0 <= item.score <= 1 for item in ranked)


def test_case_accents_and_width_do_not_matter(classifier: ToolClassifier) -> None:
    plain = classifier.probabilities("email rene the resume")
    assert classifier.probabilities("EMAIL René the résumé") == plain
    assert classifier.probabilities("\uff45\uff4d\uff41\uff49\uff4c rene the resume") == plain


def test_a_namesake_with_other_parameters_is_not_judged(classifier: ToolClassifier) -> None:
    namesake = Signature("send_sms", (Parameter("ship"), Parameter("flags", "list[str]")))
    assert classifier.rank("text Anna", [namesake]) == []
    assert select("text Anna", [namesake], classifier) == [namesake]


def test_a_disabled_tool_is_not_offered(classifier: ToolClassifier) -> None:
    rest = [tool for tool in TOOLS if tool.name != "send_sms"]
    assert "send_sms" not in {item.name for item in classifier.rank("text Anna hello", rest)}


@pytest.mark.parametrize("request_text", ["", " ", "\x00", "🎉", "привет мир", "a" * 1_000_000, "word " * 200_000])
def test_any_text_gives_three_tools_or_more(classifier: ToolClassifier, request_text: str) -> None:
    assert len(select(request_text, TOOLS, classifier)) >= 3


def test_the_end_of_a_long_request_counts(classifier: ToolClassifier) -> None:
    story = "It rained all week and the garden was quiet, nobody came by and nothing much happened. " * 300
    likely = {item.name for item in classifier.rank(story + "Text Anna that I am late.", TOOLS) if item.score > 0.5}
    assert {"get_phone_number", "send_sms"} <= likely


@pytest.mark.parametrize("name", [CARD, VOCABULARY, WEIGHTS])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        load_retriever(copy)


@pytest.mark.parametrize("name", [CARD, VOCABULARY, WEIGHTS])
def test_a_torn_file_is_named(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=f"{name} is damaged"):
        load_retriever(copy)


@pytest.mark.parametrize("name", [VOCABULARY, WEIGHTS])
def test_garbage_of_the_right_size_is_named(copy: Path, name: str) -> None:
    size = (copy / name).stat().st_size
    (copy / name).write_bytes(b"\xff" * size)
    with pytest.raises(ModelError, match=f"{name} is damaged") as caught:
        load_retriever(copy)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["[]", "{}", '{"tools": {}, "files": {}}', '{"tools": {"a": []}, "files": []}'])
def test_a_card_that_is_none_is_named(copy: Path, content: str) -> None:
    (copy / CARD).write_text(content)
    with pytest.raises(ModelError, match=f"{CARD} is damaged"):
        load_retriever(copy)


def test_the_card_holds_the_hashes_of_the_shipped_files() -> None:
    card = json.loads((SHIPPED / CARD).read_text())
    for name, facts in card["files"].items():
        content = (SHIPPED / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (facts["bytes"], facts["sha256"])


def test_the_shipped_files_are_small() -> None:
    assert sum((SHIPPED / name).stat().st_size for name in (CARD, VOCABULARY, WEIGHTS)) < 15_000_000


def test_neither_torch_nor_transformers_is_imported() -> None:
    code = (
        "import sys\n"
        "from tinyagent_cli.retrieval import load_retriever\n"
        "assert not {'numpy', 'onnxruntime', 'tokenizers'} & set(sys.modules), 'heavy import at module level'\n"
        "load_retriever().probabilities('email Sid the notes')\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SHIPPED.parent.parent)
