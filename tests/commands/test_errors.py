"""Whatever goes wrong is one clear line and the right status, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.errors import reason_of

AS_ROOT = os.geteuid() == 0


def check(done: Any, status: int, *words: str) -> None:
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stderr.count("tinyagent: error: ") == 1
    for word in words:
        assert word in done.stderr


def test_an_exception_that_says_nothing_is_told_by_its_name() -> None:
    assert reason_of(ValueError("\nfirst\nsecond")) == "first"
    assert reason_of(EOFError()) == "EOFError"


def test_a_missing_model(cli: Callable[..., Any]) -> None:
    check(cli("--model", "/nowhere/a.gguf", "email Sid"), 5, "/nowhere/a.gguf")


def test_a_damaged_model(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(100))
    check(cli("--model", str(tmp_path / "bad.gguf"), "email Sid"), 5, "bad.gguf")


def test_a_server_that_is_not_there(cli: Callable[..., Any]) -> None:
    done = cli("--engine", "openai", "email Sid", TINYAGENT_OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    check(done, 5, "127.0.0.1:9")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = [", ["not valid TOML"]),
        ("modle = 'x'", ["modle", "did you mean model?"]),
        ("[files]\nlimit = 'many'", ["files.limit", "a whole number"]),
        ("time_zone = 'Mars/Olympus'", ["Mars/Olympus"]),
        ("files = 3", ["files must be a table"]),
    ],
)
def test_a_broken_configuration(cli: Callable[..., Any], home: Path, text: str, words: list[str]) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(text)
    check(cli("email Sid"), 2, *words)


def test_broken_tools(cli: Callable[..., Any], home: Path) -> None:
    (home / "config").mkdir()
    (home / "config" / "tools.toml").write_text('[tools.mine]\neffect = "read"\n')
    check(cli("email Sid"), 2, "tools.toml", "mine")


@pytest.mark.parametrize("now", ["tomorrow", "2026-13-01 10:00", ""])
def test_a_wrong_now(scripted: Callable[..., Any], now: str) -> None:
    if now:
        check(scripted("--now", now, "email Sid the notes"), 2, now)
    else:
        assert scripted("--now", now, "email Sid the notes").returncode == 3


def test_wrong_options(cli: Callable[..., Any]) -> None:
    done = cli("--wrong", "email Sid")
    assert done.returncode == 2
    assert "--wrong" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("request_text", ["", "   ", "x" * 30_000])
def test_requests_that_are_none(cli: Callable[..., Any], request_text: str) -> None:
    check(cli(request_text), 2)


def test_a_request_that_is_not_utf8(cli: Callable[..., Any]) -> None:
    check(cli(os.fsdecode(b"email \xff")), 2, "UTF-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_stdout(scripted: Callable[..., Any], environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tinyagent_cli", "tools", "--color", "never"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            timeout=60,
        )
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr


def test_a_data_folder_that_is_a_file(scripted: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    done = scripted("--yes", "--data-dir", str(tmp_path / "occupied"), "email Sid the notes")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "Failed: 1 get_email_address" in done.stdout


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_an_unwritable_data_folder(scripted: Callable[..., Any], home: Path) -> None:
    (home / "data").chmod(0o500)
    try:
        done = scripted("--yes", "email Sid the notes")
    finally:
        (home / "data").chmod(0o700)
    assert done.returncode == 1
    assert "Failed: 3" in done.stdout


def test_what_nobody_foresaw_is_one_line_and_its_traceback_is_kept(
    scripted: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("nobody foresaw it")

    monkeypatch.setattr("tinyagent_cli.drafting.Drafter.offer", fail)
    done = scripted("email Sid")
    check(done, 1, "unexpected: ZeroDivisionError: nobody foresaw it", "-vv prints it")
    assert "Traceback" in (home / "state" / "tinyagent.log").read_text()
    assert "Traceback" in scripted("-vv", "email Sid").stderr


def test_closed_standard_streams(environment: dict[str, str]) -> None:
    shell = f'exec "{sys.executable}" -m tinyagent_cli <&- 2>&1'
    done = subprocess.run(["sh", "-c", shell], check=False, stdout=subprocess.PIPE, env=environment, timeout=60)
    assert done.returncode == 2
    assert b"there is no request" in done.stdout
