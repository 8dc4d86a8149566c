"""Other names, descriptions and parameters for the built-in tools, from which `disguise.py` makes tools never met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Clothes:
    """What a built-in tool may be called instead: apps it could belong to, verbs, descriptions.

    `parameters` are other names of those it has, by position; the positions in `optional` may be left away.
    """

    apps: tuple[str, ...]
    verbs: tuple[str, ...]
    descriptions: tuple[str, ...]
    parameters: tuple[tuple[str, ...], ...]
    optional: tuple[int, ...] = ()


_PERSON = ("name", "person", "who", "full name", "contact", "employee", "member")
_TO = ("recipients", "to", "addresses", "receivers", "mail to")
_CC = ("cc", "copy to", "also to", "copies")
_BODY = ("body", "text", "content", "message", "words")
_FILES = ("attachments", "files", "paths", "documents")

WARDROBE: Mapping[str, Clothes] = {
    "get_phone_number": Clothes(
        ("contacts", "people", "directory", "crm", "addressbook", "staff"),
        ("find phone", "phone of", "lookup number", "get mobile", "dial code", "number for", "resolve phone"),
        (
            "Gives a person's phone number.",
            "Phone number of someone in the address book.",
            "Looks up the mobile number of a contact.",
            "Which number somebody can be reached at.",
        ),
        (_PERSON,),
    ),
    "get_email_address": Clothes(
        ("contacts", "people", "directory", "crm", "addressbook", "staff"),
        ("find email", "email of", "lookup address", "get mail address", "resolve email", "mailbox of", "address for"),
        (
            "Gives a person's email address.",
            "Email address of someone in the address book.",
            "Looks up where mail for a contact goes.",
            "Finds the mail address that belongs to a name.",
        ),
        (_PERSON,),
    ),
    "create_calendar_event": Clothes(
        ("calendar", "agenda", "schedule", "planner", "diary", "booking"),
        ("add event", "create meeting", "book", "new appointment", "insert event", "schedule", "block time"),
        (
            "Puts an event on the calendar.",
            "Books an appointment.",
            "Adds a meeting, with people invited by email.",
            "Blocks a slot in the diary.",
        ),
        (
            ("title", "name", "summary", "what"),
            ("start", "starts at", "from time", "begin", "when"),
            ("end", "until", "ends at", "to time"),
            ("location", "place", "room", "where"),
            ("invitees", "guests", "attendees", "participants"),
            ("notes", "details", "remarks"),
            ("calendar", "diary", "in calendar"),
        ),
        (2, 3, 4, 5, 6),
    ),
    "open_and_get_file_path": Clothes(
        ("files", "drive", "docs", "storage", "disk", "archive"),
        ("find", "open file", "locate document", "get path", "fetch", "resolve file", "pick"),
        (
            "Finds a file and opens it; gives its path.",
            "Locates a document on the drive by its name.",
            "Gives the path of a file.",
            "Opens a document and tells where it lies.",
        ),
        (("file name", "name", "document", "query", "title"),),
    ),
    "summarize_pdf": Clothes(
        ("pdf", "reader", "docs", "digest", "papers"),
        ("summarize", "summary", "digest", "condense", "sum up", "abstract"),
        (
            "Summarises a document.",
            "Gives a short version of a PDF.",
            "Boils a file down to its main points.",
            "Reads a file and sums it up.",
        ),
        (("path", "file", "pdf", "document"),),
    ),
    "compose_new_email": Clothes(
        ("mail", "email", "outbox", "gmail", "post"),
        ("send", "compose", "new message", "write", "draft", "create draft", "dispatch"),
        (
            "Writes a new email.",
            "Sends mail to one or more addresses.",
            "Drafts a message in the mail program.",
            "New mail, with files attached where there are any.",
        ),
        (_TO, _CC, ("subject", "title", "about", "headline"), _BODY, _FILES),
        (1, 2, 4),
    ),
    "reply_to_email": Clothes(
        ("mail", "email", "inbox", "gmail", "post"),
        ("reply", "answer", "respond", "reply to current", "write back"),
        (
            "Answers the email that is open.",
            "Replies to the selected message.",
            "Writes back to whoever sent the current mail.",
        ),
        (_CC, _BODY, _FILES),
        (0, 2),
    ),
    "forward_email": Clothes(
        ("mail", "email", "inbox", "gmail", "post"),
        ("forward", "pass on", "relay", "share message", "send on"),
        (
            "Forwards the email that is open.",
            "Passes the selected message on to others.",
            "Sends the current mail on to other addresses.",
        ),
        (_TO, _CC, ("comment", "note", "text", "cover note"), _FILES),
        (1, 2, 3),
    ),
    "maps_open_location": Clothes(
        ("maps", "geo", "atlas", "places", "nav"),
        ("show", "find place", "locate", "open place", "pin", "where is"),
        (
            "Shows a place on the map.",
            "Finds an address or a shop near here.",
            "Link to a place on the map.",
        ),
        (("location", "place", "query", "address", "spot"),),
    ),
    "maps_show_directions": Clothes(
        ("maps", "geo", "route", "nav", "travel"),
        ("directions", "route", "navigate", "way to", "plan route", "get directions"),
        (
            "The way from one place to another.",
            "Plans a route; from here if no start is given.",
            "Link to directions between two places.",
        ),
        (("start", "origin", "from place", "departure"), ("end", "destination", "to place", "target"), ("mode", "by")),
        (2,),
    ),
    "create_note": Clothes(
        ("notes", "notebook", "memo", "keep", "wiki"),
        ("create", "new", "write", "add note", "make page", "jot"),
        (
            "Makes a new note.",
            "Writes a new page in the notebook.",
            "Creates a memo with some text.",
        ),
        (("name", "title", "heading"), ("content", "text", "body"), ("folder", "notebook", "section")),
        (2,),
    ),
    "open_note": Clothes(
        ("notes", "notebook", "memo", "keep", "wiki"),
        ("open", "read", "get", "show page", "content of", "load"),
        (
            "Opens a note and gives what it says.",
            "Text of a page in the notebook.",
            "Reads a memo.",
        ),
        (("name", "title", "page"), ("folder", "notebook", "section")),
        (1,),
    ),
    "append_note_content": Clothes(
        ("notes", "notebook", "memo", "keep", "lists"),
        ("append", "add line", "add to", "extend", "write more", "push"),
        (
            "Adds text to a note that exists.",
            "Puts another line on a list.",
            "Appends to the end of a page.",
        ),
        (("name", "title", "note", "target"), ("content", "text", "line", "addition"), ("folder", "notebook")),
        (2,),
    ),
    "create_reminder": Clothes(
        ("reminders", "todo", "tasks", "tickler", "alerts"),
        ("add", "create", "remind me", "new task", "set reminder", "schedule task"),
        (
            "Reminds the user of something.",
            "Adds a to-do, with a date where there is one.",
            "Sets an alert for the user.",
        ),
        (
            ("name", "task", "what", "title"),
            ("due", "when", "due date", "remind at"),
            ("notes", "details"),
            ("list", "in list", "project"),
            ("priority", "urgency"),
            ("all day", "whole day"),
        ),
        (2, 3, 4, 5),
    ),
    "send_sms": Clothes(
        ("sms", "phone", "messages", "chat", "texting"),
        ("send", "text", "message", "write to", "ping", "deliver"),
        (
            "Sends a text message to phone numbers.",
            "Texts one or more people.",
            "Delivers an SMS.",
        ),
        (("recipients", "to", "numbers", "phones"), ("message", "text", "body", "words")),
    ),
    "get_zoom_meeting_link": Clothes(
        ("zoom", "video", "conference", "calls", "meet"),
        ("create link", "new room", "get meeting link", "open call", "host", "start meeting"),
        (
            "Makes a video meeting and gives its link.",
            "Link to a new online call.",
            "Sets up a conference room that people join online.",
        ),
        (
            ("topic", "subject", "title", "name"),
            ("start", "when", "starts at", "time"),
            ("duration", "minutes", "length"),
            ("invitees", "guests", "participants"),
        ),
        (3,),
    ),
}
