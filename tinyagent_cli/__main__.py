"""`python -m tinyagent_cli` is `tinyagent`."""

from __future__ import annotations

from tinyagent_cli.app import main

if __name__ == "__main__":
    main()
