"""Messages of ours that are shown again with other words: the post of an occurrence, the question of a form."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.models import ConfirmationKind, Delivery, DeliveryState
from storage.queries import deliveries
from storage.transaction import Session

_STANDING = (*deliveries.WAITING, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN)


async def reply_to(session: Session, inbound_row: int, key: str) -> int | None:
    """The message with this key that answered a stored update: the delivery to edit, or None."""
    query = (
        select(Delivery)
        .where(Delivery.inbound_id == inbound_row, Delivery.message_key == key)
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    row = (await session.scalars(query)).one_or_none()
    return (row.edits_id or row.id) if row else None


async def with_buttons(session: Session, occurrence_id: int, kind: ConfirmationKind) -> Sequence[Delivery]:
    """The occurrence's messages with a button of this kind that stand in a chat, or may."""
    query = (
        select(Delivery)
        .where(Delivery.occurrence_id == occurrence_id, Delivery.edits_id.is_(None))
        .where(Delivery.state.in_(_STANDING))
        .order_by(Delivery.id)
    )
    return [row for row in await session.scalars(query) if _confirms(row, kind)]


async def settle(
    session: Session,
    occurrence_id: int,
    kind: ConfirmationKind,
    channel: str,
    chat_id: str,
    message_ref: str,
    now: datetime,
) -> list[int]:
    """Somebody acted on the occurrence's post in this chat: if its answer was lost, it is known to be sent now.

    What a button sends can be forged; a message that is known to be another one is no proof. Returns which rows.
    """
    settled: list[int] = []
    if await deliveries.find_by_message(session, channel, chat_id, message_ref) is not None:
        return settled
    for row in await with_buttons(session, occurrence_id, kind):
        if (row.channel, row.chat_id) != (channel, chat_id) or row.state is not DeliveryState.UNCERTAIN:
            continue
        to = {"state": DeliveryState.SENT, "message_ref": message_ref, "sent_at": row.sent_at or now, "reason": None}
        if await deliveries.change(session, row.id, of=[DeliveryState.UNCERTAIN], to=to):
            settled.append(row.id)
    return settled


async def occurrence_under(session: Session, channel: str, chat_id: str, message_ref: str) -> int | None:
    """The occurrence whose post (any part of it), or the thanks for a tap under it, stands in this chat so."""
    delivery_id = await deliveries.find_by_message(session, channel, chat_id, message_ref)
    row = await deliveries.find(session, delivery_id) if delivery_id is not None else None
    if row is None:
        return None
    thanked_for: int | None = row.parameters.get("occurrence_id")
    return row.occurrence_id or thanked_for


def _confirms(row: Delivery, kind: ConfirmationKind) -> bool:
    # what is told in private of the same occurrence (whose turn it is) has other buttons, or none
    lines = row.message.get("choices", ())
    return any((item.get("action") or "").startswith(f"done.{kind.value}:") for line in lines for item in line)
