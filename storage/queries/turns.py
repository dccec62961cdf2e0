"""Whose turn it is, was, or is owed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select, update

from storage.insert_once import insert_once
from storage.models import Member, Occurrence, OccurrenceState, Schedule, ScheduleKind, Turn, TurnState
from storage.transaction import Session


async def add(session: Session, values: dict[str, Any]) -> Turn | None:
    """The new row, or None where this member already has a row for the occurrence."""
    turn = await insert_once(session, Turn, values)
    if turn is not None:
        await _see_to(session, turn.occurrence_id)
    return turn


async def find(session: Session, turn_id: int) -> Turn | None:
    """The row as it stands now, or None."""
    return await session.get(Turn, turn_id, populate_existing=True)


async def of_occurrence(session: Session, occurrence_id: int) -> Sequence[Turn]:
    """Every turn of one reading: at most one assigned, beside those skipped or swapped."""
    query = select(Turn).where(Turn.occurrence_id == occurrence_id).order_by(Turn.id)
    return (await session.scalars(query)).all()


async def assigned(session: Session, occurrence_id: int) -> Turn | None:
    """Who is to lead this reading."""
    query = select(Turn).where(Turn.occurrence_id == occurrence_id, Turn.state == TurnState.ASSIGNED)
    return (await session.scalars(query.order_by(Turn.id).limit(1))).one_or_none()


async def leader_names(session: Session, occurrence_ids: Sequence[int]) -> dict[int, str]:
    """Who is to lead each of these readings that has a leader, by occurrence."""
    query = (
        select(Turn.occurrence_id, Member.name)
        .join(Member, Member.id == Turn.member_id)
        .where(Turn.occurrence_id.in_(occurrence_ids), Turn.state == TurnState.ASSIGNED)
        .order_by(Turn.id.desc())  # the first one wins, as in `assigned`
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def leaders(session: Session, occurrence_ids: Sequence[int]) -> dict[int, Member]:
    """Who is to lead each of these readings that has a leader, by occurrence."""
    query = (
        select(Turn.occurrence_id, Member)
        .join(Member, Member.id == Turn.member_id)
        .where(Turn.occurrence_id.in_(occurrence_ids), Turn.state == TurnState.ASSIGNED)
        .order_by(Turn.id.desc())  # the first one wins, as in `assigned`
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def change(session: Session, turn_id: int, *, of: Sequence[TurnState], to: dict[str, Any]) -> bool:
    """Set `to` on the row if its state is one of `of`; whether it was."""
    statement = (
        update(Turn)
        .where(Turn.id == turn_id, Turn.state.in_(of))
        .values(**to)
        .returning(Turn)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    turn = (await session.scalars(statement)).one_or_none()
    if turn is not None:
        await _see_to(session, turn.occurrence_id)
    return turn is not None


async def mark_told(session: Session, turn_id: int, now: datetime) -> bool:
    """Whoever is assigned and was not told yet counts as told; whether it was so."""
    statement = (
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.ASSIGNED, Turn.told_at.is_(None))
        .values(told_at=now)
        .returning(Turn)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def tell_again(session: Session, occurrence_id: int) -> None:
    """The reading was moved: whoever leads it has to hear the new time."""
    statement = update(Turn).where(Turn.occurrence_id == occurrence_id, Turn.state == TurnState.ASSIGNED)
    await session.execute(statement.values(told_at=None).execution_options(synchronize_session=False))
    await _see_to(session, occurrence_id)


async def of_office(session: Session, office_id: int) -> Sequence[tuple[int, date, TurnState]]:
    """All turns that count, as member, day and state, oldest first; not of readings that were cancelled or missed."""
    query = (
        select(Turn.member_id, Turn.day, Turn.state)
        .join(Occurrence, Occurrence.id == Turn.occurrence_id)
        .where(Turn.office_id == office_id)
        .where(Occurrence.state.in_([OccurrenceState.PLANNED, OccurrenceState.POSTED]))
        .order_by(Turn.day, Turn.id)
    )
    return [(row[0], row[1], row[2]) for row in (await session.execute(query)).all()]


async def coming(
    session: Session, office_id: int, now: datetime, limit: int
) -> Sequence[tuple[Occurrence, Schedule, Turn | None]]:
    """The office's next planned readings with the turn that is assigned, if one is."""
    assigned = and_(Turn.occurrence_id == Occurrence.id, Turn.state == TurnState.ASSIGNED)
    query = (
        select(Occurrence, Schedule, Turn)
        .join(Schedule, Schedule.id == Occurrence.schedule_id)
        .outerjoin(Turn, assigned)
        .where(Occurrence.office_id == office_id, Occurrence.kind == ScheduleKind.READING)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.due_at > now)
        .order_by(Occurrence.due_at, Occurrence.id)
        .limit(limit)
    )
    return [(occurrence, schedule, turn) for occurrence, schedule, turn in (await session.execute(query)).all()]


async def roster(session: Session, office_id: int) -> Sequence[tuple[int, datetime]]:
    """The active members who take turns, with when they came onto the roster, in its order."""
    query = select(Member.id, Member.created_at).where(
        Member.office_id == office_id, Member.left_at.is_(None), Member.leads_assembly
    )
    return [(row[0], row[1]) for row in (await session.execute(query.order_by(Member.id))).all()]


async def of_who_left(session: Session, now: datetime, since: datetime) -> Sequence[int]:
    """Assigned turns of readings to come whose leader left the roster after `since`."""
    query = (
        select(Turn.id)
        .join(Member, Member.id == Turn.member_id)
        .join(Occurrence, Occurrence.id == Turn.occurrence_id)
        .where(Member.left_at > since, Turn.state == TurnState.ASSIGNED)
        .where(Occurrence.state == OccurrenceState.PLANNED, Occurrence.due_at > now)
        .order_by(Turn.id)
    )
    return (await session.scalars(query)).all()


async def _see_to(session: Session, occurrence_id: int) -> None:
    """Whoever leads it now is to be told when it is time."""
    statement = update(Occurrence).where(Occurrence.id == occurrence_id).values(leader_at=Occurrence.tell_at)
    await session.execute(statement.execution_options(synchronize_session=False))
