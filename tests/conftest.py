"""What holds for all tests."""

from __future__ import annotations

import os

# Programs that tests start keep their bytecode, as installed ones do: compiling it would be most of every start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
