"""A fitted message as the Graph API takes it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from collections.abc import Sequence
from typing import Any

from bot.channels.whatsapp import ABILITIES
from bot.channels.whatsapp.markup import written
from content.markup import plain_text
from content.message import Choice, Message
from content.rendering import render
from scheduler.fitting import is_list

Media = tuple[str, dict[str, str]]  # "image" or "document", and what the API wants to know of it


def payload(message: Message, media: Media | None) -> dict[str, Any]:
    """What is said, without to whom; `media` is the message's picture or document, which Meta holds already."""
    text = written(message.text)
    choices = [] if message.numbered else [choice for line in message.choices for choice in line]
    if choices:
        return {"type": "interactive", "interactive": _interactive(text, choices, media)}
    if media is not None:
        kind, about = media
        return {"type": kind, kind: about | ({"caption": text} if text else {})}
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(text: str, choices: Sequence[Choice], media: Media | None) -> dict[str, Any]:
    body = {"body": {"text": text}}
    if is_list(choices, ABILITIES):
        opens = plain_text(render("choice/open_list").text)
        return {"type": "list", **body, "action": {"button": opens, "sections": [{"rows": [_row(c) for c in choices]}]}}
    header = {"header": {"type": media[0], media[0]: media[1]}} if media is not None else {}
    buttons = [{"type": "reply", "reply": {"id": choice.action, "title": choice.label}} for choice in choices]
    return {"type": "button", **header, **body, "action": {"buttons": buttons}}


def _row(choice: Choice) -> dict[str, str | None]:
    row = {"id": choice.action, "title": choice.label}
    return row if choice.description is None else row | {"description": choice.description}
