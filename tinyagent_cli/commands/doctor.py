"""`tinyagent doctor`: what works here, what is missing, and what mends it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import typer

from tinyagent_cli import paths
from tinyagent_cli.commands.options import JsonOption, options_of
from tinyagent_cli.commands.session import local_zone, open_session
from tinyagent_cli.commands.streams import print_json
from tinyagent_cli.config import Config
from tinyagent_cli.errors import ConfigError, ExitStatus, TinyAgentError, UsageError

if TYPE_CHECKING:
    from tinyagent_cli.commands.options import Options

app = typer.Typer(add_completion=False, rich_markup_mode=None)

State: TypeAlias = Literal["ok", "optional", "broken"]
"""`optional` is missing, but the main job works without it."""

REINSTALL = "install tinyagent-cli again"
CONNECT_SECONDS = 3.0


@dataclass(frozen=True)
class Finding:
    """What was found about one thing, the command or change that mends it, and how the process ends if it is broken."""

    name: str
    state: State
    detail: str
    mend: str = ""
    status: ExitStatus = ExitStatus.STEP_FAILED


@app.command()
def command(ctx: typer.Context, *, json: JsonOption = False) -> None:
    """Say what works here, what is missing, and what mends it."""
    options = options_of(ctx, json=json)
    findings = list(examine(options))
    broken = [finding for finding in findings if finding.state == "broken"]
    if options.json:
        print_json({"works": not broken, "findings": [asdict(finding) for finding in findings]}, indent=2)
    else:
        _print_findings(findings)
    if broken:
        raise typer.Exit(broken[0].status)


def examine(options: Options) -> Iterator[Finding]:
    """Look at everything a request needs, then at what only some requests need."""
    yield _python()
    config, finding = _configuration(options)
    yield finding
    yield _checked("tool files", "broken", lambda: _tool_files(config))
    yield _checked("planner", "broken", lambda: _planner(config))
    own = config.retriever != paths.SHIPPED_MODELS
    yield _checked("tool retrieval", "broken" if own else "optional", lambda: _retriever(config))
    yield _checked("data folder", "broken", lambda: _writable(config.data_dir))
    yield _checked("state folder", "optional", lambda: _writable(paths.state_dir()))
    yield _checked("time zone", "broken", lambda: str(local_zone(config.time_zone)))
    yield _terminal()
    yield _desktop()
    yield _gateway(config)
    yield _zoom(config)
    yield _user(config)


def _python() -> Finding:
    version = platform.python_version()
    return Finding("python", "ok", f"{version} on {platform.system()} {platform.machine()}, {sys.executable}")


def _configuration(options: Options) -> tuple[Config, Finding]:
    """The configuration, or the defaults where it is broken, so that the rest can be looked at."""
    path = paths.config_file()
    try:
        session = open_session(options)
    except ConfigError as error:
        return Config(), _broken("configuration", error)
    warnings = session.config.warnings
    detail = "; ".join(warnings) or (str(path) if path.exists() else f"defaults; {path} is not there")
    return session.config, Finding("configuration", "optional" if warnings else "ok", detail)


def _checked(name: str, state: State, check: Callable[[], str]) -> Finding:
    """What a check says, or what it raises."""
    try:
        return Finding(name, "ok", check())
    except TinyAgentError as error:
        return _broken(name, error, state)
    except ImportError as error:
        return Finding(name, state, f"{error.name} cannot be imported", REINSTALL)


def _broken(name: str, error: TinyAgentError, state: State = "broken") -> Finding:
    return Finding(name, state, error.message, error.hint, error.exit_status)


def _tool_files(config: Config) -> str:
    from tinyagent_cli.tools.registry import Registry

    registry = Registry.load(config)
    off = len(registry.declared) - len(registry.tools)
    files = dict.fromkeys(str(path) for path in registry.files.values())
    return f"{len(registry.tools)} tools{f', {off} disabled' if off else ''}, from {', '.join(files)}"


def _planner(config: Config) -> str:
    """Load the model; of a server, ask for its models."""
    from tinyagent_cli.planner.engines import load_engine, model_path

    engine = load_engine(config)
    engine.close()
    if config.engine == "openai":
        return f"openai: {_answering(config.openai.base_url, config.openai.api_key)}"
    path = model_path(config)
    return f"{engine.name}: {path} ({path.stat().st_size / 1e6:.0f} MB)"


def _answering(url: str, key: str) -> str:
    import httpx

    from tinyagent_cli.errors import ModelError

    try:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        response = httpx.get(f"{url.rstrip('/')}/models", headers=headers, timeout=CONNECT_SECONDS)
        response.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = f"{url} does not answer: {error}".splitlines()[0]
        raise ModelError(problem, hint="start the server, or set openai.base_url") from error
    return url


def _retriever(config: Config) -> str:
    from tinyagent_cli.retrieval import load_retriever

    return f"classifier of {len(load_retriever(config.retriever).learned)} tools"


def _writable(folder: Path) -> str:
    """Raises UsageError unless files can be made in the folder, or it can be made itself."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise UsageError(f"{folder} cannot be written", hint=f"chmod u+rwx {nearest}, or set another folder")
    return str(folder)


def _terminal() -> Finding:
    from tinyagent_cli.ui.tty import open_tty

    if open_tty() is not None:
        return Finding("terminal", "ok", f"TERM={os.environ.get('TERM', '')}")
    return Finding(
        "terminal", "optional", "none: nobody can be asked for consent", "run it in a terminal, or with --yes"
    )


def _desktop() -> Finding:
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    has_screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform == "darwin"
    if has_screen and shutil.which(opener):
        return Finding("opening files and links", "ok", opener)
    missing = "no screen" if not has_screen else f"{opener} is not installed"
    mend = "" if not has_screen else "sudo apt-get install xdg-utils"
    return Finding("opening files and links", "optional", f"{missing}: paths and links are printed only", mend)


def _gateway(config: Config) -> Finding:
    gateway = config.messages.gateway
    if gateway and shutil.which(gateway[0]):
        return Finding("text messages", "ok", " ".join(gateway))
    detail = f"{gateway[0]} is not installed" if gateway else "no gateway: messages are kept as drafts"
    return Finding("text messages", "optional", detail, 'tinyagent config set messages.gateway "COMMAND ARGUMENTS"')


def _zoom(config: Config) -> Finding:
    missing = [
        f"zoom.{name}" for name in ("account_id", "client_id", "client_secret") if not getattr(config.zoom, name)
    ]
    if not missing:
        return Finding("Zoom", "ok", f"account {config.zoom.account_id}")
    return Finding("Zoom", "optional", f"not set: {', '.join(missing)}", f"tinyagent config set {missing[0]} VALUE")


def _user(config: Config) -> Finding:
    if config.user.email:
        return Finding("sender", "ok", f"{config.user.name} <{config.user.email}>".strip())
    detail = "not set: drafts have no sender"
    return Finding("sender", "optional", detail, "tinyagent config set user.email YOU@EXAMPLE.COM")


def _print_findings(findings: list[Finding]) -> None:
    from rich.text import Text

    from tinyagent_cli.ui.text import one_line
    from tinyagent_cli.ui.theme import glyphs, make_console

    console = make_console(sys.stdout)
    signs = glyphs(console)
    marks = {
        "ok": (signs.done, "step.done"),
        "optional": (signs.skipped, "step.skipped"),
        "broken": (signs.failed, "step.failed"),
    }
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        text = Text.assemble(marks[finding.state], f" {finding.name:<{width}}  ", one_line(finding.detail))
        console.print(text, soft_wrap=True)
        if finding.mend:
            console.print(Text(f"{' ' * (width + 4)}{one_line(finding.mend)}", style="message.hint"), soft_wrap=True)
