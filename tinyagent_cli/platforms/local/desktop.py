"""Opening files and links in the user's own programs, where there is a screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path


class LocalDesktop:
    """`xdg-open` on Linux, `open` on macOS; never a shell."""

    def open(self, target: str) -> bool:
        """Open a web address or an existing path; False where there is no desktop, or it is neither of them."""
        opener = _opener()
        if opener is None:
            return False
        if not target.startswith(("https://", "http://")):
            if not os.path.lexists(target):
                return False
            target = str(Path(target).absolute())
        try:
            process = subprocess.Popen(
                [opener, target],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return False
        threading.Thread(target=process.wait, daemon=True).start()
        return True


def _opener() -> str | None:
    if sys.platform == "darwin":
        return shutil.which("open")
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return shutil.which("xdg-open") if has_screen else None
