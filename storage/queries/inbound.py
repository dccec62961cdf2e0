"""Raw updates: stored before they are confirmed, handled once, emptied afterwards."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from storage.insert_many import insert_many
from storage.insert_once import insert_once
from storage.models import Delivery, InboundUpdate
from storage.transaction import Session

REMEMBERED_FOR = timedelta(days=7)  # after a week of silence Telegram starts update ids anew


async def store(session: Session, channel: str, update_id: str, raw: bytes, now: datetime) -> int | None:
    """Keep a raw update; its row id, or None if it is known already (a redelivery)."""
    values = {"channel": channel, "update_id": update_id, "raw": raw, "received_at": now}
    row = await insert_once(session, InboundUpdate, values)
    return row.id if row else None


async def store_many(session: Session, channel: str, updates: Iterable[tuple[str, bytes]], now: datetime) -> None:
    """Keep raw updates, each with the id that tells a repeat, in their order; what is known already is left out."""
    about = {"channel": channel, "received_at": now}
    await insert_many(session, InboundUpdate, [about | {"update_id": key, "raw": raw} for key, raw in updates])


async def unhandled(session: Session, limit: int = 100, *, besides: Collection[str] = ()) -> list[InboundUpdate]:
    """Updates that nobody has handled yet, oldest first; none of the channels `besides`."""
    query = select(InboundUpdate).where(InboundUpdate.handled_at.is_(None)).order_by(InboundUpdate.id).limit(limit)
    if besides:
        query = query.where(InboundUpdate.channel.not_in(besides))
    return list((await session.execute(query)).scalars())


async def is_handled(session: Session, row: int) -> bool:
    """Whether this stored update was handled before."""
    query = select(InboundUpdate.handled_at).where(InboundUpdate.id == row)
    return (await session.execute(query)).scalar_one() is not None


async def mark_handled(session: Session, row: int, now: datetime, incident: str | None = None) -> None:
    """Close the row and empty its raw content: what it caused is stored elsewhere."""
    await session.execute(
        update(InboundUpdate).where(InboundUpdate.id == row).values(handled_at=now, incident=incident, raw=b"")
    )


async def close_unanswered(session: Session, until: datetime, now: datetime) -> int:
    """Close, unanswered, what was received by this instant and nobody has handled; returns how many."""
    statement = (
        update(InboundUpdate)
        .where(InboundUpdate.handled_at.is_(None), InboundUpdate.received_at <= until)
        .values(handled_at=now, raw=b"")
        .returning(InboundUpdate.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all())


async def purge(session: Session, now: datetime) -> None:
    """Forget handled updates older than REMEMBERED_FOR; those that a kept reply points to stay with it."""
    answered = select(Delivery.inbound_id).where(Delivery.inbound_id.is_not(None))
    await session.execute(
        delete(InboundUpdate).where(
            InboundUpdate.handled_at.is_not(None),
            InboundUpdate.handled_at < now - REMEMBERED_FOR,
            InboundUpdate.id.not_in(answered),
        )
    )
