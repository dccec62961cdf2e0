"""What is told the afternoon before of all that a person will forward: what belongs in it, and whether it was told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.models import Delivery, Occurrence, OccurrenceState, Schedule, ScheduleState
from storage.transaction import Session


async def to_forward(
    session: Session, office_id: int, tell_at: datetime, now: datetime
) -> Sequence[tuple[Occurrence, Schedule]]:
    """What the office will forward, told together at `tell_at` and due after `now` (aware instants), in order."""
    query = (
        select(Occurrence, Schedule)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .where(Occurrence.office_id == office_id, Occurrence.tell_at == tell_at, Occurrence.due_at > now)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.held.is_(False))
        .where(Schedule.by_forwarding, Schedule.state == ScheduleState.ACTIVE)
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return [(occurrence, schedule) for occurrence, schedule in (await session.execute(query)).all()]


async def is_told(session: Session, office_id: int, part: str) -> bool:
    """Whether this pack of the office was written, to anybody and whatever became of it."""
    query = select(Delivery.id).where(Delivery.office_id == office_id, Delivery.part == part)
    return (await session.execute(select(query.exists()))).scalar_one()


async def of_office(session: Session, office_id: int, key: str, since: datetime) -> Sequence[Delivery]:
    """The packs of the office that were written with this message key at or after the aware instant `since`."""
    query = select(Delivery).where(
        Delivery.office_id == office_id, Delivery.message_key == key, Delivery.created_at >= since
    )
    return (await session.scalars(query.order_by(Delivery.id))).all()
