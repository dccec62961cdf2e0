"""What is done once a day: forget what is old, tell secretaries what the calendar does not know for certain."""

from datetime import datetime

from scheduler import calendar_notices
from storage.queries import retention, units
from storage.transaction import Database


async def keep_house(database: Database, now: datetime) -> None:
    """Do both, each office in a transaction of its own; safe to do again. `now` is aware."""
    async with database.transaction() as session:
        await retention.purge_old(session, now)
        offices = await units.all_offices(session)
    for office in offices:
        async with database.transaction() as session:
            await calendar_notices.notify(session, office, now)
