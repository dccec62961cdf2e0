"""The one way out: every message is worded and stored as a row before anything is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from content.message import Document, Message, Picture
from content.rendering import render, storable
from scheduler.sender import Destination
from storage.models import Delivery, Priority
from storage.queries import deliveries
from storage.transaction import Session


async def enqueue(
    session: Session,
    *,
    destination: Destination,
    key: str,
    parameters: Mapping[str, Any],
    now: datetime,
    priority: Priority = Priority.REPLY,
    part: str = "",
    office_id: int | None = None,
    occurrence_id: int | None = None,
    inbound_id: int | None = None,
    group_id: int | None = None,
    edits_id: int | None = None,
    repeatable: bool = False,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    picture: Picture | None = None,
    document: Document | None = None,
) -> Delivery | None:
    """Word the message `key` and store it for `destination`; it leaves with the caller's commit, not before.

    `now`, `not_before` and `expires_at` are aware instants; `edits_id` is the delivery whose message is replaced.
    `part` tells several messages of one occurrence or one inbound update apart.

    Returns the row, or None where the unique key (occurrence and chat, or inbound update) already holds this part.

    Raises:
        UnknownMessage, WrongParameters: as `content.rendering.render`.
    """
    message = render(key, parameters, picture=picture, document=document)
    return await deliveries.add(
        session,
        {
            "office_id": office_id,
            "occurrence_id": occurrence_id,
            "inbound_id": inbound_id,
            "part": part,
            "channel": destination.channel,
            "chat_id": destination.chat_id,
            "topic_id": destination.topic_id or "",
            "group_id": group_id,
            "edits_id": edits_id,
            "message_key": key,
            "parameters": storable(parameters),
            "message": msgspec.to_builtins(message),
            "priority": priority,
            "repeatable": repeatable,
            "not_before": not_before or now,
            "expires_at": expires_at,
            "created_at": now,
        },
    )


def message_of(delivery: Delivery) -> Message:
    """The final wording that the row holds."""
    return msgspec.convert(delivery.message, Message)
