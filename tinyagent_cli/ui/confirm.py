"""The question before anything happens: run, edit, revise, drop, explain or cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyagent_cli.agent import Cancel, Decision, Drop, Edit, Revise, Run
from tinyagent_cli.errors import AmbiguousError, Choice, TinyAgentError
from tinyagent_cli.plan.call import Plan
from tinyagent_cli.tools.spec import Effect
from tinyagent_cli.ui.arguments import PlanView
from tinyagent_cli.ui.editor import edit_externally, external_editor
from tinyagent_cli.ui.explain import Explanation
from tinyagent_cli.ui.prompts import Answer, Option, Prompts, match
from tinyagent_cli.ui.text import one_line
from tinyagent_cli.ui.tty import Tty

if TYPE_CHECKING:
    from rich.console import Console

RUN = Option("run", ("", "y"), ("yes",))
EDIT = Option("edit", ("e",))
REVISE = Option("revise", ("r",))
DROP = Option("drop", ("d",))
EXPLAIN = Option("explain", ("x", "?"))
CANCEL = Option("cancel", ("n", "q"), ("no", "quit"))
OPTIONS = (RUN, EDIT, REVISE, DROP, EXPLAIN, CANCEL)

AGAIN = Option("edit again", ("", "e", "y"))
LEAVE = Option("leave the plan as it was", ("n", "q"))

HEADER = """\
# One call a line; "$1" is the result of call 1. An empty file leaves the plan as it was.
"""
NONE = Option("none of them", ("n", "q"))
SINGLE_KEYS = 9
"""Choices that a digit can pick."""

_VERBS: Mapping[Effect, str] = {Effect.SEND: "send", Effect.WRITE: "write", Effect.READ: "read"}


@dataclass(frozen=True)
class Confirmation:
    """Puts a plan to the user. `check` parses and checks an edited plan; it raises TinyAgentError."""

    tty: Tty
    prompts: Prompts
    console: Console
    check: Callable[[str], Plan]

    def ask(self, view: PlanView) -> Decision:
        """What the user decides; explanations and slips lead back to the question."""
        while True:
            answer = self.prompts.pick(question(view), OPTIONS) or Answer(CANCEL.name)
            if answer.name == EXPLAIN.name:
                self.console.print(Explanation(view))
                self.console.print()
                continue
            decision = self._decision(answer, view)
            if decision is not None:
                return decision

    def _decision(self, answer: Answer, view: PlanView) -> Decision | None:
        makers: Mapping[str, Callable[[], Decision | None]] = {
            RUN.name: Run,
            CANCEL.name: Cancel,
            EDIT.name: lambda: self._edit(view.plan),
            REVISE.name: lambda: self._revise(answer.rest),
            DROP.name: lambda: self._drop(answer.rest, view.plan),
        }
        try:
            return makers[answer.name]()
        except TinyAgentError as error:
            self._complain(str(error))
            return None

    def _revise(self, written: str) -> Revise | None:
        remark = written or self.prompts.line("What should be different?")
        return Revise(remark) if remark else None

    def _drop(self, written: str, plan: Plan) -> Drop | None:
        numbers = {str(call.number): call.number for call in plan}
        if len(numbers) == 1:
            return Drop(plan[0].number)
        answer = written or self.prompts.line(f"Drop which step ({', '.join(numbers)})?")
        if not answer:
            return None
        if answer not in numbers:
            self._complain(f"there is no step {one_line(answer)}")
            return None
        return Drop(numbers[answer])

    def _edit(self, plan: Plan) -> Edit | None:
        text = "".join(f"{call.number}. {call.render()}\n" for call in plan)
        command = external_editor()
        if command is None:
            edited = self.prompts.text(text.rstrip("\n"), self._problem)
        else:
            edited = edit_externally(command, self.tty, HEADER + text, self._problem, self._again)
        changed = None if edited is None else self.check(edited)
        return None if changed is None or changed == plan else Edit(changed)

    def _problem(self, text: str) -> str:
        try:
            self.check(text)
        except TinyAgentError as error:
            return one_line(str(error))
        return ""

    def _again(self, problem: str) -> bool:
        self._complain(problem)
        answer = self.prompts.pick("The plan cannot run as it stands.", (AGAIN, LEAVE))
        return answer is not None and answer.name == AGAIN.name

    def _complain(self, problem: str) -> None:
        self.console.print(one_line(problem), style="message.error")


def question(view: PlanView) -> str:
    """What agreeing means: `Run 3 steps? 1 sends, 2 write.`"""
    waiting = view.waiting()
    effects = [view.effect(call) for call in view.plan if call.number in waiting]
    if len(effects) == 1:
        return f"Run 1 step? It {_VERBS[effects[0]]}s."
    parts = [
        f"{count} {verb}{'s' if count == 1 else ''}"
        for effect, verb in _VERBS.items()
        if (count := effects.count(effect))
    ]
    return f"Run {len(effects)} steps? {', '.join(parts)}."


def choose(prompts: Prompts, console: Console, error: AmbiguousError) -> Choice | None:
    """Which of several things a name means; None if the user does not say."""
    console.print(f"{one_line(error.message)}", style="message.question")
    for number, choice in enumerate(error.choices, 1):
        console.print(f"  {number}  {one_line(choice.label)}")
    options = tuple(Option(str(number), (str(number),)) for number in range(1, len(error.choices) + 1))
    if len(options) <= SINGLE_KEYS:
        answer = prompts.pick("Which one?", (*options, NONE))
        picked = answer.name if answer and answer.name != NONE.name else ""
    else:
        line = prompts.line(f"Which one (1 to {len(options)})?")
        option = match(line or "", options)
        picked = option.name if option else ""
    return error.choices[int(picked) - 1] if picked else None
