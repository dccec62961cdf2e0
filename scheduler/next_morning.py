"""The afternoon before: a reading's leader gets the text, the secretaries the pack of all that will be forwarded.

One pack for each office and afternoon: of the next working day, and of the days off before it as far as anything is
due on them. Its rows are the truth, so that a restart tells nothing twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from content.regulation import Regulation
from scheduler import audience, forwarding, turns
from scheduler.audience import Recipient
from scheduler.delivery_queue import enqueue
from scheduler.forwarding import Item
from scheduler.message_parameters import Posting, reading
from scheduler.pack_changes import PACK
from storage.models import Occurrence, OccurrenceState, Office, Priority, Schedule, ScheduleKind
from storage.queries import occurrences, packs, units
from storage.queries.turns import assigned, leader_names
from storage.transaction import Session


async def see_to(session: Session, occurrence_id: int, regulations: Mapping[str, Regulation], now: datetime) -> bool:
    """See to the leader of a reading, and to the pack that this belongs to; whether somebody was told.

    `now` is an aware instant; when to look again is noted with the occurrence.
    """
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.kind is ScheduleKind.READING:
        told = await turns.see_to(session, occurrence_id, regulations, now)
    else:
        later = occurrence.tell_at if occurrence.tell_at and occurrence.tell_at > now else None
        await occurrences.see_to_leader(session, occurrence_id, later)
        told = False
    return await _tell_pack(session, occurrence_id, regulations, now) or told


async def _tell_pack(
    session: Session, occurrence_id: int, regulations: Mapping[str, Regulation], now: datetime
) -> bool:
    """Queue the pack, unless it was, or it is too early, or too late.

    What was ordered since that afternoon calls for none, but for a reading, of which the leader hears at once, too.
    """
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.state is not OccurrenceState.PLANNED or occurrence.tell_at is None:
        return False
    ordered_since = occurrence.created_at > occurrence.tell_at and occurrence.kind is not ScheduleKind.READING
    if ordered_since or not occurrence.tell_at <= now < occurrence.due_at:
        return False
    items = await packs.to_forward(session, occurrence.office_id, occurrence.tell_at, now)
    if occurrence.id not in {item.id for item, _ in items}:
        return False
    office = await units.get_office(session, occurrence.office_id)
    part = f"pack:{occurrence.tell_at.astimezone(ZoneInfo(office.timezone)).date()}"
    if await packs.is_told(session, office.id, part):
        return False
    return await _tell(session, office, items, part, regulations[office.regulation_id], now)


async def _tell(
    session: Session, office: Office, items: Sequence[Item], part: str, regulation: Regulation, now: datetime
) -> bool:
    for occurrence, schedule in items:
        if schedule.kind is ScheduleKind.READING and await assigned(session, occurrence.id) is None:
            await turns.assign(session, occurrence, now)
    leaders = await leader_names(session, [occurrence.id for occurrence, _ in items])
    own = await forwarding.own_forwarders(session, items)
    of_all = [_shown(*item, leaders, own) for item in items]
    readings = [item for item in items if item[1].kind is ScheduleKind.READING]
    said: list[tuple[str, str, Occurrence, Mapping[str, Any]]] = [
        (PACK, part, items[0][0], {"items": of_all, "zone": office.timezone, "texts": len(readings)})
    ]
    for occurrence, schedule in readings:
        wording = await reading(Posting(session, schedule, occurrence, office, regulation, leaders.get(occurrence.id)))
        text = {"title": schedule.title, "text": forwarding.text_of(wording)}
        said.append((forwarding.TEXT, f"{part}:text", occurrence, text))
    recipients = await audience.secretaries(session, office.id)
    for recipient in recipients:
        for key, name, occurrence, parameters in said:
            await enqueue(
                session,
                destination=recipient.destination,
                key=key,
                parameters=parameters,
                now=now,
                priority=Priority.NOTICE,  # as of the changes to it, which would overtake it else
                part=name,
                office_id=office.id,
                occurrence_id=occurrence.id,
                expires_at=occurrence.due_at,
            )
    return bool(recipients)


def _shown(
    occurrence: Occurrence, schedule: Schedule, leaders: Mapping[int, str], own: Mapping[int, Recipient]
) -> dict[str, Any]:
    """One item; `by` is who else than the secretaries forwards it."""
    by = own.get(occurrence.id)
    return {
        "id": occurrence.id,
        "due_at": occurrence.due_at,
        "title": schedule.title,
        "leader": leaders.get(occurrence.id),
        "by": by.title if by else None,
    }
