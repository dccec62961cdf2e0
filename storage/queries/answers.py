"""What the bot answered in a chat, as far as its rows still tell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from storage.models import Delivery
from storage.queries import deliveries
from storage.transaction import Session


async def shown_in(session: Session, channel: str, chat_id: str, message_ref: str) -> tuple[str, Mapping[str, Any]]:
    """Key and parameters of what stands in this message now, edits included; ("", {}) where it is not ours."""
    first = await deliveries.find_by_message(session, channel, chat_id, message_ref)
    query = (
        select(Delivery.message_key, Delivery.parameters)
        .where(or_(Delivery.id == first, Delivery.edits_id == first), Delivery.id >= first)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id)
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    found = (await session.execute(query)).one_or_none() if first is not None else None
    return (found.message_key, found.parameters) if found else ("", {})


async def last_with(
    session: Session, channel: str, chat_id: str, parameter: str, area: str, since: datetime
) -> Mapping[str, Any]:
    """The parameters of the newest message of this area ("answer") that has this one, set or not, from `since` on."""
    query = (
        select(Delivery.parameters)
        .where(Delivery.channel == channel, Delivery.chat_id == chat_id, Delivery.created_at >= since)
        .where(Delivery.message_key.startswith(f"{area}/"))
        .order_by(Delivery.id.desc())
    )
    found = await session.scalars(query)
    return next((parameters for parameters in found if parameter in parameters), {})
