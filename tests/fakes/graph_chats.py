"""What the loopback Graph API remembers of a chat, and what Meta asks of a message to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=24)
_BUTTONS, _ROWS = 3, 10
_NUMBER = re.compile(r"\+?[1-9]\d{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}")


class Refused(Exception):
    """The call is refused with a code of Meta's."""

    def __init__(self, code: int, words: str = "", status: int = 400, subcode: int | None = None) -> None:
        super().__init__(words)
        self.code, self.words, self.status, self.subcode = code, words, status, subcode


@dataclass
class Sent:
    """A message that was accepted."""

    reference: str
    payload: dict[str, Any]
    at: datetime
    statuses: list[str] = field(default_factory=list)
    words: str = ""  # of a template, filled
    button: str = ""  # under a template

    @property
    def text(self) -> str:
        """What a reader sees of it first: body, caption or the text itself."""
        kind = self.payload["type"]
        if kind == "template":
            return self.words
        part = self.payload[kind]
        if kind == "interactive":
            return part["body"]["text"]
        return part.get("body") or part.get("caption", "")

    @property
    def kind(self) -> str:
        """What it is: text, document, image, button, list or template."""
        kind = self.payload["type"]
        return self.payload["interactive"]["type"] if kind == "interactive" else kind

    @property
    def choices(self) -> dict[str, tuple[str, str]]:
        """What can be tapped: its title -> what it sends, and how that is called in the answer."""
        if self.payload["type"] == "template":
            return {self.button: (self.tapped, "template")}
        if self.payload["type"] != "interactive":
            return {}
        action = self.payload["interactive"]["action"]
        buttons = {b["reply"]["title"]: (b["reply"]["id"], "button_reply") for b in action.get("buttons", [])}
        rows = {r["title"]: (r["id"], "list_reply") for s in action.get("sections", []) for r in s["rows"]}
        return buttons | rows

    @property
    def tapped(self) -> str:
        """What the button of a template sends: its payload, or where it was given none its title."""
        for part in self.payload["template"].get("components", []):
            if part["type"] == "button":
                return str(part["parameters"][0]["payload"])
        return self.button


@dataclass
class Chat:
    """The chat with one person: what came, and when the person last wrote."""

    sent: list[Sent] = field(default_factory=list)
    heard_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the person wrote within a day."""
        return self.heard_at is not None and now < self.heard_at + WINDOW


def named(payload: dict[str, Any]) -> str:
    """To whom it goes: by a number in "to", or by a user id in "recipient"."""
    if payload.get("messaging_product") != "whatsapp" or ("to" in payload) == ("recipient" in payload):
        raise Refused(100, "messaging_product, and either to or recipient")
    if "to" in payload and _NUMBER.fullmatch(payload["to"]):
        return str(payload["to"])
    if "recipient" in payload and _USER_ID.fullmatch(payload["recipient"]):
        return str(payload["recipient"])
    raise Refused(100, "to: a number; recipient: a business-scoped user id")


def check(payload: dict[str, Any], chat: Chat, media: set[str], now: datetime) -> None:
    """Raise Refused for what Meta does not take."""
    kind = payload.get("type")
    if len(payload.get("biz_opaque_callback_data", "")) > 512:
        raise Refused(100, "tracker")
    if kind == "template":
        return  # held against the account's templates
    if not chat.is_open(now):
        raise Refused(131047, "Re-engagement message")
    part = payload.get(kind, {})
    match kind:
        case "text":
            _length(part.get("body"), 4096, "text body")
        case "image" | "document":
            _check_media(part, media)
            _length(part.get("caption", "-"), 1024, "caption")
        case "interactive":
            _check_interactive(part, media)
        case _:
            raise Refused(131051, f"type {kind}")


def _check_interactive(part: dict[str, Any], media: set[str]) -> None:
    _length(part["body"]["text"], 1024, "body")
    _length(part.get("footer", {}).get("text", "-"), 60, "footer")
    if "header" in part:
        _check_header(part["header"], part["type"], media)
    if part["type"] == "button":
        _check_titles(part["action"]["buttons"])
    elif part["type"] == "list":
        _length(part["action"]["button"], 20, "button")
        _check_sections(part["action"]["sections"])
    else:
        raise Refused(131051, f"interactive {part['type']}")


def _check_header(header: dict[str, Any], of: str, media: set[str]) -> None:
    if header["type"] == "text":
        _length(header["text"], 60, "header")
    elif of == "list":
        raise Refused(131009, "a list has a header of text")
    else:
        _check_media(header[header["type"]], media)


def _check_sections(sections: list[dict[str, Any]]) -> None:
    rows = [row for section in sections for row in section["rows"]]
    if not 1 <= len(rows) <= _ROWS or len({row["id"] for row in rows}) != len(rows):
        raise Refused(131009, "rows")
    for section in sections if len(sections) > 1 else []:
        _length(section.get("title"), 24, "section title")
    for row in rows:
        _length(row["title"], 24, "row title")
        _length(row["id"], 200, "row id")
        _length(row.get("description", "-"), 72, "description")


def _check_titles(buttons: list[dict[str, Any]]) -> None:
    replies = [button["reply"] for button in buttons]
    for values in _columns(replies):
        if not 1 <= len(replies) <= _BUTTONS or len(set(values)) != len(values):
            raise Refused(131009, "buttons")
    for reply in replies:
        _length(reply["title"], 20, "button title")
        _length(reply["id"], 256, "button id")
        if reply["id"] != reply["id"].strip():
            raise Refused(131009, "blanks at the edges of a button id")


def _columns(replies: list[dict[str, str]]) -> Iterator[list[str]]:
    yield [reply["id"] for reply in replies]
    yield [reply["title"] for reply in replies]


def _check_media(part: dict[str, Any], media: set[str]) -> None:
    if part.get("id") not in media:
        raise Refused(131053, "no such file")


def _length(text: str | None, most: int, what: str) -> None:
    if not text or len(text.encode("utf-16-le")) // 2 > most:
        raise Refused(131009, f"{what}: Min length: 1, Max length: {most}")
