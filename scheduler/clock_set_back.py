"""A start by a clock that shows an earlier instant than the last sign of life: it was set back while nobody was there.

Nothing goes out twice for it: what has a row keeps it. But what waits for an instant that was told by the clock as it
was would wait for hours: it waits as long as it was to. Whether the clock is right now, or was before, a person has to
see.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from scheduler import audience, hold
from scheduler.delivery_queue import enqueue
from scheduler.sender import Destination
from storage.models import Priority
from storage.queries import claims, leases, offices
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

TOLD = "hold/clock_set_back"
_CORRECTED = timedelta(minutes=1)  # by so much clocks are corrected at a start as a matter of course


async def heed(database: Database, channels: Collection[str], start: datetime) -> bool:
    """At a start at the aware instant `start`: whether the clock was set back; then it is told, once.

    To be called before anything is held, planned or sent.
    """
    async with database.transaction() as session:
        last = await hold.last_sign(session)
        if last is None or last - start <= _CORRECTED:
            return False
        log.warning("the clock was set back by %s or more while nobody was running", last - start)
        for channel in channels:
            await leases.shift(session, channel, start - last)
            await claims.shift(session, start, channel, start - last)
        await hold.note_sign(session, start)
        await _tell(session, last, start)
    return True


async def _tell(session: Session, last: datetime, start: datetime) -> None:
    told: set[Destination] = set()
    for office in await offices.all_offices(session):
        for person in await audience.administrators(session, office.id):
            if person.destination in told:
                continue
            told.add(person.destination)
            await enqueue(
                session,
                destination=person.destination,
                key=TOLD,
                parameters={"last": last, "start": start, "zone": office.timezone},
                now=start,
                priority=Priority.NOTICE,
                office_id=office.id,
            )
