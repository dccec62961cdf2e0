"""Occurrences: one row per time a schedule falls due, found again by its slot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from storage.insert_once import insert_once
from storage.models import Occurrence, OccurrenceState, Turn, TurnState
from storage.transaction import Session


async def add(session: Session, values: dict[str, Any]) -> Occurrence | None:
    """The new row, or None where the schedule already has this slot."""
    return await insert_once(session, Occurrence, values)


async def find(session: Session, occurrence_id: int) -> Occurrence | None:
    """The row as it stands now, or None."""
    return await session.get(Occurrence, occurrence_id, populate_existing=True)


async def change(session: Session, occurrence_id: int, *, of: OccurrenceState, to: dict[str, Any]) -> bool:
    """Set `to` on the row if its state is `of`; whether it was."""
    statement = (
        update(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.state == of)
        .values(**to)
        .returning(Occurrence)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def due(session: Session, now: datetime, limit: int) -> Sequence[Occurrence]:
    """Planned occurrences whose instant has come and which nobody holds, oldest first."""
    query = (
        select(Occurrence)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.due_at <= now, Occurrence.held.is_(False))
        .order_by(Occurrence.due_at, Occurrence.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def next_due(session: Session) -> datetime | None:
    """When the next planned occurrence falls due, or one that is held ends."""
    planned = Occurrence.state == OccurrenceState.PLANNED
    due = await session.scalar(select(func.min(Occurrence.due_at)).where(planned, Occurrence.held.is_(False)))
    ends = await session.scalar(select(func.min(Occurrence.expires_at)).where(planned))
    return min((instant for instant in (due, ends) if instant), default=None)


async def of_schedule(session: Session, schedule_id: int) -> Sequence[Occurrence]:
    """All its occurrences, the latest first."""
    query = select(Occurrence).where(Occurrence.schedule_id == schedule_id)
    return (await session.scalars(query.order_by(Occurrence.due_at.desc(), Occurrence.id.desc()))).all()


async def to_come(session: Session, schedule_id: int, now: datetime) -> Sequence[Occurrence]:
    """What is planned after `now`, or was cancelled and may come back (also if its old hour passed today), in order."""
    planned = and_(Occurrence.state == OccurrenceState.PLANNED, Occurrence.due_at > now)
    cancelled = and_(Occurrence.state == OccurrenceState.CANCELLED, Occurrence.due_at > now - timedelta(days=1))
    query = select(Occurrence).where(Occurrence.schedule_id == schedule_id, or_(planned, cancelled))
    return (await session.scalars(query.order_by(Occurrence.due_at))).all()


async def focuses(session: Session, schedule_id: int) -> Sequence[str]:
    """What the schedule has focused on so far, in order of days; cancelled occurrences do not count."""
    query = (
        select(Occurrence.focus)
        .where(Occurrence.schedule_id == schedule_id, Occurrence.state != OccurrenceState.CANCELLED)
        .where(Occurrence.focus.is_not(None))
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return [focus for focus in (await session.scalars(query)).all() if focus is not None]


async def without_leader(session: Session, now: datetime, until: datetime) -> Sequence[Occurrence]:
    """Readings not yet posted, nobody assigned to lead them, whose leader is to be told by `until`; in order."""
    leader = select(Turn.id).where(Turn.occurrence_id == Occurrence.id, Turn.state == TurnState.ASSIGNED).exists()
    query = (
        select(Occurrence)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.expires_at > now, Occurrence.tell_at <= until)
        .where(~leader)
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return (await session.scalars(query)).all()


async def late(session: Session, now: datetime) -> Sequence[Occurrence]:
    """Planned occurrences whose window has closed, oldest first."""
    query = select(Occurrence).where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.expires_at <= now)
    return (await session.scalars(query.order_by(Occurrence.due_at, Occurrence.id))).all()
