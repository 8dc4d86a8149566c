"""The prompt of the shipped planner: offered tools, then the request, then the plan.

Tools that the planner learned in training are offered by name alone (about six tokens each); all
others with their signature and one line of description. Training and inference share this module,
so that a model never meets a prompt unlike those it was tuned on.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from tinyagent_cli.plan.signature import Parameter, Signature

AMOUNT = re.compile(r"\$(?=[\d{])")
"""A dollar sign of the user's own that would read as a reference in a plan."""


def plan_prompt(
    request: str,
    tools: Iterable[Signature],
    *,
    known: Container[str] = (),
    has_document: bool = False,
) -> str:
    """The text the planner continues with numbered calls.

    `known` holds the names of the tools that the planner learned; `has_document` says that piped
    text stands beside the request as `$0`.
    """
    offered = list(tools)
    names = ", ".join(tool.name for tool in offered if tool.name in known)
    lines = [f"Tools: {names}".rstrip()]
    lines += [describe(tool) for tool in offered if tool.name not in known]
    if has_document:
        lines.append("Document: $0")
    lines += [f"Request: {one_line(request)}", "Plan:", ""]
    return "\n".join(lines)


def describe(tool: Signature) -> str:
    """A tool on one line: `name(a: str, b?: int) What it does.`"""
    parameters = ", ".join(_parameter(parameter) for parameter in tool.parameters)
    return one_line(f"{tool.name}({parameters}) {tool.description}")


def one_line(text: str) -> str:
    """White space collapsed, and amounts such as $5 escaped so that they cannot pass for results."""
    return AMOUNT.sub(r"\\$", " ".join(text.split()))


def _parameter(parameter: Parameter) -> str:
    mark = "" if parameter.required else "?"
    return f"{parameter.name}{mark}: {parameter.type}"
