"""Helpers of the built-in tools that write or condense text."""
