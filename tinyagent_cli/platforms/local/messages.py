"""Text messages: kept as files, and handed to the gateway, a command of the user's, where one is set."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.base import Delivery, Stoppable
from tinyagent_cli.platforms.local.addresses import phone_numbers
from tinyagent_cli.platforms.local.store import FileStore, safe_name

GATEWAY_TIMEOUT = 30.0
"""Seconds that the gateway may take."""


class GatewayMessages:
    """Messages as JSON files in `folder`.

    `gateway` is a command and its arguments, run without a shell; it reads
    `{"recipients": [...], "message": "..."}` on stdin and fails by its exit status.
    """

    def __init__(self, folder: Path, store: FileStore, gateway: Sequence[str]) -> None:
        self._folder = folder
        self._store = store
        self._gateway = tuple(gateway)

    def send(self, recipients: Sequence[str], text: str, now: datetime, stoppable: Stoppable) -> Delivery:
        """Keep a message, and send it if there is a gateway.

        Raises ToolError if the gateway fails; the message is then kept as a draft.
        """
        numbers = phone_numbers(recipients)
        if not numbers or not text.strip():
            what = "nothing to say" if numbers else "no recipient"
            raise ToolError(f"the text message has {what}", hint="say whom it goes to and what it says")
        name = safe_name(f"{now:%Y-%m-%d %H%M%S} {numbers[0]}")
        kept = self._store.create(self._folder / f"{name}.json", _record(numbers, text, now, "draft"))
        if self._gateway:
            self._hand_over(numbers, text, kept.path, stoppable)
            self._store.update(kept.path, lambda _: _record(numbers, text, now, "sent"))
        return Delivery(kept, numbers, bool(self._gateway))

    def _hand_over(self, numbers: Sequence[str], text: str, draft: Path, stoppable: Stoppable) -> None:
        message = json.dumps({"recipients": list(numbers), "message": text}, ensure_ascii=True).encode()
        hint = f"the message is kept in {draft}; the gateway is set by messages.gateway"
        try:
            status, complaint = _run(self._gateway, message, stoppable)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ToolError(f"cannot run the gateway {self._gateway[0]}: {reason}", hint=hint) from error
        except subprocess.TimeoutExpired as error:
            took = f"took longer than {GATEWAY_TIMEOUT:.0f} s"
            raise ToolError(
                f"the gateway {self._gateway[0]} {took}; the message may have been sent", hint=hint
            ) from error
        if status:
            why = complaint or f"exit status {status}"
            raise ToolError(f"the gateway {self._gateway[0]} failed: {why}", hint=hint)


def _run(command: Sequence[str], message: bytes, stoppable: Stoppable) -> tuple[int, str]:
    """Exit status and last line of stderr. The command has a session of its own, which a time-out ends as a whole."""
    with (
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process,
        stoppable(lambda: _kill(process)),
    ):
        try:
            _, errors = process.communicate(message, timeout=GATEWAY_TIMEOUT)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise
        lines = errors.decode(errors="replace").strip().splitlines()
        return process.returncode, lines[-1] if lines else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _record(numbers: Sequence[str], text: str, now: datetime, status: str) -> bytes:
    record = {"status": status, "created": now.isoformat(), "recipients": list(numbers), "message": text}
    return json.dumps(record, ensure_ascii=False, indent=2).encode(errors="replace") + b"\n"
