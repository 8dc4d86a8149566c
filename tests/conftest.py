"""What holds for all tests."""

from __future__ import annotations

import os
import signal

# Programs that tests start keep their bytecode, as installed ones do: compiling it would be most of every start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Started in the background of a shell, tests would ignore Ctrl-C, and so would the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
