"""Tools that are programs. Each value becomes part of one argument, or the input; there is no shell.

What the program writes to standard output, without outer white space, is the tool's value.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple

from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.arguments import as_text
from tinyagent_cli.tools.cancellation import current_cancellation
from tinyagent_cli.tools.spec import Outcome

if TYPE_CHECKING:
    import subprocess

    from tinyagent_cli.tools.context import ToolContext


class Piece(NamedTuple):
    """Literal text, and the parameter whose value follows it ("" for none)."""

    text: str
    parameter: str


Pattern = tuple[Piece, ...]
"""A text with places for values: `--to={name}`."""


@dataclass(frozen=True)
class CommandRunner:
    """Runs a program with the values filled into its arguments and its input."""

    tool: str
    argv: tuple[Pattern, ...]
    stdin: Pattern | None = None

    def __call__(self, context: ToolContext, /, **arguments: Any) -> Outcome:
        """Raises ToolError with the last line of standard error if the program fails."""
        argv = self._argv(arguments)
        text = "" if self.stdin is None else _filled(self.stdin, arguments)
        return Outcome(run_program(argv, text, tool=self.tool))

    def _argv(self, arguments: Mapping[str, Any]) -> list[str]:
        argv: list[str] = []
        for position, pattern in enumerate(self.argv):
            filled = _expanded(pattern, arguments)
            if position and "--" not in argv:
                self._refuse_options(pattern[0], arguments, filled)
            argv += filled
        return argv

    def _refuse_options(self, first: Piece, arguments: Mapping[str, Any], filled: Sequence[str]) -> None:
        """A value from a note or a mail must not become an option of the program."""
        if first.text or not isinstance(arguments.get(first.parameter), (str, list)):
            return
        for text in filled:
            if text.startswith("-"):
                hint = f'write "--" before "{{{first.parameter}}}" in its tools.toml'
                raise ToolError(f"{self.tool}: {text[:40]!r} would be read as an option", hint=hint)


def command_runner(
    tool: str, argv: Sequence[str], stdin: str | None, parameters: Sequence[str], folder: Path
) -> CommandRunner:
    """The runner of a command line; raises ValueError for a place that no parameter fills.

    The program itself is not a place for values. One with a relative path (`./notify.sh`) stands beside the tools.toml.
    """
    program = argv[0]
    if "{" in program:
        raise ValueError(f"the program must be spelt out, not {program!r}")
    if os.sep in program:
        program = str(folder / Path(program).expanduser())
    patterns = tuple(parse_pattern(text, parameters) for text in argv[1:])
    source = None if stdin is None else parse_pattern(stdin, parameters)
    return CommandRunner(tool, ((Piece(program, ""),), *patterns), source)


def parse_pattern(text: str, parameters: Sequence[str]) -> Pattern:
    """`--to={name}` as pieces; `{{` is a brace. Raises ValueError naming what is wrong."""
    pieces = []
    for literal, field, form, conversion in Formatter().parse(text):
        if form or conversion:
            raise ValueError(f'"{text}": a parameter stands alone in its braces, as in "{{{field}}}"')
        if field is not None and field not in parameters:
            known = ", ".join(f"{{{name}}}" for name in parameters) or "none, it has no parameters"
            raise ValueError(f'"{{{field}}}" in "{text}" is not a parameter; allowed: {known}; a brace is {{{{ or }}}}')
        pieces.append(Piece(literal, field or ""))
    return tuple(pieces) or (Piece("", ""),)


def run_program(argv: Sequence[str], stdin: str = "", *, tool: str) -> str:
    """Run a program to its end and return its output, stripped.

    It has a process group of its own, which is killed when the call is cancelled or takes too long.
    Raises ToolError if the program is not there or fails.
    """
    process = _start(argv, tool)
    with current_cancellation().calling(lambda: _kill(process)):
        output, errors = process.communicate(stdin.encode("utf-8", errors="replace"))
    if process.returncode:
        lines = errors.decode("utf-8", errors="replace").strip().splitlines()
        reason = lines[-1].strip() if lines else _exit(process.returncode)
        raise ToolError(f"{tool}: {Path(argv[0]).name} failed: {reason}")
    return output.decode("utf-8", errors="replace").strip()


def _start(argv: Sequence[str], tool: str) -> subprocess.Popen[bytes]:
    import subprocess

    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
    except FileNotFoundError as error:
        hint = "install it, or mend the command in the tools.toml"
        raise ToolError(f"{tool}: there is no program {argv[0]}", hint=hint) from error
    except (OSError, ValueError) as error:
        raise ToolError(f"{tool}: cannot start {argv[0]}: {getattr(error, 'strerror', None) or error}") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _exit(status: int) -> str:
    return f"exit status {status}" if status > 0 else f"ended by signal {-status}"


def _expanded(pattern: Pattern, arguments: Mapping[str, Any]) -> list[str]:
    """One argument, or one for each element of the first list in it."""
    for piece in pattern:
        value = arguments.get(piece.parameter)
        if isinstance(value, list):
            return [_filled(pattern, {**arguments, piece.parameter: item}) for item in value]
    return [_filled(pattern, arguments)]


def _filled(pattern: Pattern, arguments: Mapping[str, Any]) -> str:
    return "".join(piece.text + (_plain(arguments[piece.parameter]) if piece.parameter else "") for piece in pattern)


def _plain(value: Any) -> str:
    """Truth values as programs write them; lists by lines."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(value) if isinstance(value, list) else as_text(value)
