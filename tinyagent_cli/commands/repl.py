"""`tinyagent` alone: the REPL, and what its slash commands do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tinyagent_cli.commands.ask import run_request, tell
from tinyagent_cli.commands.config import setting_keys, setting_line, write_setting
from tinyagent_cli.commands.crash import crash
from tinyagent_cli.commands.plan import plan_one
from tinyagent_cli.commands.session import Session, model_overrides
from tinyagent_cli.commands.streams import check_text, print_warning
from tinyagent_cli.commands.tools import print_tools
from tinyagent_cli.commands.undo import can_be_undone, undo_last
from tinyagent_cli.errors import ModelError, UsageError
from tinyagent_cli.planner.engines import EMBEDDED, engine_name, model_path, model_title
from tinyagent_cli.ui.repl import Repl, ReplSettings
from tinyagent_cli.ui.slash import SlashCommand
from tinyagent_cli.ui.theme import make_console
from tinyagent_cli.ui.tty import open_tty

if TYPE_CHECKING:
    from tinyagent_cli.config import Config

HISTORY = "history"
GREETING = ("Say what to do, in your own words. /help lists commands, Ctrl-D leaves.",)

ENGINES: Mapping[str, str] = MappingProxyType({"llamacpp": "llama.cpp", "mlx": "MLX", "openai": "server"})
"""Engines as they are shown."""


def begin(session: Session) -> None:
    """Read and carry out requests until the user leaves. Raises UsageError without a terminal."""
    tty = open_tty()
    if tty is None:
        raise UsageError("there is no terminal to ask on", hint='say what to do: tinyagent "email Sid the notes"')
    conversation = Conversation(session)
    settings = ReplSettings(
        handle=conversation.handle,
        unexpected=crash,
        history=session.state_dir / HISTORY,
        greeting=() if session.options.quiet else GREETING,
        status=conversation.status,
        names=conversation.names,
        commands=conversation.commands(),
    )
    Repl(settings, tty, make_console(tty.output)).run()


class Conversation:
    """Requests one after the other, under settings that may change between them."""

    def __init__(self, session: Session) -> None:
        """Begin; the model loads while the user types."""
        self._session = session
        self._undoable = can_be_undone(session)
        self._model = _model_parts(session.config)
        session.drafter.load()

    def handle(self, request: str, *, dry_run: bool = False) -> None:
        """Carry out one request and tell what came of it."""
        check_text(request, "the request")
        options = replace(self._session.options, dry_run=dry_run or self._session.options.dry_run)
        try:
            tell(self._session, run_request(self._session, request, options=options))
        finally:
            self._undoable = can_be_undone(self._session)

    def commands(self) -> tuple[SlashCommand, ...]:
        """What can be done beside requests."""
        return (
            SlashCommand("plan", "the plan for a request, without running anything", self._plan),
            SlashCommand("dry", "the plan with what lookups find", lambda rest: self.handle(rest, dry_run=True)),
            SlashCommand("tools", "what can be done", lambda rest: print_tools(self._session.agent.registry)),
            SlashCommand("model", "what plans; /model [ENGINE] [MODEL] changes it", self._switch, words=self._models),
            SlashCommand("config", "the settings; /config KEY VALUE sets one", self._configure, words=self._keys),
            SlashCommand(
                "undo",
                "take back what the last run wrote",
                lambda rest: self._undo(),
                available=lambda: self._undoable is not None,
                idle="there is nothing to undo",
            ),
        )

    def status(self) -> tuple[str, ...]:
        """The parts of the toolbar."""
        steps = self._undoable or 0
        undo = f"{steps} step{'s' if steps > 1 else ''} can be undone" if steps else ""
        return tuple(filter(None, (*self._model, self._session.config.platform, undo)))

    def names(self) -> Iterable[str]:
        """Names that can be completed: people, groups and tools."""
        agent = self._session.agent
        return (*agent.platform.contacts.names(), *agent.registry.tools)

    def _plan(self, rest: str) -> None:
        plan_one(self._session, [rest])

    def _switch(self, rest: str) -> None:
        """Another engine or model for this session, once it is loaded."""
        if rest:
            words = rest.split(maxsplit=1)
            engine = words.pop(0) if words[0] in (*ENGINES, "auto") else ""
            session = self._session.reloaded(self._chosen(engine, " ".join(words)))
            session.drafter.load().result()
            self._use(session)
        print(" · ".join(self._model))

    def _chosen(self, engine: str, model: str) -> dict[str, object]:
        """A file is not for a server, so that naming one leaves it."""
        config = self._session.config
        if not engine and config.engine == "openai" and _is_file(replace(config, model=model)):
            engine = "auto"
        return model_overrides(engine, model)

    def _configure(self, rest: str) -> None:
        """Show every setting or one, or set one for good; it counts from now on."""
        config = self._session.config
        key, _, value = rest.partition(" ")
        if not value.strip():
            for line in [setting_line(config, name) for name in ([key] if key else setting_keys(config))]:
                print(line)
            return
        path = write_setting(key, value.strip())
        self._use(self._session.reloaded())
        origin = self._session.config.origins.get(key, "")
        print(setting_line(self._session.config, key))
        if origin != str(path):
            print_warning(f"{path} is changed, but {origin} decides otherwise")

    def _undo(self) -> None:
        try:
            for line in undo_last(self._session):
                print(line)
        finally:
            self._undoable = can_be_undone(self._session)

    def _use(self, session: Session) -> None:
        """Go on with other settings; the old model is freed if there is another, which loads while the user types."""
        if session.engine is not self._session.engine:
            self._session.engine.close()
            session.engine.begin()
        self._session = session
        self._model = _model_parts(session.config)

    def _models(self) -> Iterable[str]:
        files = (self._session.config.data_dir / "models").glob("*.gguf")
        return (EMBEDDED, *sorted(file.stem for file in files), *ENGINES)

    def _keys(self) -> Iterable[str]:
        return setting_keys(self._session.config)


def _model_parts(config: Config) -> tuple[str, ...]:
    """The model and what runs it."""
    try:
        return model_title(config), ENGINES[engine_name(config)]
    except ModelError as error:
        return (error.message,)


def _is_file(config: Config) -> bool:
    """Whether the configured model is a file that is there."""
    try:
        return model_path(config).is_file()
    except ModelError:
        return False
