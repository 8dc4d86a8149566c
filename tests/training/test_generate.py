"""Seeds from a chat model behind a real server: all combinations, rejects explained, runs that go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from servers import Exchange, SeedServer, running

from tinyagent_cli.errors import ModelError
from tinyagent_cli.plan.signature import Signatures, by_name, signature_from_json
from tinyagent_cli.planner.engines.openai import OpenAI
from tinyagent_cli.training.check import Reject, check_files
from tinyagent_cli.training.coverage import Coverage
from tinyagent_cli.training.generate import BARREN, BATCH, Progress, generate
from tinyagent_cli.training.seeds import Seed, read_seeds, rejects_file
from tinyagent_cli.training.writer import Writer

TOOLS = by_name(
    signature_from_json({"name": name, "parameters": [{"name": "what"}]}) for name in ("brew", "pour", "stir", "heat")
)


@pytest.fixture
def server() -> Iterator[SeedServer]:
    with running(SeedServer()) as scripted:
        yield scripted


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "seeds" / "own.jsonl"


def write(
    server: SeedServer, target: Path, count: int, *, writers: int = 1, reads: bool = False, tools: Signatures = TOOLS
) -> Progress:
    with ExitStack() as opened:

        def connect() -> OpenAI:
            return opened.enter_context(closing(OpenAI(server.url, model="m", timeout=10)))

        found = [Writer(connect(), tools, own=True, reader=connect() if reads else None) for _ in range(writers)]
        return generate(target, count, list(tools), found)


def seeds_of(target: Path) -> list[Seed]:
    return read_seeds(target.parent)


def rejects_of(target: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rejects_file(target).read_text(encoding="utf-8").splitlines()]


def test_every_pair_of_tools_and_refusals_occur(server: SeedServer, target: Path) -> None:
    progress = write(server, target, 60)
    seeds = seeds_of(target)
    assert (progress.seeds, progress.new, progress.rejected, len(seeds)) == (60, 60, 0, 60)
    assert not any(isinstance(one, Reject) for one in check_files([target], {}))
    coverage = Coverage(TOOLS)
    for seed in seeds:
        coverage.add(seed.called)
    assert coverage.missing(2) == coverage.missing(3) == []
    assert any(not seed.plan for seed in seeds)
    assert all({tool["name"] for tool in seed.tools or ()} == set(TOOLS) for seed in seeds)


def test_no_more_is_asked_for_than_is_wanted(server: SeedServer, target: Path) -> None:
    write(server, target, BATCH + 2, writers=3)
    assert len(seeds_of(target)) == BATCH + 2
    assert len(server.requests) == 2


def test_the_servers_tokens_are_counted(server: SeedServer, target: Path) -> None:
    progress = write(server, target, 2 * BATCH)
    assert (progress.tokens_read, progress.tokens_written, progress.unmetered) == (14, 6, 0)
    assert progress.cost(1_000_000, 2_000_000) == 14 + 12


def test_rejects_are_kept_with_the_reason_and_made_up_for(server: SeedServer, target: Path) -> None:
    def spoil(seeds: list[Any]) -> list[Any]:
        server.spoil = lambda seeds: seeds
        return [
            {"query": "hum", "plan": ['brew("milk")']},
            seeds[0],
            {**seeds[1], "query": seeds[0]["query"]},
            *seeds[2:],
        ]

    server.spoil = spoil
    progress = write(server, target, BATCH)
    assert len(seeds_of(target)) == BATCH
    rejects = rejects_of(target)
    assert len(rejects) == progress.rejected
    assert "'milk' does not stand in the request" in rejects[0]["reason"]
    assert rejects[0]["written"]["query"] == "hum"
    assert rejects[0]["brief"]


def test_a_request_is_written_once(server: SeedServer, target: Path) -> None:
    def spoil(seeds: list[Any]) -> list[Any]:
        return [seed | ({} if seed["plan"] else {"query": "Hum!"}) for seed in seeds]

    server.spoil = spoil
    write(server, target, 100)
    assert sum(not seed.plan for seed in seeds_of(target)) == 1
    assert {reject["reason"] for reject in rejects_of(target)} == {"the same request as another seed"}


def test_a_run_that_was_cut_off_goes_on_where_its_file_stops(server: SeedServer, target: Path) -> None:
    working = server.answer

    def answer(exchange: Exchange) -> None:
        if len(server.requests) > 2:
            exchange.reply(401, {"error": {"message": "no credit"}})
        else:
            working(exchange)

    server.answer = answer
    with pytest.raises(ModelError, match="no credit"):
        write(server, target, 40)
    before = seeds_of(target)
    assert len(before) == 2 * BATCH
    with target.open("a", encoding="utf-8") as file:
        file.write('{"query": "torn aw')
    asked = len(server.requests)
    server.answer = working
    progress = write(server, target, 40)
    after = seeds_of(target)
    assert (progress.seeds, progress.new) == (40, 40 - 2 * BATCH)
    assert after[: len(before)] == before
    prompts = [body["messages"][-1]["content"] for _, _, body in server.requests]
    assert len({*prompts[:2], *prompts[asked:]}) == 2 + len(prompts[asked:])


def test_nothing_is_asked_for_where_the_file_is_full(server: SeedServer, target: Path) -> None:
    write(server, target, 3)
    asked = len(server.requests)
    assert write(server, target, 3).new == 0
    assert len(server.requests) == asked


def test_writers_work_at_the_same_time(server: SeedServer, target: Path) -> None:
    working, together = server.answer, threading.Barrier(3)

    def answer(exchange: Exchange) -> None:
        together.wait(30)
        working(exchange)

    server.answer = answer
    assert write(server, target, 3 * BATCH, writers=3).seeds == 3 * BATCH


def test_a_failure_now_and_then_is_made_up_for(server: SeedServer, target: Path) -> None:
    working = server.answer

    def answer(exchange: Exchange) -> None:
        if len(server.requests) % 2:
            exchange.reply(400, {"error": {"message": "hiccup"}})
        else:
            working(exchange)

    server.answer = answer
    progress = write(server, target, 2 * BATCH)
    assert (progress.seeds, progress.failed) == (2 * BATCH, 2)


def test_a_model_that_writes_nothing_of_use_is_given_up(server: SeedServer, target: Path) -> None:
    server.spoil = lambda seeds: [{"query": "well"}]
    with pytest.raises(ModelError, match="no good seed came of the last 100 briefs"):
        write(server, target, 5)
    assert len(rejects_of(target)) == BARREN // 5
    assert rejects_of(target)[0]["reason"] == "plan must be a list of texts"


def test_a_second_reading_drops_what_is_read_otherwise(server: SeedServer, target: Path) -> None:
    writing = server.answer

    def answer(exchange: Exchange) -> None:
        asked = exchange.body["messages"][-1]["content"]
        if "Briefs:" in asked:
            writing(exchange)
            return
        request = asked.rpartition("Request: ")[2]
        calls = [] if request.startswith("hum") else [part.split() for part in request.split(" and ")]
        lines = [f'{tool}("{thing}")' for tool, thing in calls if tool != "stir"]
        exchange.stream("".join(f"{number}. {line}\n" for number, line in enumerate([*lines, "join()"], 1)))

    server.answer = answer
    progress = write(server, target, 20, reads=True)
    assert not any("stir" in seed.called for seed in seeds_of(target))
    disagreeing = [reject for reject in rejects_of(target) if reject["reason"].startswith("a second reading plans")]
    assert len(disagreeing) == progress.readings - progress.agreed > 0
    assert progress.agreed == 20
