"""Tells an office's secretaries in advance what its calendar does not know for certain: once for each date and year."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler import audience
from scheduler.notices import tell_secretaries
from scheduler.office_calendar import office_calendar
from scheduler.working_calendar import UnconfirmedDay, WorkingCalendar
from storage.models import Office
from storage.queries import settings
from storage.transaction import Session

AHEAD = timedelta(days=30)
_DECEMBER = 12


async def notify(session: Session, office: Office, now: datetime) -> bool:
    """Queue one notice for what has not been told yet; whether there was something to tell and somebody to tell it.

    Told are the estimated holidays of the next `AHEAD`, and from December on that the coming year's cuti bersama is
    missing. `now` is aware. What was told is remembered, so calling it again, every day, repeats nothing.
    """
    if not await audience.secretaries(session, office.id):
        return False  # told once somebody can hear it
    today = now.astimezone(ZoneInfo(office.timezone)).date()
    calendar = await office_calendar(session, office)
    days = [
        day
        for day in calendar.to_confirm(today, today + AHEAD)
        if await _first_time(session, office, day.day.isoformat(), now)
    ]
    year = await _year_to_tell(session, office, calendar, today, now)
    if not days and year is None:
        return False
    parameters = {"days": [_shown(day) for day in days], "year": year}
    await tell_secretaries(session, office.id, "calendar/notice", parameters, now)
    return True


async def _year_to_tell(
    session: Session, office: Office, calendar: WorkingCalendar, today: date, now: datetime
) -> int | None:
    """The present or, from December on, the coming year without cuti bersama, unless it was told."""
    last = date(today.year + 1, 1, 1) if today.month == _DECEMBER else today
    for year in calendar.years_without_joint_leave(today, last):
        if await _first_time(session, office, f"joint_leave:{year}", now):
            return year
    return None


async def _first_time(session: Session, office: Office, what: str, now: datetime) -> bool:
    name = f"calendar_notice:{office.id}:{what}"
    if await settings.read(session, name) is not None:
        return False
    await settings.write(session, name, now.isoformat(), now)
    return True


def _shown(day: UnconfirmedDay) -> dict[str, object]:
    return {"day": day.day, "name": day.name}
