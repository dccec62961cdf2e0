"""What is done once a day: forget what is old, tell secretaries what the calendar does not know for certain."""

from datetime import UTC, datetime, time, timedelta

from scheduler import calendar_notices
from storage.queries import offices, retention
from storage.transaction import Database

_HOUR = time(1, tzinfo=UTC)  # 08.00 WIB, 09.00 WITA, 10.00 WIT


def next_housekeeping(now: datetime) -> datetime:
    """The next 01.00 UTC after the aware instant `now`."""
    today = datetime.combine(now.astimezone(UTC).date(), _HOUR)
    return today if today > now else today + timedelta(days=1)


async def keep_house(database: Database, now: datetime) -> None:
    """Do both, each office in a transaction of its own; safe to do again. `now` is aware."""
    async with database.transaction() as session:
        await retention.purge_old(session, now)
    last: int | None = 0
    while last is not None:
        async with database.transaction() as session:
            office = await offices.next_office(session, last)
            if office is not None:
                await calendar_notices.notify(session, office, now)
            last = office.id if office else None
