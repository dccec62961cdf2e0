"""What the secretaries hear who have the pack of the next morning already, when something in it changes."""

from datetime import datetime, timedelta

from scheduler import audience
from scheduler.delivery_queue import destination_of, enqueue
from storage.models import Occurrence, Priority, Schedule
from storage.queries import packs, turns
from storage.transaction import Session

PACK = "forward/pack"
_LOOKS_BACK = timedelta(days=21)  # longer than any run of days off


async def tell(session: Session, occurrence: Occurrence, now: datetime, *, called_off: bool) -> None:
    """The occurrence falls away, comes back, or has another hour; who was told nothing of it hears nothing.

    Nor does who leads it: the leader hears of the turn itself.
    """
    leader = (await turns.leaders(session, [occurrence.id])).get(occurrence.id)
    own = await audience.member(session, leader) if leader else None
    for row in await packs.of_office(session, occurrence.office_id, PACK, now - _LOOKS_BACK):
        if occurrence.id not in {item["id"] for item in row.parameters.get("items", ())}:
            continue
        if own is not None and destination_of(row) == own.destination:
            continue
        schedule = await session.get_one(Schedule, occurrence.schedule_id)
        await enqueue(
            session,
            destination=destination_of(row),
            key="forward/changed",
            parameters={
                "title": schedule.title,
                "due_at": occurrence.due_at,
                "zone": schedule.timezone,
                "called_off": called_off,
            },
            now=now,
            priority=Priority.NOTICE,
            part=f"pack_changed:{int(now.timestamp())}",
            office_id=occurrence.office_id,
            occurrence_id=occurrence.id,
            expires_at=occurrence.due_at,
        )
