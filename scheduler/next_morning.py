"""The afternoon before: a reading's leader gets the text, the secretaries the pack of all that will be forwarded.

One pack for each office and afternoon: of the next working day, and of the days off before it as far as anything is
due on them. Its rows are the truth, so that a restart tells nothing twice. They follow one another: where the first
goes as a template, one tap brings them all. A secretary who leads, or who is to reach the leader, has that with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from content.regulation import Regulation
from scheduler import audience, forwarding, turns
from scheduler.audience import Recipient
from scheduler.forwarding import Item
from scheduler.message_parameters import Posting, reading
from scheduler.pack_changes import PACK
from scheduler.sender import Destination
from scheduler.turns import ASK_AGAIN_AFTER, Notice
from storage.models import Occurrence, OccurrenceState, Office, Priority, Schedule, ScheduleKind
from storage.queries import deliveries, occurrences, offices, packs
from storage.queries.turns import assigned, leader_names
from storage.transaction import Session


class _Pack(Struct, frozen=True):
    """What is told together; `part`: what its rows are called."""

    office: Office
    items: Sequence[Item]
    part: str


async def see_to(session: Session, occurrence_id: int, regulations: Mapping[str, Regulation], now: datetime) -> bool:
    """See to the pack that this belongs to, and to the leader of a reading; whether somebody was told.

    `now` is an aware instant; when to look again is noted with the occurrence: where no secretary can be written to,
    after a minute.
    """
    pack = await _pack_of(session, occurrence_id, now)
    told = pack is not None and await _tell(session, pack, regulations, now)
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.kind is ScheduleKind.READING:
        led = await turns.see_to(session, occurrence_id, regulations, now)
    else:
        later = occurrence.tell_at if occurrence.tell_at and occurrence.tell_at > now else None
        await occurrences.see_to_leader(session, occurrence_id, later)
        led = False
    if pack is not None and not told:
        await occurrences.see_to_leader(session, occurrence_id, now + ASK_AGAIN_AFTER)
    return told or led


async def _pack_of(session: Session, occurrence_id: int, now: datetime) -> _Pack | None:
    """The pack that is to be told now; None: it was, or it is too early, or too late.

    What was ordered since that afternoon calls for none, but for a reading, of which the leader hears at once, too.
    """
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.state is not OccurrenceState.PLANNED or occurrence.tell_at is None:
        return None
    ordered_since = occurrence.created_at > occurrence.tell_at and occurrence.kind is not ScheduleKind.READING
    if ordered_since or not occurrence.tell_at <= now < occurrence.due_at:
        return None
    items = await packs.to_forward(session, occurrence.office_id, occurrence.tell_at, now)
    if occurrence.id not in {item.id for item, _ in items}:
        return None
    office = await offices.get_office(session, occurrence.office_id)
    part = f"pack:{occurrence.tell_at.astimezone(ZoneInfo(office.timezone)).date()}"
    return None if await packs.is_told(session, office.id, part) else _Pack(office, items, part)


async def _tell(session: Session, pack: _Pack, regulations: Mapping[str, Regulation], now: datetime) -> bool:
    """Queue it for every secretary; False where none can be written to."""
    secretaries = await audience.secretaries(session, pack.office.id)
    if not secretaries:
        return False
    readings = [item for item in pack.items if item[1].kind is ScheduleKind.READING]
    of_turns = await _announce(session, readings, secretaries, regulations, now)
    leaders = await leader_names(session, [occurrence.id for occurrence, _ in pack.items])
    by = await forwarding.own_forwarders(session, pack.items)
    of_all = {
        "items": [_shown(*item, leaders, by) for item in pack.items],
        "due_at": pack.items[0][0].due_at,
        "zone": pack.office.timezone,
        "texts": len(readings),
    }
    regulation = regulations[pack.office.regulation_id]
    texts = []
    for occurrence, schedule in readings:
        posting = Posting(session, schedule, occurrence, pack.office, regulation, leaders.get(occurrence.id))
        texts.append((occurrence, forwarding.handed(posting, await reading(posting))))
    for secretary in secretaries:
        said = [Notice(secretary, PACK, of_all, pack.items[0][0], pack.part)]
        for occurrence, text in texts:
            clean = Notice(secretary, forwarding.TEXT, text, occurrence, f"{pack.part}:text")
            said.append(of_turns.get((secretary.destination, occurrence.id), clean))
        await _say(session, said, now)
    return True


async def _announce(
    session: Session,
    readings: Sequence[Item],
    secretaries: Sequence[Recipient],
    regulations: Mapping[str, Regulation],
    now: datetime,
) -> dict[tuple[Destination, int], Notice]:
    """Tell the leaders; what these secretaries are to hear of that themselves is returned, by chat and occurrence."""
    theirs = {}
    chats = {secretary.destination for secretary in secretaries}
    for occurrence, _ in readings:
        turn = await assigned(session, occurrence.id) or await turns.assign(session, occurrence, now)
        notices = await turns.announce(session, turn.id, regulations, now) if turn else None
        for notice in notices or ():
            if notice.recipient.destination in chats:
                with_pack = replace(notice, part=f"{notice.part}:pack")  # told anew, it is another row
                theirs[notice.recipient.destination, occurrence.id] = with_pack
            else:
                await turns.say(session, notice, now)
    return theirs


async def _say(session: Session, notices: Sequence[Notice], now: datetime) -> None:
    """One behind the other; as notices, as the changes to them are, which would overtake them else."""
    behind: int | None = None
    for notice in notices:
        first = await turns.say(session, notice, now, priority=Priority.NOTICE, behind=behind)
        if first is not None:
            behind = (await deliveries.with_followers(session, first))[-1].id


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
