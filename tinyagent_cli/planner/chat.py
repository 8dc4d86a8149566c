"""The prompt for general chat models: rules, the offered tools, examples like the request, the request.

What is always the same comes first, so that servers can keep it in their prompt cache.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from tinyagent_cli.plan.signature import Parameter, Signature
from tinyagent_cli.planner.engines.base import Message
from tinyagent_cli.planner.prompt import describe, one_line

EXAMPLES = 6
"""Solved requests shown to the model."""

_EXAMPLES_FILE = Path(__file__).with_name("examples.jsonl")
_WORD = re.compile(r"\w+")
_TOOL = re.compile(r"[\w.-]+")

_TASK = """\
You plan for an assistant. Answer a request with the tool calls that fulfil it, and nothing else.
"""

_RULES = """\
Form:
- One call a line, numbered from 1. Arguments by position, every one filled; "", [], 0 or False where nothing applies.
- "$1" stands for the result of call 1, also inside a longer text. Refer to earlier calls only.
- The last line is join(). A request that no tool serves is join() alone; when only part can be served, plan that part.

Rules:
- Only what was asked: no call, message or lookup that nobody wanted. Each lookup once, then reused.
- A call refers to another only if it needs its result. "Then" and "after that" alone are no reason.
- Names, files, places, folders and addresses are copied from the request, without "my" or "the".
- Dates and times are the words of the request ("next Friday at 3pm"), the last ones if it corrects itself. An end is
  the end or the duration as said, else "".
- Text piped in beside the request is "$0".
- Amounts of money keep their backslash: \\$5."""

_TOOL_RULES: Sequence[tuple[str, str]] = (
    (
        "get_email_address get_phone_number",
        "Look up each person once for each channel, an email address for mail and invitations, a phone number for "
        "texts; never what the request spells out.",
    ),
    (
        "send_sms",
        '"Text", "message", "tell", "ask" and "let X know" mean send_sms; notes, files and summaries go by mail.',
    ),
    ("compose_new_email send_sms", "The same message to several people is one call, different messages are several."),
    ("reply_to_email forward_email", "Reply and forward act on the selected email; its sender is not looked up."),
    ("open_and_get_file_path", "Files are opened before they are attached or summarised; one call a file."),
    (
        "create_calendar_event",
        "Who an event is held with is looked up and invited, but not a dentist, doctor, lawyer or other service.",
    ),
    (
        "get_zoom_meeting_link",
        "A Zoom meeting is get_zoom_meeting_link, then create_calendar_event with the link as location; a link alone "
        "is no event. 60 minutes unless said.",
    ),
    (
        "create_reminder",
        '"Remind me" is create_reminder, never an event; a day without a time is all day. Priority: 1 high, 5 medium, '
        "9 low, 0 not said.",
    ),
    ("append_note_content", "What is added to an existing note or list is one append_note_content, without open_note."),
    ("open_note", '"The notes" to be sent are a note: open_note, and its result in the message.'),
    (
        "maps_show_directions",
        "The way to a place is maps_show_directions alone: d by car, w on foot, r by bus or train.",
    ),
    ("maps_open_location", "Where a place is, or the nearest one, is maps_open_location."),
)
"""What holds when one of these tools is offered."""


@dataclass(frozen=True)
class Example:
    """A request with its plan; `document` says that text was piped in beside it."""

    query: str
    plan: tuple[str, ...]
    document: bool = False

    @property
    def tools(self) -> frozenset[str]:
        """Names of the tools that the plan calls."""
        return frozenset(_TOOL.match(call)[0] for call in self.plan)  # type: ignore[index]


def chat_prompt(
    request: str, tools: Iterable[Signature], *, has_document: bool = False, now: datetime
) -> list[Message]:
    """The conversation that a chat model is to go on with; `now` is the user's local time."""
    offered = list(tools)
    messages = [Message("system", _system(offered))]
    for example in nearest(request, {tool.name for tool in offered}):
        messages.append(Message("user", _question(example.query, example.document)))
        messages.append(Message("assistant", _answer(example.plan)))
    question = f"Now: {now:%A %Y-%m-%d %H:%M}\n{_question(request, has_document)}"
    return [*messages, Message("user", question)]


def conventions(tools: Sequence[Signature]) -> str:
    """How plans are written: their form, the rules, what holds for these tools, and the tools themselves."""
    names = {tool.name for tool in tools}
    rules = [f"- {rule}" for about, rule in _TOOL_RULES if names & set(about.split())]
    return "\n".join([_RULES, *rules, "", "Tools:", *map(_tool, tools)])


def nearest(request: str, offered: set[str], count: int = EXAMPLES) -> list[Example]:
    """Examples for the tools on offer that share rare words with the request, the best one last.

    One of them is a request that no tool serves, lest the model forget that there are such.
    """
    wanted = _words(request)
    possible = [example for example in _examples() if example.tools <= offered]
    ranked = sorted(possible, key=lambda example: _likeness(wanted, _words(example.query)))
    refused = [example for example in ranked if not example.plan][-1:]
    solved = [example for example in ranked if example.plan][-count + 1 :]
    return [*refused, *solved]


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """The text without a `<think>...</think>` that reasoning models open with."""
    start = ""
    remaining = iter(pieces)
    for piece in remaining:
        start += piece
        text = start.lstrip()
        if text.startswith("<think>"):
            _, end, rest = text.partition("</think>")
            if not end:
                continue
            yield rest.lstrip()
            break
        if not "<think>".startswith(text):
            yield start
            break
    yield from remaining


def _system(tools: Sequence[Signature]) -> str:
    return f"{_TASK}\n{conventions(tools)}"


def _tool(tool: Signature) -> str:
    return "\n".join([f"- {describe(tool)}", *(f"    {_parameter(parameter)}" for parameter in tool.parameters)])


def _parameter(parameter: Parameter) -> str:
    choices = f" (one of {', '.join(parameter.choices)})" if parameter.choices else ""
    return one_line(f"{parameter.name}: {parameter.description}{choices}")


def _question(request: str, has_document: bool) -> str:
    document = "Document: $0\n" if has_document else ""
    return f"{document}Request: {one_line(request)}"


def _answer(plan: Sequence[str]) -> str:
    return "\n".join(f"{number}. {call}" for number, call in enumerate([*plan, "join()"], start=1))


@cache
def _examples() -> tuple[Example, ...]:
    lines = _EXAMPLES_FILE.read_text(encoding="utf-8").splitlines()
    records = map(json.loads, lines)
    return tuple(Example(r["query"], tuple(r["plan"]), r.get("document", False)) for r in records)


@cache
def _frequencies() -> Counter[str]:
    return Counter(word for example in _examples() for word in _words(example.query))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words, each counting the more the fewer examples have it, over the length of the other text."""
    shared = sum(math.log(len(_examples()) / _frequencies()[word]) for word in one & other)
    return shared / math.sqrt(len(other) or 1)
