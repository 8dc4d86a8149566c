"""Tools that are Python functions, named `module:function` and imported when they first run.

The function takes the declared parameters by name. A first parameter that is not one of them receives
the ToolContext. It returns a value or an Outcome.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tinyagent_cli.errors import ToolError
from tinyagent_cli.tools.spec import Outcome

if TYPE_CHECKING:
    from tinyagent_cli.tools.context import ToolContext

_importing = threading.RLock()


@dataclass(frozen=True)
class PythonRunner:
    """Runs a function. `folder` is where the user's own modules stand; built-in tools have none."""

    tool: str
    module: str
    function: str
    parameters: tuple[str, ...]
    folder: Path | None = None

    def __call__(self, context: ToolContext, /, **arguments: Any) -> Outcome:
        """Raises ToolError if there is no such function, and whatever the function raises."""
        function, wants_context = load_function(self)
        result = function(context, **arguments) if wants_context else function(**arguments)
        return result if isinstance(result, Outcome) else Outcome(result)


def python_runner(tool: str, target: str, parameters: tuple[str, ...], folder: Path | None) -> PythonRunner:
    """The runner of a `module:function`; raises ValueError if it is not written like that."""
    module, separator, function = target.partition(":")
    if not separator or not function.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise ValueError('must be written "module:function"')
    return PythonRunner(tool, module, function, parameters, folder)


@cache
def load_function(runner: PythonRunner) -> tuple[Callable[..., Any], bool]:
    """Import the function; gives it, and whether it takes the context.

    Raises ToolError if it is not there, or does not take the declared parameters.
    """
    function = getattr(_module(runner), runner.function, None)
    if not callable(function):
        raise ToolError(f"{runner.tool}: {runner.module} has no function {runner.function}")
    if inspect.iscoroutinefunction(function):
        raise ToolError(f"{runner.tool}: {runner.function} is async", hint="a tool is a plain function")
    signature = inspect.signature(function)
    wants_context = _takes_context(signature, runner.parameters)
    try:
        signature.bind(*[None] * wants_context, **dict.fromkeys(runner.parameters))
    except TypeError as error:
        raise ToolError(f"{runner.tool}: {runner.function} does not take the declared parameters: {error}") from error
    return function, wants_context


def _takes_context(signature: inspect.Signature, parameters: tuple[str, ...]) -> bool:
    first = next(iter(signature.parameters.values()), None)
    if first is None or first.default is not first.empty:
        return False
    if first.kind is first.POSITIONAL_ONLY:
        return True
    return first.kind is first.POSITIONAL_OR_KEYWORD and first.name not in parameters


def _module(runner: PythonRunner) -> ModuleType:
    with _importing:
        try:
            return _import(runner.module, runner.folder)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise ToolError(f"{runner.tool}: cannot import {runner.module}: {problem}") from error


def _import(name: str, folder: Path | None) -> ModuleType:
    """A module beside the tools.toml comes first, so that its name need not be unique on this machine."""
    if folder is None:
        return importlib.import_module(name)
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    path = folder / f"{name}.py"
    if not path.is_file():
        return importlib.import_module(name)
    unique = f"tinyagent_tools:{path}"
    return sys.modules[unique] if unique in sys.modules else _import_file(unique, path)


def _import_file(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
