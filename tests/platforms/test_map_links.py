"""Links to maps, with nothing in a place's name that could change the link."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyagent_cli.errors import ToolError
from tinyagent_cli.platforms.local.maps import WebMaps


def test_a_place() -> None:
    assert WebMaps().place("Café & Bar") == "https://www.google.com/maps/search/?api=1&query=Caf%C3%A9%20%26%20Bar"


@pytest.mark.parametrize(("transport", "mode"), [("d", "driving"), ("w", "walking"), ("r", "transit")])
def test_a_way(transport: str, mode: str) -> None:
    url = urlsplit(WebMaps().directions("Main St 1", "Old Town", transport))
    assert url.path == "/maps/dir/"
    assert parse_qs(url.query) == {
        "api": ["1"],
        "origin": ["Main St 1"],
        "destination": ["Old Town"],
        "travelmode": [mode],
    }


def test_a_way_from_here_has_no_origin() -> None:
    assert "origin" not in WebMaps().directions(" ", "Old Town", "d")


@pytest.mark.parametrize(("end", "transport"), [("", "d"), ("  ", "w"), ("Old Town", "x")])
def test_what_cannot_be_shown_is_refused(end: str, transport: str) -> None:
    with pytest.raises(ToolError):
        WebMaps().directions("", end, transport)


@given(st.text(min_size=1).filter(str.strip))
def test_any_place_comes_back_whole(place: str) -> None:
    url = WebMaps().place(place)
    assert url.isascii()
    expected = place.strip().encode(errors="replace").decode()
    assert parse_qs(urlsplit(url).query)["query"] == [expected]
