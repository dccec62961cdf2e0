"""The posts of an occurrence, shown again with what has become of it: in every chat where they stand.

Where a channel cannot edit they stay as they are: every press would be one more message to everybody.
"""

from collections.abc import Sequence
from typing import Any

from bot.conversations.step import Reply, Turn
from content import markup
from content.date_words import instant_words, time_words, zone_words
from content.message import Choice
from content.splitting import CAPTION_LIMIT, TEXT_LIMIT
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import message_of
from scheduler.sender import Destination
from storage.models import ConfirmationKind, Delivery, DeliveryState
from storage.queries import confirmations, posts
from storage.queries.confirmations import Confirmable, Tap

_ROOM = 200  # characters that the line about the confirmation may take


async def show_state(turn: Turn, confirmable: Confirmable) -> tuple[Reply, ...]:
    """One edit for each post, in line with what is recorded now. A post without room for the line stays as it is."""
    rows = await posts.with_buttons(turn.session, confirmable.occurrence.id, confirmable.kind)
    if confirmable.kind is ConfirmationKind.TWIBBON:
        key, parameters = await _counted(turn, confirmable)
    else:
        key, parameters = await _done(turn, confirmable)
    return tuple(_edit(row, key, parameters) for row in rows if abilities_of(row.channel).edits and _can_grow(row))


async def _done(turn: Turn, confirmable: Confirmable) -> tuple[str, dict[str, Any]]:
    tap = await confirmations.find(turn.session, confirmable, turn.known_member.id)
    if tap is None:
        return "confirmation/open", {}
    parameters = {
        "kind": confirmable.kind.value,
        "occurrence_id": confirmable.occurrence.id,
        "name": tap.name or "",
        "at": tap_words(turn, confirmable, tap),
    }
    return "confirmation/done", parameters


async def _counted(turn: Turn, confirmable: Confirmable) -> tuple[str, dict[str, Any]]:
    count = await confirmations.count(turn.session, confirmable)
    if not count:
        return "confirmation/open", {}
    return "confirmation/counted", {"count": count, "occurrence_id": confirmable.occurrence.id}


def tap_words(turn: Turn, confirmable: Confirmable, tap: Tap) -> str:
    """When it was tapped: the hour with its zone, and the day where it was another."""
    local = tap.row.at.astimezone(turn.zone)
    if local.date() != confirmable.occurrence.day:
        return instant_words(local)
    return f"{time_words(local)} {zone_words(local)}"


def _can_grow(row: Delivery) -> bool:
    message = message_of(row)
    limit = TEXT_LIMIT if message.picture is None else CAPTION_LIMIT
    return row.state is not DeliveryState.UNCERTAIN and markup.length(message.text) + _ROOM <= limit


def _edit(row: Delivery, key: str, parameters: dict[str, Any]) -> Reply:
    message = message_of(row)
    own: dict[str, Any] = {"post": message.text}
    if key != "confirmation/done":
        own |= {"choices": _plain(message.choices)}
    return Reply(
        key,
        own | parameters,
        to=Destination(row.channel, row.chat_id, row.topic_id or None),
        edits=row.id,
        picture=message.picture,
    )


def _plain(choices: Sequence[Sequence[Choice]]) -> list[list[dict[str, str | None]]]:
    return [[{"label": item.label, "action": item.action, "url": item.url} for item in line] for line in choices]
