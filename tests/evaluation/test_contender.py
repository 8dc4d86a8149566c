"""Candidates, the tools they are offered, and what is noted while the shipped planner plans."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Exchange, ScriptedServer, running

from tinyagent_cli.config import Config, OpenAIConfig
from tinyagent_cli.errors import ModelError, UsageError
from tinyagent_cli.evaluation.contender import Candidate, Contender, check_models, configured, read_candidates
from tinyagent_cli.evaluation.score import judge
from tinyagent_cli.plan.parser import parse_plan
from tinyagent_cli.plan.signature import signature_from_json
from tinyagent_cli.planner.engines.base import Usage
from tinyagent_cli.tools.registry import Registry

from .conftest import item_of

OWN = [
    signature_from_json({"name": name, "description": name.replace("_", " ")}) for name in ("play_jazz", "dim_light")
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with running(ScriptedServer()) as scripted:
        yield scripted


@pytest.fixture
def served(server: ScriptedServer) -> Iterator[Contender]:
    config = Config(engine="openai", openai=OpenAIConfig(base_url=server.url, model="m"))
    loaded = Contender(config, Registry.load(config))
    yield loaded
    loaded.close()


def test_every_model_with_every_way_to_choose_tools() -> None:
    found = read_candidates(Config(), ["embedded", "openai:llama3.2:1b", "a/b.gguf"], ["retrieved", "top3"])
    assert [(each.engine, each.model, each.tools) for each in found] == [
        ("auto", "embedded", "retrieved"),
        ("auto", "embedded", "top3"),
        ("openai", "llama3.2:1b", "retrieved"),
        ("openai", "llama3.2:1b", "top3"),
        ("auto", "a/b.gguf", "retrieved"),
        ("auto", "a/b.gguf", "top3"),
    ]
    assert len({each.label for each in found}) == 6


def test_without_a_model_the_configured_one() -> None:
    assert read_candidates(Config(), [], []) == [Candidate("auto", "embedded", "retrieved")]
    config = Config(engine="openai", openai=OpenAIConfig(model="qwen3"))
    assert read_candidates(config, [], ["all"]) == [Candidate("openai", "qwen3", "all")]


@pytest.mark.parametrize("tools", ["best", "top", "top0", "top-3", "top100", "embedding", "embedding0", "top3:a", ""])
def test_a_way_that_there_is_not(tools: str) -> None:
    with pytest.raises(UsageError, match="--tools must be"):
        read_candidates(Config(), [], [tools])


def test_candidates_are_called_by_model_and_way() -> None:
    ways = ["retrieved", "all", "top3", "embedding6", "embedding6:models/bge"]
    assert [each.label for each in read_candidates(Config(), ["a.gguf"], ways)] == [
        "a.gguf, classifier",
        "a.gguf, all tools",
        "a.gguf, top 3",
        "a.gguf, embedding top 6",
        "a.gguf, embedding top 6 (bge)",
    ]
    assert Candidate("auto", "a.gguf", "all", title="ours").label == "ours, all tools"


def test_an_encoder_that_is_not_there_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no sentence encoder"):
        check_models(Config(), [Candidate("auto", "embedded", f"embedding3:{tmp_path}")])


def test_the_configuration_of_a_candidate() -> None:
    config = Config(openai=OpenAIConfig(api_key="key", model="other"))
    served = configured(config, Candidate("openai", "qwen3"))
    assert (served.engine, served.openai.model, served.openai.api_key) == ("openai", "qwen3", "key")
    local = configured(config, Candidate("llamacpp", "a.gguf"))
    assert (local.engine, local.model) == ("llamacpp", "a.gguf")


def test_a_model_that_is_not_there() -> None:
    config = Config(model="none")
    with pytest.raises(ModelError, match="no model at"):
        Contender(config, Registry.load(config))


def test_which_tools_are_offered(served: Contender) -> None:
    request = item_of("play some jazz please", tools=tuple(OWN)).request
    assert served.answer(request, "all").offered == ("play_jazz", "dim_light")
    assert served.answer(request, "top1").offered == ("play_jazz",)
    request = item_of("text Sid that I'm late").request
    assert len(served.answer(request, "all").offered) == 16
    assert len(served.answer(request, "top6").offered) == 6
    assert {"send_sms", "get_phone_number"} <= set(served.answer(request).offered)


def test_what_goes_wrong_is_in_the_answer(served: Contender, server: ScriptedServer) -> None:
    server.answer = lambda exchange: exchange.stream('1. get_phone_number("Zebedee")\n2. join()\n')
    answer = served.answer(item_of("text Sid").request)
    assert answer.plan is None
    assert "Zebedee" in answer.error
    assert "Zebedee" in answer.written
    assert "plan" not in answer.seconds
    assert served.answer(item_of(" ").request).error == "the request is empty"


def test_tokens_are_those_that_a_server_tells(served: Contender, server: ScriptedServer) -> None:
    def tell(exchange: Exchange) -> None:
        exchange.stream(end=False)
        exchange.event({"choices": [], "usage": {"prompt_tokens": 700, "completion_tokens": 5}})
        exchange.event({"choices": [{"delta": {"content": "1. join()"}}]})

    request = item_of("play jazz").request
    assert served.answer(request).usage is None
    server.answer = tell
    assert served.answer(request).usage == Usage(700, 5)


def test_the_shipped_planner(contender: Contender) -> None:
    query = "text Sid that I'm running late"
    item = item_of(query, 'get_phone_number("Sid")', 'send_sms(["$1"], "I\'m running late")')
    answer = contender.answer(item.request)
    result = judge(item, answer, contender.available(None))
    assert result.success, answer
    assert result.copied.part == result.copied.whole == 1
    assert set(answer.seconds) == {"retrieve", "plan"}
    assert parse_plan(answer.written) == answer.plan
    assert answer.usage is not None
    assert 20 < answer.usage.prompt < 150
    assert 10 < answer.usage.written < len(answer.written)
    assert contender.bits == 4
    assert contender.bytes == (Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf").stat().st_size


def test_each_answer_is_noted_by_itself(contender: Contender) -> None:
    """What the first plan left behind is no part of the second."""
    contender.answer(item_of("what is Sid's phone number").request)
    answer = contender.answer(item_of("show my note Ideas").request)
    assert "Sid" not in answer.written
    assert parse_plan(answer.written) == answer.plan
