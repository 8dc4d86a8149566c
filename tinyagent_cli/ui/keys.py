"""Questions that one key answers, on prompt-toolkit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinyagent_cli.ui.prompts import Answer, Option
from tinyagent_cli.ui.tty import Tty

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import Application
    from prompt_toolkit.application.current import AppSession
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.styles import Style

ESCAPE_SECONDS = 0.1
"""How long after Esc more bytes may follow and make it another key."""

_STYLE = {
    "question": "bold",
    "key": "ansicyan bold",
    "name": "dim",
    "problem": "ansired bold",
}


@dataclass(frozen=True)
class KeyPrompts:
    """Asks on a terminal with prompt-toolkit, which is loaded when the first question comes."""

    tty: Tty

    def pick(self, question: str, options: Sequence[Option]) -> Answer | None:
        """Show the question with a line of legend, and wait for a key; question and answer stay.

        Esc, Ctrl-C and Ctrl-D leave it. Keys from before the question are no answer to it.
        """
        from prompt_toolkit import print_formatted_text
        from prompt_toolkit.formatted_text import FormattedText
        from prompt_toolkit.input.typeahead import clear_typeahead

        with self._session() as session:
            self.tty.forget_keys()
            clear_typeahead(session.input)
            name = _key_application(question, options).run()
            told = FormattedText([("class:question", f"{question} "), ("class:key", name or "left")])
            print_formatted_text(told, style=_style(), output=session.output)
        return Answer(name) if name else None

    def line(self, question: str) -> str | None:
        """A line with the usual editing keys; Esc leaves it, too."""
        with self._session():
            session: PromptSession[str] = _prompt_session(key_bindings=_escape_leaves())
            answer = _answer(session, [("class:question", f"{question} ")])
        return (answer or "").strip() or None

    def text(self, text: str, problem_of: Callable[[str], str]) -> str | None:
        """A buffer of several lines; a text with a problem stays in it, with the problem below."""
        from prompt_toolkit.document import Document
        from prompt_toolkit.validation import ValidationError, Validator

        class Checked(Validator):
            def validate(self, document: Document) -> None:
                if problem := problem_of(document.text):
                    raise ValidationError(len(document.text), problem)

        with self._session():
            session: PromptSession[str] = _prompt_session(
                key_bindings=_accept_keys(),
                multiline=True,
                validator=Checked(),
                validate_while_typing=False,
                prompt_continuation="",
            )
            legend = _legend([("Ctrl-S", "keep"), ("Enter", "new line"), ("Ctrl-C", "leave it as it was")])
            return _answer(session, [*legend, ("", "\n")], default=text)

    def _session(self) -> AbstractContextManager[AppSession]:
        """Make prompt-toolkit use this terminal, whatever the standard streams are."""
        from prompt_toolkit.application import create_app_session
        from prompt_toolkit.input import create_input
        from prompt_toolkit.output import create_output

        return create_app_session(create_input(self.tty.input), create_output(self.tty.output))


def _answer(session: PromptSession[str], message: Any, default: str = "") -> str | None:
    try:
        return session.prompt(message, default=default)
    except (KeyboardInterrupt, EOFError):
        return None


def _prompt_session(**settings: Any) -> PromptSession[str]:
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession(style=_style(), erase_when_done=True, **settings)
    session.app.ttimeoutlen = ESCAPE_SECONDS
    return session


def _key_application(question: str, options: Sequence[Option]) -> Application[str | None]:
    from prompt_toolkit.application import Application
    from prompt_toolkit.layout import FormattedTextControl, Layout, Window

    legend = _legend([(_shown(option.keys[0]), option.name) for option in options])
    content: StyleAndTextTuples = [("class:question", f"{question}\n"), *legend]
    window = Window(FormattedTextControl(content), wrap_lines=True, dont_extend_height=True, always_hide_cursor=True)
    application: Application[str | None] = Application(
        Layout(window), key_bindings=_option_keys(options), style=_style(), erase_when_done=True
    )
    application.ttimeoutlen = ESCAPE_SECONDS
    return application


def _option_keys(options: Sequence[Option]) -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    def bind(key: str, name: str | None) -> None:
        @bindings.add(key)
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result=name)

    for option in options:
        for key in option.keys:
            bind(key or "enter", option.name)
            if key.isalpha():
                bind(key.upper(), option.name)
    for key in ("escape", "c-c", "c-d", "<sigint>"):
        bind(key, None)
    return bindings


def _escape_leaves() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    @bindings.add("escape", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    return bindings


def _accept_keys() -> KeyBindings:
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    @bindings.add("c-s")
    @bindings.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return bindings


def _legend(keys: Sequence[tuple[str, str]]) -> StyleAndTextTuples:
    fragments: StyleAndTextTuples = []
    for key, name in keys:
        fragments += [("class:key", key), ("class:name", "  " if key == name else f" {name}  ")]
    return fragments


def _shown(key: str) -> str:
    return key or "Enter"


def _style() -> Style:
    from prompt_toolkit.styles import Style

    return Style.from_dict(_STYLE)
