"""The days by which an office's calendar differs from the nation's."""

from collections.abc import Sequence

from sqlalchemy import select

from storage.models import CalendarDay
from storage.transaction import Session


async def of_office(session: Session, office_id: int) -> Sequence[CalendarDay]:
    """All that the office decided, in order of days."""
    query = select(CalendarDay).where(CalendarDay.office_id == office_id).order_by(CalendarDay.day)
    return (await session.scalars(query)).all()
