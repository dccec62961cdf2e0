"""Occurrences: one row per time a schedule falls due, found again by its slot."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, update

from storage.insert_many import insert_many
from storage.insert_once import insert_once
from storage.models import (
    Delivery,
    GroupChat,
    GroupState,
    Occurrence,
    OccurrenceState,
    Office,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.queries.ledger import rows_of_post
from storage.transaction import Session

_TO_COME = (Occurrence.state == OccurrenceState.PLANNED, Occurrence.held.is_(False))


async def add(session: Session, values: dict[str, Any]) -> Occurrence | None:
    """The new row, or None where the schedule already has this slot."""
    return await insert_once(session, Occurrence, values)


async def add_many(session: Session, schedule_id: int, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """New rows of one schedule, as many as have a slot that it does not have yet; the ids of all, in order of time."""
    await insert_many(session, Occurrence, rows)
    query = select(Occurrence.id).where(
        Occurrence.schedule_id == schedule_id, Occurrence.slot.in_([row["slot"] for row in rows])
    )
    return (await session.scalars(query.order_by(Occurrence.due_at, Occurrence.id))).all()


async def slots(session: Session, schedule_id: int, names: Sequence[str]) -> set[str]:
    """Which of these slots the schedule has already."""
    query = select(Occurrence.slot).where(Occurrence.schedule_id == schedule_id, Occurrence.slot.in_(names))
    return set((await session.scalars(query)).all())


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


async def due(session: Session, now: datetime) -> Sequence[tuple[int, ScheduleKind]]:
    """Ids and kinds of the planned occurrences whose instant has come and that nobody holds, oldest first."""
    query = (
        select(Occurrence.id, Occurrence.kind)
        .where(*_TO_COME, Occurrence.due_at <= now)
        .order_by(Occurrence.due_at, Occurrence.id)
    )
    return [(number, kind) for number, kind in (await session.execute(query)).all()]


async def next_due(session: Session) -> datetime | None:
    """When the next planned occurrence falls due, or one that is held ends."""
    planned = Occurrence.state == OccurrenceState.PLANNED
    due = await session.scalar(select(func.min(Occurrence.due_at)).where(planned, Occurrence.held.is_(False)))
    ends = await session.scalar(select(func.min(Occurrence.expires_at)).where(planned))
    return min((instant for instant in (due, ends) if instant), default=None)


async def to_post(
    session: Session, occurrence_ids: Sequence[int], now: datetime
) -> Sequence[tuple[Occurrence, Schedule, Office]]:
    """Those of them that are still planned, not held, and not too late at `now`, with schedule and office."""
    query = (
        select(Occurrence, Schedule, Office)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .join(Office, Office.id == Occurrence.office_id)
        .where(Occurrence.id.in_(occurrence_ids), *_TO_COME, Occurrence.expires_at > now)
        .order_by(Occurrence.id)
        .execution_options(populate_existing=True)
    )
    return [(occurrence, schedule, office) for occurrence, schedule, office in (await session.execute(query)).all()]


class TargetGroup(NamedTuple):
    """A group that a schedule posts into."""

    id: int
    channel: str
    chat_id: str
    topic_id: str
    title: str
    state: GroupState
    reason: str | None


async def groups_without_row(
    session: Session, occurrence_ids: Sequence[int], limit: int | None
) -> Sequence[tuple[int, TargetGroup]]:
    """The target groups of these occurrences that have no row of theirs yet; by occurrence, then as they were chosen.

    Whatever their state. A row is looked for under the unique key, where the group's chat is.
    """
    row = (
        select(Delivery.id)
        .where(Delivery.occurrence_id == Occurrence.id, Delivery.channel == GroupChat.channel)
        .where(Delivery.chat_id == GroupChat.chat_id, Delivery.topic_id == GroupChat.topic_id, Delivery.part == "")
        .exists()
    )
    query = (
        select(Occurrence.id, *(getattr(GroupChat, name) for name in TargetGroup._fields))
        .join(ScheduleTarget, ScheduleTarget.schedule_id == Occurrence.schedule_id)
        .join(GroupChat, GroupChat.id == ScheduleTarget.group_id)
        .where(Occurrence.id.in_(occurrence_ids), ~row)
        .order_by(Occurrence.id, ScheduleTarget.id)
        .limit(limit)
    )
    return [(number, TargetGroup(*group)) for number, *group in (await session.execute(query)).all()]


async def mark_posted(session: Session, occurrence_ids: Sequence[int]) -> dict[int, int]:
    """Planned ones whose rows are all written become posted; how many rows each of them has."""
    if not occurrence_ids:
        return {}
    written = select(func.count()).where(Delivery.occurrence_id == Occurrence.id, rows_of_post()).scalar_subquery()
    statement = (
        update(Occurrence)
        .where(Occurrence.id.in_(occurrence_ids), Occurrence.state == OccurrenceState.PLANNED)
        .values(state=OccurrenceState.POSTED, rows=written)
        .returning(Occurrence.id, Occurrence.rows)
        .execution_options(synchronize_session=False)
    )
    return {number: rows or 0 for number, rows in (await session.execute(statement)).all()}


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


async def leaders_to_see_to(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of planned readings whose leader is to be looked for or told by now, the longest due first."""
    query = select(Occurrence.id).where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.leader_at <= now)
    return (await session.scalars(query.order_by(Occurrence.leader_at, Occurrence.id).limit(limit))).all()


async def next_leader(session: Session) -> datetime | None:
    """When the leader of a planned reading is next to be seen to."""
    query = select(Occurrence.leader_at).where(
        Occurrence.state == OccurrenceState.PLANNED, Occurrence.leader_at.is_not(None)
    )
    return (await session.scalars(query.order_by(Occurrence.leader_at).limit(1))).one_or_none()


async def see_to_leader(session: Session, occurrence_id: int, instant: datetime | None) -> None:
    """Its leader is next to be seen to at this instant, None: no more."""
    statement = update(Occurrence).where(Occurrence.id == occurrence_id).values(leader_at=instant)
    await session.execute(statement.execution_options(synchronize_session=False))


async def late(session: Session, now: datetime, limit: int | None = None) -> Sequence[Occurrence]:
    """Planned occurrences whose window has closed, held or not; by office, oldest first."""
    query = (
        select(Occurrence)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.expires_at <= now)
        .order_by(Occurrence.office_id, Occurrence.due_at, Occurrence.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()
