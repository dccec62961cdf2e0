"""Our templates in Meta's words: as they are submitted, as they leave, and what Meta tells of them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from bot.channels.whatsapp.graph import MetasTemplate
from bot.channels.whatsapp.markup import harmless
from content.templates import BUTTON, LANGUAGE, READ, Template, templates
from scheduler.errors import TemplateTrouble

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update
# What stands in none of these rows may be used (APPROVED, FLAGGED, REINSTATED), or is a word that is new to us.
_TROUBLES = {
    "PENDING": TemplateTrouble.PENDING,
    "IN_APPEAL": TemplateTrouble.PENDING,
    "REJECTED": TemplateTrouble.REJECTED,
    "PAUSED": TemplateTrouble.PAUSED,
    "LOCKED": TemplateTrouble.PAUSED,
    "DISABLED": TemplateTrouble.DISABLED,
    "ARCHIVED": TemplateTrouble.DISABLED,
    "LIMIT_EXCEEDED": TemplateTrouble.DISABLED,
    "DELETED": TemplateTrouble.MISSING,
    "PENDING_DELETION": TemplateTrouble.MISSING,
    **{trouble.name: trouble for trouble in TemplateTrouble},  # as a refused send leaves it
}


class Unlike(StrEnum):
    """A part of a template at Meta for which what we send does not fit."""

    HEADER = "header"
    BODY = "body"
    BUTTONS = "buttons"


def trouble_of(status: str) -> TemplateTrouble | None:
    """Why a template in this state cannot be used; None: it can."""
    return _TROUBLES.get(status)


def definition(template: Template) -> dict[str, Any]:
    """The template as it is submitted, with its samples."""
    body: dict[str, Any] = {"type": "BODY", "text": template.numbered}
    if template.samples:
        body["example"] = {"body_text": [list(template.samples)]}
    return {
        "name": template.name,
        "language": LANGUAGE,
        "category": template.category.value.upper(),
        "parameter_format": "POSITIONAL",
        "components": [body, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": BUTTON}]}],
    }


def payload(template: Template, values: Sequence[str], row: int) -> dict[str, Any]:
    """The template filled with these values, without to whom; its button names the row whose message it brings."""
    body = [{"type": "text", "text": harmless(value)} for value in values]
    button = {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": f"{READ}:{row}"}],
    }
    components = [{"type": "body", "parameters": body}, button] if body else [button]
    return {
        "type": "template",
        "template": {"name": template.name, "language": {"code": LANGUAGE}, "components": components},
    }


def parameters_of(listed: MetasTemplate) -> int:
    """How many parameters its body has."""
    return len(set(_VARIABLE.findall(body_of(listed))))


def unlike(ours: Template, listed: MetasTemplate) -> tuple[Unlike, ...]:
    """Where Meta's asks for something else than `definition`: a header to fill, other values, no or more buttons.

    A header of fixed words is sent by Meta itself, and asks for nothing.
    """
    kinds = [
        str(button.get("type", "")).upper() for part in _parts(listed, "BUTTONS") for button in part.get("buttons", ())
    ]
    found = {
        Unlike.HEADER: any(_is_filled(header) for header in _parts(listed, "HEADER")),
        Unlike.BODY: set(_VARIABLE.findall(body_of(listed))) != set(_VARIABLE.findall(ours.numbered)),
        Unlike.BUTTONS: kinds != ["QUICK_REPLY"],
    }
    return tuple(part for part, is_unlike in found.items() if is_unlike)


def _is_filled(header: dict[str, Any]) -> bool:
    return str(header.get("format", "")).upper() != "TEXT" or bool(_VARIABLE.search(str(header.get("text", ""))))


def _parts(listed: MetasTemplate, kind: str) -> list[dict[str, Any]]:
    return [part for part in listed.components if str(part.get("type", "")).upper() == kind]


def body_of(listed: MetasTemplate) -> str:
    """The text of its body."""
    texts = (part.get("text") for part in _parts(listed, "BODY"))
    return next((text for text in texts if isinstance(text, str)), "")


def remembered(listed: Iterable[MetasTemplate]) -> Iterator[dict[str, Any]]:
    """What is kept of a list: of each of our templates what it says, or that it says nothing.

    One that could be used but is built otherwise is kept as refused for its parameters, as every send of it would be.
    """
    by_name = {one.name: one for one in listed if one.language == LANGUAGE}
    for name, ours in templates().items():
        one = by_name.get(name)
        yield {
            "name": name,
            "language": LANGUAGE,
            "status": _status(ours, one) if one else TemplateTrouble.MISSING.name,
            "category": one.category if one else ours.category.value.upper(),
            "parameters": parameters_of(one) if one else len(ours.parameters),
        }


def _status(ours: Template, listed: MetasTemplate) -> str:
    usable = trouble_of(listed.status) is None
    return TemplateTrouble.PARAMETERS.name if usable and unlike(ours, listed) else listed.status
