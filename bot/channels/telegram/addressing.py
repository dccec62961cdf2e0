"""Whether a group text is meant for the bot, and what is left of it without the bot's name.

Entities: https://core.telegram.org/bots/api#messageentity (offsets count UTF-16 units).
"""

from msgspec import Struct

from bot.channels.telegram.fields import Raw, number, part, parts, words
from bot.channels.telegram.identity import BotIdentity


class Wording(Struct, frozen=True):
    """A text as the bot hears it. `command` without slash and bot name; `for_another` bot; `mentioned`: by @name."""

    text: str
    command: str | None = None
    for_another: bool = False
    mentioned: bool = False


def hear(message: Raw, bot: BotIdentity) -> Wording:
    """The text or caption of a message, split into command and rest, mentions of the bot taken out."""
    name = "text" if "text" in message else "caption"
    entities = parts(message, "entities" if name == "text" else "caption_entities")
    text = words(message, name)
    command = next((entity for entity in entities if entity.get("type") == "bot_command" and _at(entity)[0] == 0), None)
    if command is not None:
        return _command(text, _at(command)[1], bot)
    mentions = [_at(entity) for entity in entities if _names(text, entity, bot)]
    return Wording(text=_without(text, mentions), mentioned=bool(mentions))


def _command(text: str, length: int, bot: BotIdentity) -> Wording:
    name, _, target = _cut(text, 0, length).removeprefix("/").partition("@")
    if target and target.lower() != bot.username.lower():
        return Wording(text=text, for_another=True)
    return Wording(text=_cut(text, length).strip(), command=name.lower(), mentioned=bool(target))


def _names(text: str, entity: Raw, bot: BotIdentity) -> bool:
    start, length = _at(entity)
    if entity.get("type") == "mention":
        return _cut(text, start, start + length).lower() == f"@{bot.username}".lower()
    return entity.get("type") == "text_mention" and number(part(entity, "user"), "id") == bot.id


def _at(entity: Raw) -> tuple[int, int]:
    offset, length = number(entity, "offset"), number(entity, "length")
    return (max(offset or 0, 0), max(length or 0, 0))


def _without(text: str, places: list[tuple[int, int]]) -> str:
    for start, length in sorted(places, reverse=True):
        text = f"{_cut(text, 0, start).rstrip(' ')} {_cut(text, start + length).lstrip(' ')}"
    return text.strip() if places else text


def _cut(text: str, start: int, end: int | None = None) -> str:
    units = text.encode("utf-16-le")
    return units[2 * start : None if end is None else 2 * end].decode("utf-16-le", "ignore")
