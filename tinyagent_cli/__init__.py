"""A local assistant for the terminal: a small language model turns a request into a graph of tool calls and runs it."""

from __future__ import annotations

__version__ = "0.1.0"
