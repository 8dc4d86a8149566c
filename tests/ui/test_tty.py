"""Whether there is somebody to ask."""

from __future__ import annotations

import subprocess
import sys

import pexpect
import pytest

CODE = "from tinyagent_cli.ui.tty import open_tty; tty = open_tty(); print('SOMEBODY' if tty else 'NOBODY', flush=True)"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("{}", "SOMEBODY"),
        ("echo x | {}", "SOMEBODY"),
        ("{} < /dev/null 2> /dev/null", "SOMEBODY"),
        ("set -m; {} & wait", "NOBODY"),
    ],
)
def test_at_a_terminal(command: str, answer: str) -> None:
    code = command.format(f'"{sys.executable}" -c "$CODE"')
    child = pexpect.spawn("/bin/sh", ["-c", f'CODE="{CODE}"; {code}'], encoding="utf-8", timeout=15)
    child.expect("NOBODY|SOMEBODY")
    assert child.after == answer
    child.close(force=True)


def test_without_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert done.stdout == "NOBODY\n"
