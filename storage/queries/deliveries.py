"""The ledger of what leaves: rows are claimed one by one, and a row changes state only from the state it is in."""

from typing import Any

from sqlalchemy import select

from storage.insert_once import insert_once
from storage.models import Delivery
from storage.transaction import Session


async def add(session: Session, values: dict[str, Any]) -> Delivery | None:
    """The new row, or None where its unique key already holds one."""
    return await insert_once(session, Delivery, values)


async def find_by_message(session: Session, channel: str, chat_id: str, message_ref: str) -> int | None:
    """The id of the delivery that stands in the chat under this reference (never of an edit to it)."""
    query = (
        select(Delivery.id)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.message_ref == message_ref)
        .where(Delivery.edits_id.is_(None))
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()
