"""What people do to schedules: make them, point them at groups, change their hours for a span of dates."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import delete, select

from storage.models import GroupChat, Occurrence, Schedule, ScheduleException, ScheduleKind, ScheduleTarget
from storage.transaction import Session


async def add(session: Session, values: dict[str, Any]) -> Schedule:
    """A new schedule."""
    schedule = Schedule(**values)
    session.add(schedule)
    await session.flush()
    return schedule


async def set_targets(session: Session, schedule_id: int, group_ids: Sequence[int]) -> None:
    """From now on it posts into exactly these groups, as far as they are its office's.

    A dialogue may have chosen them a day ago: since then a group may have gone to another office, or the person.
    """
    await session.execute(delete(ScheduleTarget).where(ScheduleTarget.schedule_id == schedule_id))
    own = await session.scalars(
        select(GroupChat.id)
        .join(Schedule, Schedule.office_id == GroupChat.office_id)
        .where(Schedule.id == schedule_id, GroupChat.id.in_(group_ids))
        .order_by(GroupChat.id)
    )
    session.add_all(ScheduleTarget(schedule_id=schedule_id, group_id=group_id) for group_id in own.all())
    await session.flush()


async def set_exceptions(session: Session, schedule_id: int, spans: Sequence[tuple[date, date, time | None]]) -> None:
    """From now on it has exactly these spans (first day, last day, local time or None), the later one winning."""
    await session.execute(delete(ScheduleException).where(ScheduleException.schedule_id == schedule_id))
    for first_day, last_day, at in spans:
        session.add(ScheduleException(schedule_id=schedule_id, first_day=first_day, last_day=last_day, at=at))
        await session.flush()  # one by one: the order of ids decides
    await session.flush()


async def occurrences_of(session: Session, schedule_id: int) -> Sequence[Occurrence]:
    """All its occurrences, the latest first."""
    query = select(Occurrence).where(Occurrence.schedule_id == schedule_id)
    return (await session.scalars(query.order_by(Occurrence.due_at.desc(), Occurrence.id.desc()))).all()


async def latest_broadcasts(session: Session, office_id: int, limit: int) -> Sequence[tuple[Schedule, Occurrence]]:
    """The office's last broadcasts, ended ones too, the latest first."""
    query = (
        select(Schedule, Occurrence)
        .join(Occurrence, Occurrence.schedule_id == Schedule.id)
        .where(Schedule.office_id == office_id, Schedule.kind == ScheduleKind.BROADCAST)
        .order_by(Occurrence.due_at.desc(), Occurrence.id.desc())
        .limit(limit)
    )
    return [(schedule, occurrence) for schedule, occurrence in (await session.execute(query)).all()]
