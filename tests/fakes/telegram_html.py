"""Telegram's HTML as its server reads it: a closed list of tags, each closed in order, few entities.

Source of the rules and the wording: tdlib, `MessageEntity.cpp`, `parse_html`.
"""

import html
import re

_ALIASES = {"strong": "b", "em": "i", "ins": "u", "strike": "s", "del": "s"}
_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler", "span", "tg-emoji", *_ALIASES}
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_START = re.compile(r"<([a-zA-Z-]+)((?:\s+[a-zA-Z-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")


class Unparsable(Exception):
    """The text has entities that do not parse; the message is Telegram's."""


def parse_html(text: str) -> tuple[str, list[dict[str, object]]]:
    """The plain text and its entities (offsets in UTF-16 units); raises Unparsable."""
    plain, entities, open_tags = "", [], []
    position = 0
    while position < len(text):
        if text[position] == "&" and (entity := _ENTITY.match(text, position)):
            plain += html.unescape(entity[0])
            position = entity.end()
        elif text[position] != "<":
            plain += text[position]
            position += 1
        elif text.startswith("</", position):
            position = _end(text, position, plain, open_tags, entities)
        else:
            position = _start(text, position, plain, open_tags)
    if open_tags:
        raise Unparsable(f'can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return plain, entities


def utf16_length(text: str) -> int:
    """Length in the units that Telegram counts offsets in."""
    return len(text.encode("utf-16-le")) // 2


def _offset(text: str, position: int) -> int:
    return len(text[:position].encode())


def _start(text: str, position: int, plain: str, open_tags: list[tuple[str, int]]) -> int:
    tag = _START.match(text, position)
    if tag is None:
        raise Unparsable(f"unclosed start tag at byte offset {_offset(text, position)}")
    if (name := tag[1].lower()) not in _TAGS:
        raise Unparsable(f'unsupported start tag "{name}" at byte offset {_offset(text, position)}')
    open_tags.append((name, utf16_length(plain)))
    return tag.end()


def _end(text: str, position: int, plain: str, open_tags: list[tuple[str, int]], entities: list) -> int:
    close = text.find(">", position)
    if close < 0 or not open_tags:
        raise Unparsable(f"unexpected end tag at byte offset {_offset(text, position)}")
    name, begun = open_tags.pop()
    found = text[position + 2 : close].strip().lower()
    if found not in ("", name):
        raise Unparsable(
            f'unmatched end tag at byte offset {_offset(text, position)}, expected "</{name}>", found "</{found}>"'
        )
    if length := utf16_length(plain) - begun:
        entities.append({"type": _ALIASES.get(name, name), "offset": begun, "length": length})
    return close + 1
