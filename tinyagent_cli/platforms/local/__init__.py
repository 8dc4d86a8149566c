"""The platform that works everywhere: open formats in a data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyagent_cli.platforms.base import Correspondent, Platform

if TYPE_CHECKING:
    from tinyagent_cli.config import Config


def local_platform(config: Config) -> Platform:
    """The apps on `config.data_dir`; nothing is read or made before it is used."""
    from tinyagent_cli.platforms.local.calendar import ICalendarCalendar
    from tinyagent_cli.platforms.local.contacts import VCardContacts
    from tinyagent_cli.platforms.local.desktop import LocalDesktop
    from tinyagent_cli.platforms.local.files import LocalFiles
    from tinyagent_cli.platforms.local.mail import MaildirMail
    from tinyagent_cli.platforms.local.maps import WebMaps
    from tinyagent_cli.platforms.local.meetings import ZoomMeetings
    from tinyagent_cli.platforms.local.messages import GatewayMessages
    from tinyagent_cli.platforms.local.notes import MarkdownNotes
    from tinyagent_cli.platforms.local.reminders import ICalendarReminders
    from tinyagent_cli.platforms.local.store import FileStore

    data, store = config.data_dir, FileStore(config.data_dir)
    user = Correspondent(config.user.email, config.user.name)
    return Platform(
        name="local",
        contacts=VCardContacts(data / "contacts"),
        calendar=ICalendarCalendar(data / "calendars", store, user),
        reminders=ICalendarReminders(data / "reminders", store),
        notes=MarkdownNotes(data / "notes", store),
        mail=MaildirMail(config.mail.maildir, data / "drafts", store, user),
        messages=GatewayMessages(data / "messages", store, config.messages.gateway),
        maps=WebMaps(),
        files=LocalFiles(config.files.roots, config.files.limit),
        meetings=ZoomMeetings(config.zoom),
        desktop=LocalDesktop(),
    )
