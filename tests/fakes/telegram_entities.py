"""The entities that Telegram finds in what people type: commands, mentions, links."""

import re
from typing import Any

from tests.fakes.telegram_html import utf16_length

_PATTERNS = (
    ("bot_command", re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?")),
    ("mention", re.compile(r"(?<![\w/])@\w{3,32}")),
    ("url", re.compile(r"https?://\S+")),
)


def entities(text: str) -> list[dict[str, Any]]:
    """Type, offset and length (UTF-16 units) of each, in order."""
    found = [
        {"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match[0])}
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text)
        if not (kind == "mention" and text[: match.start()].rpartition(" ")[2].startswith("/"))
    ]
    return sorted(found, key=lambda entity: entity["offset"])
