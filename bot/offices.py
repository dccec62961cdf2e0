"""Opening an office: the act behind `apel office add`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from content.regulation import Regulation
from scheduler.office_defaults import create_defaults
from storage.models import Office
from storage.queries import audit_log, units
from storage.transaction import Session


async def add_office(
    session: Session, name: str, regulation: Regulation, timezone: str | None, now: datetime
) -> Office:
    """A new office under `regulation`, with its first schedules; in `timezone` (IANA), else in the regulation's.

    Raises:
        AlreadyExists: an office has this name, in whatever case.
        ZoneInfoNotFoundError, ValueError: no such zone.
    """
    zone = ZoneInfo(timezone or regulation.timezone)
    office = await units.add_office(session, " ".join(name.split()), regulation.id, zone.key, now)
    await create_defaults(session, office, regulation, now)
    detail = {"regulation": regulation.id, "timezone": zone.key}
    await audit_log.record(session, office.id, None, "office.added", detail, now)
    return office
