"""Due occurrences -> rows to be sent, each occurrence in one transaction; what is too late is recorded, and told."""

from collections.abc import Mapping
from datetime import datetime

from content.regulation import Regulation
from scheduler import audience, notices, recurrence
from scheduler.audience import Recipient
from scheduler.delivery_queue import enqueue
from scheduler.message_parameters import Posting, Source
from scheduler.office_defaults import NO_GROUP
from storage.models import DeliveryState, Occurrence, OccurrenceState, Priority, Schedule, ScheduleKind, ScheduleState
from storage.queries import deliveries, occurrences, schedules, units
from storage.transaction import Session

LATE = "late"  # nobody was running inside the lateness window
HELD = "held"  # after a restore or a long outage, and nobody released it inside the window
EXPIRED = "expired"  # was queued, and could not leave inside the window
NOBODY = "nobody"  # no lead can be written to
DEFECT = "defect"
PAUSED = "paused"


async def record_missed(
    session: Session, now: datetime, *, late_reason: str = LATE, expired_reason: str = EXPIRED
) -> int:
    """Occurrences and rows whose window has closed become missed; the secretaries hear of all of them at once.

    The reasons are those of what nobody held.
    """
    told = []
    late = await occurrences.late(session, now)
    for occurrence in late:
        schedule = await session.get_one(Schedule, occurrence.schedule_id)
        reason = HELD if occurrence.held else late_reason
        if schedule.state is not ScheduleState.ACTIVE:
            reason = schedule.reason or PAUSED
        if await _miss(session, occurrence, reason) and schedule.state is ScheduleState.ACTIVE:
            told.append(await notices.missed_occurrence(session, occurrence, reason))
            await end_if_once(session, schedule)
    expired = await deliveries.expire(session, now, expired_reason, HELD)
    missed = [await notices.missed_delivery(session, row, HELD if row.held else expired_reason) for row in expired]
    told += [item for item in missed if item is not None]
    await notices.tell_missed(session, told, now)
    return len(late) + len(expired)


async def post(
    session: Session,
    occurrence_id: int,
    now: datetime,
    *,
    regulations: Mapping[str, Regulation],
    sources: Mapping[ScheduleKind, Source],
) -> bool:
    """Write the rows of a due occurrence, in their final wording; whether it was posted.

    Called twice, by two processes or after a crash, it posts once: the occurrence leaves `planned` in the same
    transaction. A group that is paused gets a failed row with the reason; without any group that can be written to
    the occurrence is missed, and the schedule paused.
    """
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is None or occurrence.state is not OccurrenceState.PLANNED or occurrence.expires_at <= now:
        return False
    schedule = await session.get_one(Schedule, occurrence.schedule_id)
    if schedule.state is not ScheduleState.ACTIVE:
        await _miss(session, occurrence, schedule.reason or PAUSED)  # told when it was paused
        return False
    recipients = await audience.of_schedule(session, schedule)
    if all(recipient.paused for recipient in recipients):
        await _nobody_to_post_to(session, schedule, occurrence, recipients, now)
        return False
    if not await occurrences.change(
        session, occurrence.id, of=OccurrenceState.PLANNED, to={"state": OccurrenceState.POSTED}
    ):
        return False
    office = await units.get_office(session, occurrence.office_id)
    source, regulation = sources[schedule.kind], regulations[office.regulation_id]
    for recipient in recipients:
        await _write(session, Posting(session, schedule, occurrence, office, regulation, recipient), source, now)
    await end_if_once(session, schedule)
    return True


async def record_defect(session: Session, occurrence_id: int, now: datetime) -> None:
    """An occurrence could not be worded: missed and told, so that it neither blocks the others nor gets lost."""
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is not None and await _miss(session, occurrence, DEFECT):
        await notices.tell_missed(session, [await notices.missed_occurrence(session, occurrence, DEFECT)], now)


async def _write(session: Session, posting: Posting, source: Source, now: datetime) -> None:
    wording = await source(posting)
    recipient, occurrence = posting.recipient, posting.occurrence
    picture = wording.picture if wording.picture and wording.picture.channel == recipient.destination.channel else None
    row = await enqueue(
        session,
        destination=recipient.destination,
        key=wording.key,
        parameters=wording.parameters,
        now=now,
        priority=Priority.PUSH,
        office_id=occurrence.office_id,
        occurrence_id=occurrence.id,
        group_id=recipient.group_id,
        repeatable=recipient.group_id is None,
        expires_at=occurrence.expires_at,
        picture=picture,
    )
    if row is not None and recipient.paused:
        to = {"state": DeliveryState.FAILED, "reason": recipient.paused}
        await deliveries.change(session, row.id, of=[DeliveryState.PLANNED], to=to)


async def _nobody_to_post_to(
    session: Session, schedule: Schedule, occurrence: Occurrence, recipients: list[Recipient], now: datetime
) -> None:
    reason = next((recipient.paused for recipient in recipients if recipient.paused), None)
    if reason is None:
        reason = NOBODY if schedule.kind is ScheduleKind.SUMMARY else NO_GROUP
    if not await _miss(session, occurrence, reason):
        return
    if schedule.kind is not ScheduleKind.SUMMARY:  # a summary only lacks somebody who pressed Start
        schedule.state, schedule.reason = ScheduleState.PAUSED, reason
    await notices.tell_missed(session, [await notices.missed_occurrence(session, occurrence, reason)], now)


async def _miss(session: Session, occurrence: Occurrence, reason: str) -> bool:
    to = {"state": OccurrenceState.MISSED, "reason": reason}
    return await occurrences.change(session, occurrence.id, of=OccurrenceState.PLANNED, to=to)


async def end_if_once(session: Session, schedule: Schedule) -> None:
    """A schedule that was for one time has done its work."""
    rule = recurrence.from_json(schedule.recurrence)
    if isinstance(rule, recurrence.Once) and not await schedules.has_more(session, schedule.id):
        schedule.state = ScheduleState.ENDED
