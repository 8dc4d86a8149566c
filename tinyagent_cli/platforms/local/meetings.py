"""Zoom meetings, made through the user's own server-to-server OAuth app.

API: https://developers.zoom.us/docs/internal-apps/s2s-oauth/ and https://developers.zoom.us/docs/api/meetings/
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from tinyagent_cli.errors import MissingSettingError, ToolError
from tinyagent_cli.platforms.local.addresses import email_addresses

if TYPE_CHECKING:
    import httpx

ACCOUNTS_URL = "https://zoom.us"
API_URL = "https://api.zoom.us/v2"

REQUEST_TIMEOUT = 15.0
"""Seconds that one request may take."""

_SCHEDULED = 2


class ZoomCredentials(Protocol):
    """What Zoom shows for a server-to-server app."""

    @property
    def account_id(self) -> str: ...

    @property
    def client_id(self) -> str: ...

    @property
    def client_secret(self) -> str: ...


class ZoomMeetings:
    """Meetings of the account that the app belongs to."""

    def __init__(self, credentials: ZoomCredentials, accounts_url: str = ACCOUNTS_URL, api_url: str = API_URL) -> None:
        self._credentials = credentials
        self._accounts_url = accounts_url
        self._api_url = api_url

    def create(self, topic: str, start: datetime, minutes: int, invitees: Sequence[str]) -> str:
        """Schedule a meeting; gives the link to join it.

        Raises MissingSettingError naming the settings that are not there, and ToolError if Zoom refuses.
        """
        self._check_settings()
        if minutes <= 0:
            raise ToolError(f"a meeting cannot last {minutes} minutes", hint="say how long it takes")
        meeting = {
            "topic": topic or "Meeting",
            "type": _SCHEDULED,
            "start_time": start.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "duration": minutes,
            "settings": {"meeting_invitees": [{"email": address} for address in email_addresses(invitees)]},
        }
        link = self._request(meeting).get("join_url")
        if not isinstance(link, str) or not link.startswith("https://"):
            raise ToolError("Zoom gave no link to join", hint="check the meeting in Zoom")
        return link

    def _check_settings(self) -> None:
        names = ("account_id", "client_id", "client_secret")
        missing = [f"zoom.{name}" for name in names if not getattr(self._credentials, name)]
        if missing:
            hint = "make a Server-to-Server OAuth app on marketplace.zoom.us, then `tinyagent config set` them"
            raise MissingSettingError(f"Zoom is not set up: {', '.join(missing)} not set", hint=hint)

    def _request(self, meeting: dict[str, Any]) -> dict[str, Any]:
        import httpx

        try:
            with httpx.Client(timeout=REQUEST_TIMEOUT) as client:
                token = _answer(
                    client.post(f"{self._accounts_url}/oauth/token", auth=self._login(), data=self._grant())
                )
                headers = {"Authorization": f"Bearer {token.get('access_token', '')}"}
                return _answer(client.post(f"{self._api_url}/users/me/meetings", json=meeting, headers=headers))
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise ToolError(f"cannot reach Zoom: {reason}", hint="check the network and try again") from error

    def _login(self) -> tuple[str, str]:
        return self._credentials.client_id, self._credentials.client_secret

    def _grant(self) -> dict[str, str]:
        return {"grant_type": "account_credentials", "account_id": self._credentials.account_id}


def _answer(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = {}
    if not isinstance(answer, dict) or response.is_error:
        fields = answer if isinstance(answer, dict) else {}
        reason = fields.get("message") or fields.get("reason") or response.reason_phrase
        raise ToolError(f"Zoom refused: {reason} ({response.status_code})", hint="check the zoom settings and scopes")
    return answer
