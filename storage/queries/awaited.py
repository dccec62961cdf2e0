"""What keeps rows waiting that may leave by their own times, and not before another one of their chat has."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.column_types import UtcDateTime
from storage.models import Delivery, DeliveryState
from storage.transaction import Session

_later = (Delivery.state == DeliveryState.PLANNED, Delivery.not_before > bindparam("now", type_=UtcDateTime()))
_next_in = select(Delivery.chat_id, func.min(Delivery.not_before)).where(
    *_later,
    Delivery.held.is_(False),
    Delivery.channel == bindparam("of_channel"),
    Delivery.chat_id.in_(bindparam("chats", expanding=True)),
)
_next_in = _next_in.group_by(Delivery.chat_id)
_still = select(Delivery.id).where(*_later, Delivery.id.in_(bindparam("rows", expanding=True)))


async def next_in(session: Session, now: datetime, channel: str, chats: Collection[str]) -> dict[str, datetime]:
    """The first instant after `now` at which another row of each of these chats falls due; of some there is none."""
    if not chats:
        return {}
    found: Any = await session.execute(_next_in, {"now": now, "of_channel": channel, "chats": list(chats)})
    return {chat: at for chat, at in found.all()}  # noqa: C416 - rows are no pairs to the type checker


async def still_waiting(session: Session, now: datetime, ids: Collection[int]) -> set[int]:
    """Which of these rows wait for an instant after `now`."""
    if not ids:
        return set()
    return set((await session.execute(_still, {"now": now, "rows": list(ids)})).scalars())
