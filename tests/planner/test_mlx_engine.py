"""The MLX engine: it reads the same file as llama.cpp, and writes the same plan."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinyagent_cli.errors import ModelError, UsageError
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.planner.engines.llamacpp import LlamaCpp
from tinyagent_cli.planner.engines.mlx import CONTEXT, Mlx
from tinyagent_cli.planner.planner import Planner
from tinyagent_cli.tools.registry import builtin_tool_file
from tinyagent_cli.tools.toolfile import read_tool_file

pytest.importorskip("mlx.core", reason="mlx is not installed: pip install 'mlx[cpu]'")
pytestmark = pytest.mark.mlx

SHIPPED = Path(__file__).parents[2] / "tinyagent_cli" / "models" / "planner.gguf"
SEEDS = Path(__file__).parents[2] / "data" / "seeds" / "regions.jsonl"
OFFERED = ("get_phone_number", "open_note", "send_sms")
LETTERS = "start: /[a-c]{20}/"


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> Mlx:
    return Mlx(tiny_model)


@pytest.fixture(scope="module")
def shipped() -> Iterator[tuple[Mlx, LlamaCpp]]:
    if not SHIPPED.exists():
        pytest.skip("the shipped planner's weights are not in this checkout")
    llamacpp = LlamaCpp(SHIPPED)
    yield Mlx(SHIPPED), llamacpp
    llamacpp.close()


@pytest.mark.parametrize("request_", ["text Priya that I'm running late", "what's the weather like in Oslo?"])
def test_writes_the_same_plan_as_llamacpp(shipped: tuple[Mlx, LlamaCpp], request_: str) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    tools = [builtin[name] for name in OFFERED]
    ours, theirs = ([*Planner(engine, known=builtin).plan(request_, tools)] for engine in shipped)
    assert ours == theirs


def test_splits_text_as_llamacpp_does(shipped: tuple[Mlx, LlamaCpp]) -> None:
    """Told by the number of tokens, which both name when a prompt is too long."""
    mlx, llamacpp = shipped
    queries = [json.loads(line)["query"] for line in SEEDS.read_text(encoding="utf-8").splitlines()]
    text = "\n".join(queries)
    for engine in (mlx, llamacpp):
        with pytest.raises(UsageError) as failure:
            list(engine.generate(text))
        assert f" {len(mlx._tokenizer.encode(text).ids)} tokens" in failure.value.message


def test_writes_what_the_grammar_allows(tiny: Mlx) -> None:
    text = "".join(tiny.generate("abc", grammar=LETTERS, max_tokens=50))
    assert len(text) == 20
    assert set(text) <= set("abc")


def test_other_scripts(tiny: Mlx) -> None:
    assert "".join(tiny.generate("日本", grammar='start: "日本語 ñandú 🦙"')) == "日本語 ñandú 🦙"


def test_what_prompts_share_is_read_once_and_changes_nothing(tiny_model: Path, tiny: Mlx) -> None:
    prompts = ["a long beginning, then one", "a long beginning, then two", "a long beginning, then one", "a"]
    kept = ["".join(tiny.generate(prompt, grammar=LETTERS)) for prompt in prompts]
    fresh = ["".join(Mlx(tiny_model).generate(prompt, grammar=LETTERS)) for prompt in prompts]
    assert kept == fresh


def test_stops_when_cancelled_or_left(tiny: Mlx) -> None:
    cancelled = threading.Event()
    cancelled.set()
    assert len(list(tiny.generate("abc", grammar=LETTERS, cancelled=cancelled.is_set))) == 1
    pieces = tiny.generate("abc", grammar=LETTERS)
    next(pieces)
    pieces.close()
    assert len("".join(tiny.generate("abc", grammar=LETTERS))) == 20


def test_runs_in_another_thread_than_it_was_loaded_in(tiny: Mlx) -> None:
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append("".join(tiny.generate("abc", grammar=LETTERS)))) for _ in "12"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 2
    assert len(set(texts)) == 1


def test_bounds(tiny: Mlx) -> None:
    assert len("".join(tiny.generate("abc", grammar=LETTERS, max_tokens=3))) == 3
    with pytest.raises(UsageError, match=f"tokens.*{CONTEXT}"):
        list(tiny.generate("a" * CONTEXT))


def test_what_it_cannot_run(tiny: Mlx, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="conversation"):
        list(tiny.generate([Message("user", "hi")]))
    other = tmp_path / "chat.gguf"
    other.write_bytes(tiny_model.read_bytes().replace(b"tinyagent planner", b"some other model."))
    with pytest.raises(ModelError, match="llamacpp"):
        Mlx(other)
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(tiny_model.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="damaged"):
        Mlx(damaged)
    monkeypatch.setitem(sys.modules, "mlx.core", None)
    monkeypatch.delitem(sys.modules, "tinyagent_cli.planner.engines.mlx_llama")
    with pytest.raises(ModelError, match="pip install"):
        Mlx(tiny_model)
