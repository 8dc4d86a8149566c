"""The llama.cpp engine: it streams under a grammar, stops when told, and opens no port."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tinyagent_cli.errors import ModelError, UsageError
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.planner.engines.llamacpp import PLANNER_CONTEXT, SPINS, LlamaCpp

LETTERS = "start: /[a-c]{20}/"


def test_writes_what_the_grammar_allows(engine: LlamaCpp) -> None:
    text = "".join(engine.generate("abc", grammar=LETTERS, max_tokens=50))
    assert len(text) == 20
    assert set(text) <= set("abc")


def test_streams_in_pieces(engine: LlamaCpp) -> None:
    pieces = [piece for piece in engine.generate("abc", grammar=LETTERS, max_tokens=50) if piece]
    assert len(pieces) == 20


def test_same_prompt_same_text(engine: LlamaCpp) -> None:
    first, second = ("".join(engine.generate("x", grammar=LETTERS, max_tokens=9)) for _ in range(2))
    assert first == second
    assert len(first) == 9


def test_text_of_other_scripts_comes_whole(engine: LlamaCpp) -> None:
    assert "".join(engine.generate("x", grammar='start: "日本語 ñandú 🦙"')) == "日本語 ñandú 🦙"


def test_stops_when_cancelled(engine: LlamaCpp) -> None:
    cancelled = threading.Event()
    pieces = []
    for piece in engine.generate("abc", grammar="start: /[a-c]{500}/", max_tokens=500, cancelled=cancelled.is_set):
        pieces.append(piece)
        cancelled.set()
    assert len(pieces) < 100


def test_stops_when_the_consumer_leaves(engine: LlamaCpp) -> None:
    pieces = engine.generate("abc", grammar="start: /[a-c]{1500}/", max_tokens=1500)
    next(pieces)
    pieces.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "engine"]
    assert len("".join(engine.generate("abc", grammar=LETTERS, max_tokens=50))) == 20


def test_threads_take_turns(engine: LlamaCpp) -> None:
    texts: list[str] = []

    def work() -> None:
        texts.append("".join(engine.generate("abc", grammar=LETTERS, max_tokens=50)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 3
    assert len(set(texts)) == 1


def test_chat_messages_go_through_a_template(engine: LlamaCpp) -> None:
    pieces = engine.generate([Message("system", "Be brief."), Message("user", "Hi")], grammar=LETTERS, max_tokens=50)
    assert set("".join(pieces)) <= set("abc")


def test_listens_on_no_port_and_leaves_nothing_behind(engine: LlamaCpp, tmp_path: Path) -> None:
    listening = [c for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert not listening
    sockets = [c.laddr for c in psutil.Process().net_connections("unix") if str(c.laddr).endswith("engine.sock")]
    assert not [name for name in sockets if Path(name).exists()]


def test_says_nothing_on_the_terminal(tiny_model: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tinyagent_cli.planner.engines.llamacpp import LlamaCpp\n"
        "engine = LlamaCpp(Path(sys.argv[1])); print(''.join(engine.generate('abc', grammar='start: \"done\"')))"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tiny_model)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "done\n", "")


def test_prompt_beyond_the_context_is_the_users_error(engine: LlamaCpp) -> None:
    with pytest.raises(UsageError, match=f"tokens.*{PLANNER_CONTEXT}"):
        list(engine.generate("a" * (PLANNER_CONTEXT + 1)))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model at .*none\.gguf"):
        LlamaCpp(tmp_path / "none.gguf")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.2, 0.9])
def test_truncated_file_is_an_error_not_a_crash(tiny_model: Path, tmp_path: Path, share: float) -> None:
    whole = tiny_model.read_bytes()
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match=r"damaged\.gguf"):
        LlamaCpp(damaged)


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.gguf"
    other.write_bytes(os.urandom(1000))
    with pytest.raises(ModelError, match="not a GGUF model"):
        LlamaCpp(other)


def test_missing_package_names_the_command(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match="pip install xllamacpp"):
        LlamaCpp(tiny_model)


def test_closed_engine_says_so(tiny_model: Path) -> None:
    loaded = LlamaCpp(tiny_model)
    loaded.close()
    with pytest.raises(ModelError, match="closed"):
        list(loaded.generate("abc"))


@pytest.mark.parametrize(("setting", "spins"), [({}, SPINS), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_its_threads_leave_the_cores_to_others(tiny_model: Path, setting: dict[str, str], spins: str) -> None:
    program = (
        f"from tinyagent_cli.planner.engines.llamacpp import LlamaCpp; from pathlib import Path\n"
        f"LlamaCpp(Path({str(tiny_model)!r})).close()"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    environment = kept | {"OMP_DISPLAY_ENV": "VERBOSE"} | setting
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env=environment)
    if "GOMP_SPINCOUNT" not in done.stderr:
        pytest.skip("llama.cpp is built without GNU OpenMP here")
    assert f"GOMP_SPINCOUNT = '{spins}'" in done.stderr
