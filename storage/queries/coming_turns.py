"""The readings to come and who is to lead them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, select

from storage.models import Occurrence, OccurrenceState, Schedule, ScheduleKind, Turn, TurnState
from storage.transaction import Session


async def of_office(
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
