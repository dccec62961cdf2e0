"""Opening an office: the act behind `apel office add`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from content.regulation import Regulation
from scheduler.office_defaults import create_defaults
from storage.models import Office
from storage.queries import audit_log, offices
from storage.transaction import Session

LONGEST_NAME = 100


class WrongName(Exception):
    """An office cannot be called this: nothing that could be read aloud, or too long for a message."""


async def add_office(
    session: Session, name: str, regulation: Regulation, timezone: str | None, now: datetime
) -> Office:
    """A new office under `regulation`, with its first schedules; in `timezone` (IANA), else in the regulation's.

    Raises:
        WrongName: without a letter, or longer than LONGEST_NAME.
        AlreadyExists: an office has this name, in whatever case.
        ZoneInfoNotFoundError, ValueError: no such zone.
    """
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not any(letter.isalpha() for letter in name):
        raise WrongName(name)
    zone = ZoneInfo(timezone or regulation.timezone)
    office = await offices.add_office(session, name, regulation.id, zone.key, now)
    await create_defaults(session, office, regulation, now)
    detail = {"regulation": regulation.id, "timezone": zone.key}
    await audit_log.record(session, office.id, None, "office.added", detail, now)
    return office
