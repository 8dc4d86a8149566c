"""What a command works with: the configuration under its options, the clock, and an agent once it is needed."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tinyagent_cli import paths
from tinyagent_cli.commands.crash import DEBUG
from tinyagent_cli.commands.options import Color, Options
from tinyagent_cli.commands.streams import print_line, print_warning
from tinyagent_cli.config import Config, load_config
from tinyagent_cli.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from tinyagent_cli.agent import Agent
    from tinyagent_cli.drafting import Drafter
    from tinyagent_cli.planner.engines.background import EngineLoader
    from tinyagent_cli.planner.engines.base import Engine


@dataclass(frozen=True)
class Session:
    """The settings of one process. `state_dir` is where runs are recorded.

    `overrides` are the settings that go before those of files and the environment. `kept` is the engine of the session
    before this one, where it has the same model.
    """

    options: Options
    config: Config
    clock: Callable[[], datetime]
    state_dir: Path
    overrides: Mapping[str, object]
    kept: EngineLoader | None = None

    @cached_property
    def engine(self) -> EngineLoader:
        """Loads the model, once it is told to begin."""
        from tinyagent_cli.planner.engines.background import EngineLoader

        return self.kept or EngineLoader(partial(_load_engine, self.config))

    @cached_property
    def drafter(self) -> Drafter:
        """Plans requests. Raises ToolFileError if a tools.toml is broken.

        The model is loaded in the background while the rest of the program is imported.
        """
        engine = self.engine
        engine.begin()
        from tinyagent_cli.drafting import Drafter
        from tinyagent_cli.tools.registry import Registry

        return Drafter(Registry.load(self.config), engine, self.config.retriever)

    @cached_property
    def agent(self) -> Agent:
        """Takes requests. Raises ToolFileError if a tools.toml is broken."""
        drafter = self.drafter
        from tinyagent_cli.agent import Agent

        return Agent(self.config, drafter, self.clock, self.state_dir)

    def reloaded(self, overrides: Mapping[str, object] = MappingProxyType({})) -> Session:
        """The same session under the configuration as it is now, with further overrides; raises ConfigError.

        Its engine is that of this session, unless it could not be loaded or is to have another model.
        """
        from tinyagent_cli.planner.engines import model_settings

        overrides = {**self.overrides, **overrides}
        config = load_config(overrides)
        same = model_settings(config) == model_settings(self.config) and not self.engine.failed
        return replace(
            self,
            config=config,
            clock=clock(self.options.now, config.time_zone),
            overrides=overrides,
            kept=self.engine if same else None,
        )


def open_session(options: Options) -> Session:
    """Read the configuration, prepare the sandbox and the log, and fix "now".

    Raises ConfigError and UsageError, and ToolError if the sandbox cannot be written.
    """
    _set_color(options.color)
    _set_log(options.verbose)
    sandbox = _make_sandbox() if options.sandbox else None
    overrides = _overrides(options) | (_sandbox_overrides(sandbox) if sandbox else {})
    config = load_config(overrides)
    if not options.quiet:
        for warning in config.warnings:
            print_warning(warning)
    if sandbox and not options.quiet:
        print_line("sandbox", str(sandbox))
    return Session(options, config, clock(options.now, config.time_zone), paths.state_dir(sandbox), overrides)


def clock(now: str, time_zone: str) -> Callable[[], datetime]:
    """Gives the time in the user's zone, or always the same one if `now` (`YYYY-MM-DD HH:MM`) fixes it.

    Raises UsageError and ConfigError.
    """
    zone = local_zone(time_zone)
    if not now:
        return lambda: datetime.now(zone)
    fixed = read_now(now, zone)
    return lambda: fixed


def read_now(text: str, zone: tzinfo) -> datetime:
    """A local time written as `YYYY-MM-DD HH:MM`, or any ISO form of one. Raises UsageError."""
    try:
        written = datetime.fromisoformat(text.strip())
        return written.astimezone(zone) if written.tzinfo else written.replace(tzinfo=zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f'"{text}" is not a time', hint='write it as "2026-03-04 09:30"') from error


def local_zone(name: str) -> tzinfo:
    """The zone of that name, or the system's. Raises ConfigError for an unknown one."""
    from zoneinfo import ZoneInfo

    if name:
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError) as error:
            raise ConfigError(f'there is no time zone "{name}"', hint='write it as "Europe/Berlin"') from error
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (ValueError, OSError, KeyError) as error:
        problem = f"the system's time zone cannot be read: {error}"
        raise ConfigError(problem, hint='set time_zone = "Europe/Berlin", or what is yours') from error


def model_overrides(engine: str, model: str) -> dict[str, object]:
    """An engine and a model, either of which may be empty; a model is that of a server, too, if that is the engine."""
    given = {"engine": engine, "model": model, "openai.model": model}
    return {key: value for key, value in given.items() if value}


def _load_engine(config: Config) -> Engine:
    from tinyagent_cli.planner.engines import load_engine

    return load_engine(config)


def _overrides(options: Options) -> dict[str, object]:
    data_dir = {"data_dir": options.data_dir} if options.data_dir else {}
    return model_overrides(options.engine, options.model) | data_dir


def _make_sandbox() -> Path:
    """A home (see `paths`) with sample data, left to the system to clean away, so that drafts can be looked at."""
    import tempfile

    from tinyagent_cli import samples

    try:
        folder = Path(tempfile.mkdtemp(prefix="tinyagent-sandbox-"))
    except OSError as error:
        raise UsageError(
            f"cannot make a sandbox: {error.strerror}", hint="point TMPDIR at a writable folder"
        ) from error
    samples.install(paths.data_dir(folder))
    return folder


def _sandbox_overrides(home: Path) -> dict[str, object]:
    """Everything that could reach out of the sandbox is turned off."""
    from tinyagent_cli import samples

    data_dir = paths.data_dir(home)
    return {
        "data_dir": data_dir,
        "mail.maildir": data_dir / "mail",
        "files.roots": [data_dir / "files"],
        "messages.gateway": [],
        "maps.open": False,
        "user.name": samples.USER_NAME,
        "user.email": samples.USER_EMAIL,
    }


def _set_color(color: Color) -> None:
    """rich and prompt-toolkit both follow the environment."""
    if color is Color.ALWAYS:
        os.environ.pop("NO_COLOR", None)
        os.environ["FORCE_COLOR"] = "1"
    elif color is Color.NEVER:
        os.environ.pop("FORCE_COLOR", None)
        os.environ["NO_COLOR"] = "1"


def _set_log(verbose: int) -> None:
    level = (logging.ERROR, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(stream=sys.stderr, level=level, format="tinyagent: %(levelname)s: %(name)s: %(message)s")
    if verbose > 1:
        os.environ[DEBUG] = "1"
