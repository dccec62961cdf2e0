"""How far broadcasts are, and the message in which their secretary sees it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.models import Delivery, DeliveryState, Occurrence, OccurrenceState, Schedule, ScheduleKind
from storage.queries import deliveries
from storage.transaction import Session

Counts = dict[DeliveryState, int]
_BEGUN = (OccurrenceState.POSTED, OccurrenceState.MISSED)


async def begun_since(session: Session, since: datetime) -> dict[int, Counts]:
    """The broadcasts that fell due from `since` on, posted or missed: occurrence -> how many posts are in each state.

    What a post is, `deliveries.counts_as_post` says.
    """
    begun = (
        select(Occurrence.id)
        .where(Occurrence.kind == ScheduleKind.BROADCAST, Occurrence.state.in_(_BEGUN), Occurrence.due_at >= since)
        .order_by(Occurrence.due_at)  # by its index: this is asked at every tick
    )
    return {number: await deliveries.progress(session, number) for number in (await session.scalars(begun)).all()}


async def latest(session: Session, office_id: int, limit: int) -> Sequence[tuple[Schedule, Occurrence]]:
    """The office's last broadcasts, ended ones too, the latest first."""
    query = (
        select(Schedule, Occurrence)
        .join(Occurrence, Occurrence.schedule_id == Schedule.id)
        .where(Schedule.office_id == office_id, Schedule.kind == ScheduleKind.BROADCAST)
        .order_by(Occurrence.due_at.desc(), Occurrence.id.desc())
        .limit(limit)
    )
    return [(schedule, occurrence) for schedule, occurrence in (await session.execute(query)).all()]


async def accepted_in(session: Session, schedule: Schedule, key: str) -> Delivery | None:
    """The message with this key that answered the secretary when the broadcast was saved, unless it was erased."""
    query = (
        select(Delivery)
        .where(Delivery.office_id == schedule.office_id, Delivery.message_key == key)
        .where(Delivery.created_at == schedule.created_at)  # written with it, by one press
        .order_by(Delivery.id)
    )
    rows: Sequence[Delivery] = (await session.scalars(query)).all()
    return next((row for row in rows if row.parameters.get("id") == schedule.id), None)


async def last_edit(session: Session, delivery_id: int) -> Delivery | None:
    """The newest edit of this message, sent or not."""
    newer = Delivery.id > delivery_id  # from the end back to the message, without an index of edits
    query = select(Delivery).where(Delivery.edits_id == delivery_id, newer).order_by(Delivery.id.desc()).limit(1)
    return (await session.scalars(query)).one_or_none()
