"""The invariant, checked while the bot runs: for every push, rows written = rows that are sent, ended or waiting.

And nothing is planned or waits once its lateness window has closed, or it was called off. A breach is a defect of ours
or a meddled database; it is logged and told once, and nothing is repaired by itself.
"""

import logging
from datetime import datetime, timedelta

from scheduler import audience
from scheduler.delivery_queue import enqueue
from scheduler.lane import LONGEST_SEND
from storage.models import Priority
from storage.queries import ledger, occurrences, offices, schedules
from storage.queries.ledger import Count
from storage.transaction import Session

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
GRACE = LONGEST_SEND * 3  # what was in flight when its window closed is recorded, or given up, by then


async def check(session: Session, now: datetime) -> int:
    """Count every push of the last week at the aware instant `now`; how many breaches are new."""
    counts = await ledger.counts(session, now - LOOK_BACK, now, now - GRACE)
    breaches = [count for count in counts if count.written != count.found or count.overdue or count.unsettled]
    for count in breaches:
        if await ledger.mark_told(session, count.occurrence_id, now):
            await _tell(session, count, now)
    return len(breaches)


async def _tell(session: Session, count: Count, now: datetime) -> None:
    log.error(
        "the rows of a push do not add up: %d written, %d found, %d waiting too long%s",
        count.written,
        count.found,
        count.overdue,
        ", itself planned still" if count.unsettled else "",
        extra={"push": count.occurrence_id},
    )
    occurrence = await occurrences.find(session, count.occurrence_id)
    if occurrence is None:
        return
    schedule = await schedules.find(session, occurrence.schedule_id)
    office = await offices.get_office(session, count.office_id)
    parameters = {
        "title": schedule.title if schedule else "",
        "due_at": occurrence.due_at,
        "zone": office.timezone,
        "written": count.written,
        "found": count.found,
        "overdue": count.overdue,
        "unsettled": count.unsettled,
    }
    for person in await audience.administrators(session, count.office_id):
        await enqueue(
            session,
            destination=person.destination,
            key="ledger/breach",
            parameters=parameters,
            now=now,
            priority=Priority.NOTICE,
            office_id=count.office_id,
        )
