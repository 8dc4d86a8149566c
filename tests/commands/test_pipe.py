"""What is piped in: requests where there is no argument, the document `$0` beside one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tinyagent_cli.commands.streams import requests_in
from tinyagent_cli.errors import UsageError

LOOKUP = '1. get_email_address("Sid")\n2. join()\n'
NUMBER = '1. get_phone_number("Sid")\n2. join()\n'


def test_each_line_is_a_request_in_order(program: Callable[..., Any], served: dict[str, str], server: Any) -> None:
    server.plans |= {"Sid's email address": LOOKUP, "Sid's number": NUMBER}
    done = program(stdin="Sid's number\n\nSid's email address\n", **served)
    assert done.returncode == 0, done.stderr
    number, address = done.stdout.splitlines()
    assert "sid@acme.com" in address and "@" not in number


def test_sentences_of_one_line_are_requests(scripted: Callable[..., Any], server: Any) -> None:
    server.plans |= {"Sid's email address.": LOOKUP, "Sid's number.": NUMBER}
    done = scripted(stdin="Sid's email address. Sid's number.")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_beside_an_argument_it_is_the_document(
    program: Callable[..., Any], served: dict[str, str], server: Any, home: Path
) -> None:
    server.plans["email Sid these notes"] = (
        '1. get_email_address("Sid")\n2. compose_new_email(["$1"], [], "notes", "$0", [])\n3. join()\n'
    )
    done = program("--yes", "email Sid these notes", stdin="The budget is late, blame $1.\n", **served)
    assert done.returncode == 0, done.stderr
    (draft,) = (home / "data" / "drafts").glob("*.eml")
    assert "The budget is late, blame $1." in draft.read_text()


def test_one_that_fails_does_not_stop_the_others(scripted: Callable[..., Any], server: Any) -> None:
    server.plans["Sid's email address"] = LOOKUP
    done = scripted(stdin="play jazz\nSid's email address\n")
    assert done.returncode == 4
    assert "sid@acme.com" in done.stdout


@pytest.mark.parametrize(
    ("piped", "problem"),
    [
        (b"email Sid \xff", "not UTF-8 (byte 10)"),
        (b"email\0Sid", "NUL"),
        (b"x" * 30_000, "30,000 characters"),
        (b"y" * 4_500_000, "longer than 1,000,000"),
        (b"", "no request"),
        (b" \n\n", "no request"),
    ],
)
def test_bad_input_is_one_clear_line(cli: Callable[..., Any], piped: bytes, problem: str) -> None:
    done = cli(stdin=piped)
    assert done.returncode == 2
    assert problem in done.stderr
    assert done.stderr.startswith("tinyagent: error: ")
    assert len(done.stderr.splitlines()) <= 2


def test_no_input_at_all(program: Callable[..., Any]) -> None:
    done = program()
    assert done.returncode == 2
    assert "there is no request" in done.stderr


@pytest.mark.parametrize(
    ("transcript", "requests"),
    [
        ("email Sid\nremind me to swim. Twice.\r\n", ["email Sid", "remind me to swim. Twice."]),
        ("email Sid. remind me to swim", ["email Sid.", "remind me to swim"]),
        ("book Dr. Chen at 3 p.m. tomorrow! Text J. Lee.", ["book Dr. Chen at 3 p.m. tomorrow!", "Text J. Lee."]),
        ("call at 5 p.m. Then text mom", ["call at 5 p.m.", "Then text mom"]),
        ('text Bo "Late. Sorry." please', ['text Bo "Late. Sorry." please']),
        ("open report.pdf", ["open report.pdf"]),
        ("is it 3.5 or 4? tell Sid", ["is it 3.5 or 4?", "tell Sid"]),
    ],
)
def test_a_transcript_falls_into_requests(transcript: str, requests: list[str]) -> None:
    assert requests_in(transcript) == requests


def test_a_transcript_has_a_limit() -> None:
    with pytest.raises(UsageError, match="at most 20,000"):
        requests_in("word " * 5000)
