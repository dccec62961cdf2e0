"""An office's working calendar, from its week and the days that it decided."""

from scheduler.working_calendar import DayKind, OwnDay, WorkingCalendar
from storage.models import Office
from storage.queries import calendar_days
from storage.transaction import Session


async def office_calendar(session: Session, office: Office) -> WorkingCalendar:
    """The calendar as the office has it now (`/libur` included)."""
    decided = await calendar_days.of_office(session, office.id)
    return WorkingCalendar(office.workdays, {row.day: OwnDay(DayKind(row.kind.value), row.name) for row in decided})
