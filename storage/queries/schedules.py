"""Schedules with their exceptions and target groups: made, changed, paused, read."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update

from storage.models import (
    GroupChat,
    GroupState,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleException,
    ScheduleKind,
    ScheduleState,
    ScheduleTarget,
)
from storage.transaction import Session


async def add(session: Session, values: dict[str, Any]) -> Schedule:
    """A new schedule."""
    schedule = Schedule(**values)
    session.add(schedule)
    await session.flush()
    return schedule


async def find(session: Session, schedule_id: int) -> Schedule | None:
    """The schedule, or None."""
    return await session.get(Schedule, schedule_id)


async def of_office(session: Session, office_id: int) -> Sequence[Schedule]:
    """The office's schedules that have not ended, in the order in which they were made."""
    query = select(Schedule).where(Schedule.office_id == office_id, Schedule.state != ScheduleState.ENDED)
    return (await session.scalars(query.order_by(Schedule.id))).all()


async def to_plan(
    session: Session, until: datetime, limit: int, after: tuple[datetime, int] | None = None
) -> Sequence[tuple[datetime, int]]:
    """Active schedules whose occurrences are not yet all rows up to this instant: until when they are, and the id.

    The most urgent first, at most `limit`, from behind `after` in this order.
    """
    place = tuple_(Schedule.planned_until, Schedule.id)
    query = select(Schedule.planned_until, Schedule.id).where(
        Schedule.state == ScheduleState.ACTIVE, Schedule.planned_until < until
    )
    if after is not None:
        query = query.where(Schedule.planned_until >= after[0], place > tuple_(*after))
    query = query.order_by(Schedule.planned_until, Schedule.id).limit(limit)
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def lock(session: Session, schedule_id: int) -> Schedule | None:
    """The schedule as it stands now, kept from others until the commit."""
    query = select(Schedule).where(Schedule.id == schedule_id).with_for_update()
    return (await session.scalars(query, execution_options={"populate_existing": True})).one_or_none()


async def exceptions(session: Session, schedule_id: int) -> Sequence[ScheduleException]:
    """Other times for spans of dates; where two overlap the one entered later comes later and wins."""
    query = select(ScheduleException).where(ScheduleException.schedule_id == schedule_id)
    return (await session.scalars(query.order_by(ScheduleException.id))).all()


async def set_exceptions(session: Session, schedule_id: int, spans: Sequence[tuple[date, date, time | None]]) -> None:
    """From now on it has exactly these spans (first day, last day, local time or None), the later one winning."""
    await session.execute(delete(ScheduleException).where(ScheduleException.schedule_id == schedule_id))
    for first_day, last_day, at in spans:
        session.add(ScheduleException(schedule_id=schedule_id, first_day=first_day, last_day=last_day, at=at))
        await session.flush()  # one by one: the order of ids decides
    await session.flush()


async def targets(session: Session, schedule_id: int) -> Sequence[GroupChat]:
    """The groups that the schedule posts into, whatever their state."""
    query = select(GroupChat).join(ScheduleTarget).where(ScheduleTarget.schedule_id == schedule_id)
    return (await session.scalars(query.order_by(ScheduleTarget.id))).all()


async def with_active_target(session: Session, schedule_ids: Sequence[int]) -> set[int]:
    """Those of these schedules that have a group which can be written to."""
    query = (
        select(ScheduleTarget.schedule_id)
        .join(GroupChat, GroupChat.id == ScheduleTarget.group_id)
        .where(ScheduleTarget.schedule_id.in_(schedule_ids), GroupChat.state == GroupState.ACTIVE)
        .distinct()
    )
    return set((await session.scalars(query)).all())


async def meetings_due(session: Session, office_id: int, since: datetime, until: datetime) -> Sequence[Schedule]:
    """The office's meetings, ended ones too, that fell due in this span (both included) and were not called off."""
    query = (
        select(Schedule)
        .join(Occurrence, Occurrence.schedule_id == Schedule.id)
        .where(
            Schedule.office_id == office_id,
            Schedule.kind == ScheduleKind.MEETING,
            Occurrence.due_at.between(since, until),
            Occurrence.state != OccurrenceState.CANCELLED,
        )
    )
    return (await session.scalars(query.order_by(Schedule.id))).all()


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


async def pause_without_target(session: Session, group_id: int, reason: str) -> Sequence[Schedule]:
    """Pause, for `reason`, the active schedules of this group that have no active group left; returns them.

    Not those that go to persons too, or that a person forwards.
    """
    left = (
        select(func.count())
        .select_from(ScheduleTarget)
        .join(GroupChat)
        .where(ScheduleTarget.schedule_id == Schedule.id, GroupChat.state == GroupState.ACTIVE)
        .scalar_subquery()
    )
    here = select(ScheduleTarget.schedule_id).where(ScheduleTarget.group_id == group_id)
    statement = (
        update(Schedule)
        .where(Schedule.id.in_(here), Schedule.state == ScheduleState.ACTIVE, left == 0)
        .where(Schedule.to_persons.is_(False), Schedule.by_forwarding.is_(False))
        .values(state=ScheduleState.PAUSED, reason=reason)
        .returning(Schedule)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted((await session.scalars(statement)).all(), key=lambda schedule: schedule.id)


async def resume_with_target(session: Session, group_id: int, reasons: Sequence[str]) -> Sequence[Schedule]:
    """The schedules of this group that were paused for one of these reasons run again; returns them."""
    here = select(ScheduleTarget.schedule_id).where(ScheduleTarget.group_id == group_id)
    statement = (
        update(Schedule)
        .where(Schedule.id.in_(here), Schedule.state == ScheduleState.PAUSED, Schedule.reason.in_(reasons))
        .values(state=ScheduleState.ACTIVE, reason=None)
        .returning(Schedule)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted((await session.scalars(statement)).all(), key=lambda schedule: schedule.id)


async def has_more(session: Session, schedule_id: int) -> bool:
    """Whether an occurrence of it is still planned."""
    query = select(Occurrence.id).where(
        Occurrence.schedule_id == schedule_id, Occurrence.state == OccurrenceState.PLANNED
    )
    return (await session.scalars(query.limit(1))).first() is not None
