"""The tools there are: the built-in ones, and those of the user's tools.toml files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tinyagent_cli import paths
from tinyagent_cli.errors import ToolFileError, UsageError
from tinyagent_cli.plan.signature import Signatures
from tinyagent_cli.tools.spec import Tool
from tinyagent_cli.tools.toolfile import read_tool_file

if TYPE_CHECKING:
    from tinyagent_cli.config import Config

TOOL_FILE = "tools.toml"


class Registry:
    """Declared tools by name, in the order in which they are offered.

    `declared` holds all of them, `tools` those that are not disabled, `files` where each stands.
    """

    def __init__(self, declared: Mapping[str, Tool], files: Mapping[str, Path], disabled: Iterable[str] = ()) -> None:
        off = frozenset(disabled)
        self.declared: Mapping[str, Tool] = MappingProxyType(dict(declared))
        self.files: Mapping[str, Path] = MappingProxyType(dict(files))
        self.tools: Mapping[str, Tool] = MappingProxyType(
            {name: tool for name, tool in declared.items() if name not in off}
        )

    @classmethod
    def load(cls, config: Config) -> Registry:
        """Read the built-in file, the user's own beside the configuration, and those the configuration names.

        Raises ToolFileError for a file that is missing or wrong, and for a name declared twice.
        """
        own = paths.config_dir() / TOOL_FILE
        user_files = [*([own] if own.exists() else []), *(path for path in config.tools.files if path != own)]
        declared: dict[str, Tool] = {}
        files: dict[str, Path] = {}
        builtin_file = builtin_tool_file()
        for path in (builtin_file, *user_files):
            for name, tool in read_tool_file(path, builtin=path is builtin_file).items():
                if name in files:
                    raise ToolFileError(f"{path}: tool {name}: already declared in {files[name]}", hint="rename it")
                declared[name], files[name] = tool, path
        return cls(declared, files, config.tools.disabled)

    def signatures(self, names: Iterable[str] | None = None) -> Signatures:
        """What the planner may be offered: all tools that are on, or those named, in the order given.

        Raises UsageError for a name that is not there.
        """
        wanted = list(self.tools) if names is None else list(names)
        return {name: self.tool(name).signature for name in wanted}

    def tool(self, name: str) -> Tool:
        """The tool of that name; raises UsageError if there is none or it is disabled."""
        if name in self.tools:
            return self.tools[name]
        if name in self.declared:
            raise UsageError(f"the tool {name} is disabled", hint=f"tinyagent tools enable {name}")
        from difflib import get_close_matches

        near = get_close_matches(name, self.declared, n=1)
        raise UsageError(f"there is no tool {name}", hint=f"did you mean {near[0]}?" if near else "tinyagent tools")


def builtin_tool_file() -> Path:
    """The declarations of the built-in tools: in the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package, package.parent):
        if (folder / TOOL_FILE).is_file():
            return folder / TOOL_FILE
    raise ToolFileError(f"{package / TOOL_FILE} is missing", hint="install tinyagent-cli again")
