"""`tinyagent data`: seeds for one's own tools from a chat model, checked, split, counted and shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from servers import Exchange, SeedServer, running

from tinyagent_cli.training.seeds import split_of

TOOLS = """
[tools.brew]
description = "Brews tea."
effect = "write"
command = ["true", "{what}"]
parameters.what = { source = "copy", description = "The tea" }

[tools.pour]
description = "Pours a drink."
effect = "write"
command = ["true", "{what}"]
parameters.what = { source = "copy" }
"""
SEEDS = """\
{"query": "email Sid the notes", "plan": ["get_email_address(\\"Sid\\")", "open_note(\\"notes\\", \\"\\")", \
"compose_new_email([\\"$1\\"], [], \\"Notes\\", \\"$2\\", [])"]}
{"query": "play jazz", "plan": []}
"""


@pytest.fixture
def writer() -> Iterator[SeedServer]:
    with running(SeedServer()) as scripted:
        yield scripted


@pytest.fixture
def generating(cli: Callable[..., Any], writer: SeedServer, tmp_path: Path) -> Callable[..., Any]:
    """`tinyagent data generate` about two tools, with the scripted server as its model."""
    (tmp_path / "tea.toml").write_text(TOOLS)

    def run(*arguments: str) -> Any:
        command = ("data", "generate", "--tools", "tea.toml", "--out", "own/tea.jsonl", *arguments)
        return cli(*command, TINYAGENT_OPENAI_BASE_URL=writer.url)

    return run


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "seeds"
    path.mkdir(parents=True)
    (path / "some.jsonl").write_text(SEEDS)
    return path


def test_seeds_for_own_tools_pass_the_check(
    generating: Callable[..., Any], cli: Callable[..., Any], writer: SeedServer
) -> None:
    prices = ("--price-in", "1000000", "--price-out", "0")
    done = generating("--count", "10", "--concurrency", "1", "--model", "big", "--json", *prices)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["seeds"], told["new"], told["rejected"], told["cost"]) == (10, 10, 0, 14)
    assert told["tokens"] == {"read": 14, "written": 6, "unmetered": 0}
    _, _, body = writer.requests[0]
    assert (body["model"], body["temperature"]) == ("big", 1.0)
    checked = cli("data", "check", "own", "--json")
    assert checked.returncode == 0
    assert json.loads(checked.stdout) == {"seeds": 10, "rejects": []}
    counted = json.loads(cli("data", "stats", "own", "--tools", "tea.toml", "--json").stdout)
    assert set(counted["tools"]) == {"brew", "pour"}
    assert counted["own_tools"]["seeds"] == 10


def test_a_file_that_is_there_is_only_gone_on_with_when_asked(generating: Callable[..., Any], tmp_path: Path) -> None:
    assert generating("--count", "3").stdout.strip() == "own/tea.jsonl"
    before = (tmp_path / "own" / "tea.jsonl").read_text()
    refused = generating("--count", "6")
    assert refused.returncode == 2
    assert "--resume" in refused.stderr
    again = generating("--count", "6", "--resume")
    assert again.returncode == 0, again.stderr
    after = (tmp_path / "own" / "tea.jsonl").read_text()
    assert after.startswith(before)
    assert len(after.splitlines()) == 6


def test_a_run_that_fails_at_once_still_tells_what_the_file_holds(
    generating: Callable[..., Any], writer: SeedServer
) -> None:
    assert generating("--count", "3").returncode == 0
    writer.answer = lambda exchange: exchange.reply(401, {"error": {"message": "who are you?"}})
    done = generating("--count", "6", "--resume", "--json")
    assert done.returncode == 5
    assert (json.loads(done.stdout)["seeds"], json.loads(done.stdout)["new"]) == (3, 0)


def test_an_interrupted_run_keeps_what_it_has(
    generating: Callable[..., Any], environment: dict[str, str], writer: SeedServer, tmp_path: Path
) -> None:
    writing, stuck, released = writer.answer, threading.Event(), threading.Event()

    def answer(exchange: Exchange) -> None:
        if len(writer.requests) == 2:
            stuck.set()
            released.wait(60)
        writing(exchange)

    writer.answer = answer
    command = ["data", "generate", "--tools", "tea.toml", "--out", "own/tea.jsonl", "--count", "20", "--model", "m"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tinyagent_cli", *command, "--concurrency", "1"],
        stderr=subprocess.PIPE,
        env=environment | {"TINYAGENT_OPENAI_BASE_URL": writer.url},
        cwd=tmp_path,
    )
    assert stuck.wait(60)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"8 seeds in own/tea.jsonl" in errors and b"--resume goes on" in errors
    assert len((tmp_path / "own" / "tea.jsonl").read_text().splitlines()) == 8
    released.set()
    done = generating("--count", "20", "--resume")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "own" / "tea.jsonl").read_text().splitlines()) == 20


def test_rejects_are_explained_beside_the_file(
    generating: Callable[..., Any], writer: SeedServer, tmp_path: Path
) -> None:
    writer.spoil = lambda seeds: [seed | {"plan": ['boil("x")']} for seed in seeds]
    done = generating("--count", "5")
    assert done.returncode == 5
    assert "own/tea.rejects.jsonl" in done.stderr
    (first, *_) = (tmp_path / "own" / "tea.rejects.jsonl").read_text().splitlines()
    assert json.loads(first)["reason"].startswith("call 1: there is no tool boil")


def test_multiply_writes_different_requests(cli: Callable[..., Any], seeds: Path) -> None:
    pytest.importorskip("faker", reason="the train extra is not installed")
    done = cli("data", "multiply", "--count", "12", "--out", "many.jsonl")
    lines = (seeds.parents[1] / "many.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines) == 12
    assert done.returncode == 0, done.stderr
    assert "0 rejected" in cli("data", "check", "many.jsonl").stderr
    assert {split_of(json.loads(line)["query"]) for line in lines} == {"train"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--engine", "llamacpp"), "seeds are written by a chat model, not by llamacpp"),
        (("--tools", "none.toml"), "none.toml: cannot be read"),
    ],
)
def test_what_cannot_be_generated(generating: Callable[..., Any], arguments: tuple[str, ...], problem: str) -> None:
    done = generating("--count", "5", *arguments)
    assert done.returncode == 2
    assert problem in done.stderr


def test_check_names_every_reject(cli: Callable[..., Any], seeds: Path) -> None:
    good = cli("data", "check")
    assert (good.returncode, good.stdout) == (0, "")
    assert "2 seeds, 0 rejected" in good.stderr
    (seeds / "bad.jsonl").write_text('{"query": "email Sid", "plan": ["get_email_address(\\"Zoe\\")"]}\nnothing\n')
    bad = cli("data", "check")
    assert bad.returncode == 1
    assert "data/seeds/bad.jsonl:1: call 1: get_email_address.name: 'Zoe' does not stand in the request" in bad.stdout
    assert "data/seeds/bad.jsonl:2: not a seed" in bad.stdout
    listed = json.loads(cli("data", "check", "data/seeds/bad.jsonl", "--json").stdout)
    assert [(reject["line"], reject["query"]) for reject in listed["rejects"]] == [(1, "email Sid"), (2, "")]


def test_check_with_a_second_reading(scripted: Callable[..., Any], server: Any, seeds: Path) -> None:
    assert scripted("data", "check", "--second-reading", "--json").returncode == 0
    server.plans["play jazz"] = '1. open_note("jazz", "")\n2. join()\n'
    done = scripted("data", "check", "--second-reading", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["agreement"] == 0.5
    assert [reject["reason"] for reject in told["rejects"]] == ['a second reading plans open_note("jazz", "")']


def test_split(cli: Callable[..., Any], seeds: Path, tmp_path: Path) -> None:
    assert cli("data", "split", "data/seeds", "--out", "parts").returncode == 0
    lines = [line for path in (tmp_path / "parts").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert sorted(lines) == sorted(SEEDS.splitlines())


def test_stats(cli: Callable[..., Any], seeds: Path) -> None:
    done = cli("data", "stats")
    assert done.returncode == 0, done.stderr
    assert "pairs of tools in one plan: 3 of 120" in done.stdout
    assert "get_phone_number + get_email_address" in done.stdout


def test_show(cli: Callable[..., Any], seeds: Path) -> None:
    first = cli("data", "show", "--number", "1").stdout
    assert "data/seeds/some.jsonl:1" in first
    assert "compose_new_email" in first and "subject" in first
    assert "no tool serves the request" in cli("data", "show", "--grep", "JAZZ").stdout
    assert cli("data", "show").returncode == 0


def test_show_as_the_planner_is_tuned(cli: Callable[..., Any], seeds: Path) -> None:
    shown = cli("data", "show", "--number", "2", "--prompt").stdout
    assert "Request: play jazz\nPlan:\n1. join()\n" in shown


def test_a_seed_whose_tools_are_none_is_not_shown(cli: Callable[..., Any], seeds: Path) -> None:
    (seeds / "z.jsonl").write_text('{"query": "play Blue", "tools": [{"nam": "play"}], "plan": []}\n')
    for how in ([], ["--prompt"]):
        done = cli("data", "show", "--number", "3", *how)
        assert done.returncode == 4
        assert "a tool must have a name" in done.stderr


def test_show_what_multiplication_makes_of_a_seed(cli: Callable[..., Any], seeds: Path) -> None:
    pytest.importorskip("faker", reason="the train extra is not installed")
    shown = cli("data", "show", "--number", "1", "--multiplied", "2").stdout
    assert shown.count("variation") == 2
    assert shown.count("compose_new_email") == 3


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("check", "missing"), "there is no missing"),
        (("show", "--number", "3"), "there is no seed 3"),
        (("show", "--grep", "("), "--grep is not a regular expression"),
        (("show", "--grep", "polka"), "no seed holds 'polka'"),
        (("split", "--out", "data/seeds/some.jsonl"), "cannot write"),
        (("multiply", "--count", "5", "--out", "data/seeds/some.jsonl"), "is there already"),
    ],
)
def test_what_cannot_be_done(cli: Callable[..., Any], seeds: Path, arguments: tuple[str, ...], problem: str) -> None:
    done = cli("data", *arguments)
    assert done.returncode == 2
    assert problem in done.stderr
