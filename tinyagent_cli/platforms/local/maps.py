"""Links to Google Maps, in the form that opens everywhere: https://developers.google.com/maps/documentation/urls."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tinyagent_cli.errors import ToolError

_BASE = "https://www.google.com/maps"
_MODES = {"d": "driving", "w": "walking", "r": "transit"}


class WebMaps:
    """Links that need no account and no key."""

    def place(self, location: str) -> str:
        """A link to a place, or to a search such as "nearest pharmacy"."""
        return _link("search", {"query": _named(location)})

    def directions(self, start: str, end: str, transport: str) -> str:
        """A link to the way to `end`; without a start, from where the user is."""
        if transport not in _MODES:
            raise ToolError(f'"{transport}" is no means of transport', hint="d driving, w walking, r public transit")
        fields = {"origin": start.strip()} if start.strip() else {}
        return _link("dir", {**fields, "destination": _named(end), "travelmode": _MODES[transport]})


def _named(place: str) -> str:
    if not place.strip():
        raise ToolError("no place was named", hint="say which place")
    return place.strip()


def _link(page: str, fields: dict[str, str]) -> str:
    query = urlencode({"api": "1", **fields}, quote_via=quote, errors="replace")
    return f"{_BASE}/{page}/?{query}"
