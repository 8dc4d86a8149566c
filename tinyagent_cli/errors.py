"""Every error a user can meet, and the exit status each one ends the program with.

TinyAgentError
  UsageError            2  the command line, a request or a file given to us is wrong
    ConfigError            the configuration file
    ToolFileError          a tools.toml
  RefusedError          3  the user, or the policy, said no
  PlanError             4  no plan that can be run
    ParseError             a line that is not a call
    CheckError             a call that does not fit its tool
  ModelError            5  weights that are missing, damaged or cannot be loaded
  ToolError             1  a step could not do its work
    NotFoundError          nothing of that name; may name near misses
    AmbiguousError         several things of that name; a question to the user
    MissingSettingError    the tool needs a setting that is not there
    StepTimeoutError       the step took too long
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class ExitStatus(IntEnum):
    """What the process returns to the shell."""

    DONE = 0
    STEP_FAILED = 1
    USAGE = 2
    REFUSED = 3
    NO_PLAN = 4
    MODEL_MISSING = 5
    INTERRUPTED = 130


class TinyAgentError(Exception):
    """Base of every error shown to a user: one line on what happened, and a hint on what to do."""

    exit_status = ExitStatus.STEP_FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(TinyAgentError):
    """The command line, a request or an input file is wrong."""

    exit_status = ExitStatus.USAGE


class ConfigError(UsageError):
    """The configuration cannot be read or holds a wrong value."""


class ToolFileError(UsageError):
    """A tools.toml cannot be read or declares a tool wrongly."""


class RefusedError(TinyAgentError):
    """The user or the policy refused what was asked."""

    exit_status = ExitStatus.REFUSED


class PlanError(TinyAgentError):
    """There is no plan that can be run."""

    exit_status = ExitStatus.NO_PLAN


class ParseError(PlanError):
    """A line of a plan is not a call."""


class CheckError(PlanError):
    """A call does not fit its tool, or refers to a result that is not there."""


class ModelError(TinyAgentError):
    """Weights are missing or damaged, or an engine cannot load or reach them."""

    exit_status = ExitStatus.MODEL_MISSING


class ToolError(TinyAgentError):
    """A step could not do its work."""


class NotFoundError(ToolError):
    """Nothing goes by that name."""


@dataclass(frozen=True)
class Choice:
    """One of several things that a name could mean: what to show, and the result if it is chosen."""

    label: str
    value: Any


class AmbiguousError(ToolError):
    """Several things go by that name; the user chooses."""

    def __init__(self, message: str, choices: Sequence[Choice]) -> None:
        super().__init__(message, hint="; ".join(choice.label for choice in choices))
        self.choices = tuple(choices)


class MissingSettingError(ToolError):
    """A tool needs a setting that is not there."""


class StepTimeoutError(ToolError):
    """A step took longer than it may."""


def reason_of(error: BaseException) -> str:
    """The first line of what somebody else's exception says, or what it is called."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
