"""The days by which an office's calendar differs from the nation's: decided, forgotten, read."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from storage.models import CalendarDay, DayKind
from storage.transaction import Session


async def of_office(session: Session, office_id: int) -> Sequence[CalendarDay]:
    """All that the office decided, in order of days."""
    query = select(CalendarDay).where(CalendarDay.office_id == office_id).order_by(CalendarDay.day)
    return (await session.scalars(query)).all()


async def find(session: Session, office_id: int, day: date) -> CalendarDay | None:
    """What the office decided of this date, or None."""
    query = select(CalendarDay).where(CalendarDay.office_id == office_id, CalendarDay.day == day)
    return (await session.scalars(query)).one_or_none()


async def decide(
    session: Session, office_id: int, day: date, kind: DayKind, name: str, member_id: int, now: datetime
) -> None:
    """The office says of this date that it is such a day, whatever it said before."""
    row = await find(session, office_id, day)
    if row is None:
        row = CalendarDay(office_id=office_id, day=day)
        session.add(row)
    row.kind, row.name, row.decided_by, row.decided_at = kind, name, member_id, now
    await session.flush()


async def forget(session: Session, office_id: int, day: date) -> bool:
    """The office says nothing of this date any more; whether it had."""
    row = await find(session, office_id, day)
    if row is not None:
        await session.execute(delete(CalendarDay).where(CalendarDay.id == row.id))
        session.expunge(row)
    return row is not None
