"""Due occurrences -> rows to be sent, several in one transaction; what is too late is recorded, and told."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from content.regulation import Regulation
from scheduler import audience, forwarding, notices, recurrence
from scheduler.audience import Recipient
from scheduler.delivery_queue import Post, enqueue_missed, enqueue_posts
from scheduler.message_parameters import Posting, Source
from scheduler.notices import Missed
from scheduler.office_defaults import NO_GROUP
from scheduler.retry_policy import NO_ROOM, PUSHES_REFUSED, REFUSED, TEMPLATE_PAUSED, UNANSWERED
from storage.models import Occurrence, OccurrenceState, Office, Priority, Schedule, ScheduleKind, ScheduleState
from storage.queries import deliveries, ledger, occurrences, schedules, turns
from storage.transaction import Session

log = logging.getLogger(__name__)

LATE = "late"  # nobody was running inside the lateness window
HELD = "held"  # after a restore or a long outage, and nobody released it inside the window
EXPIRED = "expired"  # was queued, and could not leave inside the window
_EXPIRED_WAITING = {  # by what it waited for
    NO_ROOM: "persons_limit",
    REFUSED: "channel_refuses",
    PUSHES_REFUSED: "pushes_refused",
    TEMPLATE_PAUSED: TEMPLATE_PAUSED,
    **dict.fromkeys(UNANSWERED, "unanswered"),
}
NOBODY = "nobody"  # no lead can be written to
NO_PERSON = "no_person"  # no member can be written to one by one
NO_FORWARDER = "no_forwarder"  # nobody who would forward it can be written to
DEFECT = "defect"
PAUSED = "paused"

# One transaction of either size takes some tens of milliseconds, for which whoever else writes has to wait.
AT_ONCE = 50
_ROWS_AT_ONCE = 1000


class Posted(Struct, frozen=True):
    """What one step did: occurrences posted, and all that need no further step, posted or not."""

    posted: frozenset[int] = frozenset()
    settled: frozenset[int] = frozenset()

    def __or__(self, other: "Posted") -> "Posted":
        """Both together."""
        return Posted(self.posted | other.posted, self.settled | other.settled)


class _Due(Struct, frozen=True):
    """A planned occurrence with what words it."""

    occurrence: Occurrence
    schedule: Schedule
    office: Office


async def record_missed(
    session: Session,
    now: datetime,
    *,
    late_reason: str = LATE,
    expired_reason: str = EXPIRED,
    at_once: int | None = None,
) -> int:
    """Occurrences and rows whose window has closed become missed, `at_once` of each at most; returns how many.

    The secretaries hear of all of them at once. The reasons are those of what nobody held.
    """
    told: list[Missed] = []
    late = await occurrences.late(session, now, at_once)
    for occurrence in late:
        schedule = await session.get_one(Schedule, occurrence.schedule_id)
        reason = HELD if occurrence.held else late_reason
        if schedule.state is not ScheduleState.ACTIVE:
            reason = schedule.reason or PAUSED
        missed = await miss(session, occurrence, reason, now)
        if schedule.state is ScheduleState.ACTIVE:
            told += missed
            await end_if_once(session, schedule)
        else:  # told when it was paused, but for what was begun
            told += _begun(missed)
    reasons = _EXPIRED_WAITING if expired_reason == EXPIRED else None
    expired = await deliveries.expire(session, now, expired_reason, HELD, at_once, reasons)
    for row in expired:
        reason = row.reason or expired_reason
        log.info("missed", extra={"push": row.occurrence_id, "delivery": row.id, "reason": reason})
        if (of_row := await notices.missed_delivery(session, row, reason)) is not None:
            told.append(of_row)
    await notices.tell_missed(session, told, now)
    return len(late) + len(expired)


def first_step(due: Sequence[tuple[int, ScheduleKind]]) -> list[int]:
    """Those of these occurrences, from the front, that are one step of `post`: a summary, which counts much, alone."""
    step = due[:AT_ONCE]
    summary = next((place for place, (_, kind) in enumerate(step) if kind is ScheduleKind.SUMMARY), len(step))
    return [number for number, _ in step[: max(summary, 1)]]


async def post(
    session: Session,
    occurrence_ids: Sequence[int],
    now: datetime,
    *,
    regulations: Mapping[str, Regulation],
    sources: Mapping[ScheduleKind, Source],
) -> Posted:
    """Write rows of due occurrences, in their final wording; at most so many that others need not wait long.

    Called twice, by two processes or after a crash, it posts once: an occurrence leaves `planned` with the last of
    its rows, and a chat that has its row gets no other. A group that is paused gets a failed row with the reason;
    without any group that can be written to the occurrence is missed, and the schedule paused. One that goes to
    persons, or that a person forwards, is missed only without any of these too, and never paused: the next time
    somebody may be there.
    """
    due = [_Due(*found) for found in await occurrences.to_post(session, occurrence_ids, now)]
    running = [item for item in due if item.schedule.state is ScheduleState.ACTIVE]
    told: list[Missed] = []
    for item in due:
        if item not in running:  # told when it was paused, but for what was begun
            told += _begun(await miss(session, item.occurrence, item.schedule.reason or PAUSED, now))
    await notices.tell_missed(session, told, now)
    reach = await audience.of_occurrences(session, [item.occurrence for item in running], _ROWS_AT_ONCE)
    within = [item for item in running if item.occurrence.id not in reach.later]
    forwarded = [(item.occurrence, item.schedule) for item in within if item.schedule.by_forwarding]
    forwarders = await forwarding.forwarders(session, forwarded) if forwarded else {}
    silent = await _without_anybody(session, within, reach.recipients, forwarders)
    for item in silent:
        await _nobody_to_post_to(session, item, reach.recipients.get(item.occurrence.id, []), now)
    speaking = [item for item in within if item not in silent]
    await _write(session, speaking, reach.recipients, forwarders, now, regulations, sources)
    complete = [item for item in speaking if item.occurrence.id != reach.unfinished]
    posted = await occurrences.mark_posted(session, [item.occurrence.id for item in complete])
    for item in complete:
        await end_if_once(session, item.schedule)
    for occurrence_id, rows in posted.items():
        log.info("posted", extra={"push": occurrence_id, "rows": rows})
    return Posted(frozenset(posted), frozenset(occurrence_ids) - reach.later - {reach.unfinished})


async def _write(
    session: Session,
    due: Sequence[_Due],
    recipients: Mapping[int, list[Recipient]],
    forwarders: Mapping[int, list[Recipient]],
    now: datetime,
    regulations: Mapping[str, Regulation],
    sources: Mapping[ScheduleKind, Source],
) -> None:
    readings = [item.occurrence.id for item in due if item.schedule.kind is ScheduleKind.READING]
    leaders = await turns.leader_names(session, readings) if readings else {}
    posts = []
    for item in due:
        occurrence, regulation = item.occurrence, regulations[item.office.regulation_id]
        posting = Posting(session, item.schedule, occurrence, item.office, regulation, leaders.get(occurrence.id))
        wording = await sources[item.schedule.kind](posting)
        people = forwarders.get(occurrence.id, [])
        handed = {one.destination for one in people}  # who forwards it needs no copy of their own
        posts.append(
            Post(
                occurrence_id=occurrence.id,
                office_id=occurrence.office_id,
                recipients=[one for one in recipients.get(occurrence.id, []) if one.destination not in handed],
                key=wording.key,
                parameters=wording.parameters,
                picture=wording.picture,
                due_at=occurrence.due_at,
                expires_at=occurrence.expires_at,
                priority=Priority.BROADCAST if item.schedule.kind is ScheduleKind.BROADCAST else Priority.PUSH,
            )
        )
        if people:
            posts.append(forwarding.kit(posting, wording, people))
    await enqueue_posts(session, posts, now)


async def _without_anybody(
    session: Session,
    due: Sequence[_Due],
    recipients: Mapping[int, list[Recipient]],
    forwarders: Mapping[int, list[Recipient]],
) -> Collection[_Due]:
    """Those of which nobody can be written to, chats that have their row already included."""
    unforwarded = [item for item in due if not forwarders.get(item.occurrence.id)]
    unsure = [item for item in unforwarded if all(one.paused for one in recipients.get(item.occurrence.id, []))]
    if not unsure:
        return []
    reached = await schedules.with_active_target(session, [item.schedule.id for item in unsure])
    one_by_one = [item.schedule.id for item in unsure if item.schedule.to_persons]
    if one_by_one:
        reached |= await audience.with_anybody(session, one_by_one)
    return [item for item in unsure if item.schedule.id not in reached]


async def record_defect(session: Session, occurrence_id: int, now: datetime) -> None:
    """An occurrence could not be worded: missed and told, so that it neither blocks the others nor gets lost."""
    occurrence = await occurrences.find(session, occurrence_id)
    if occurrence is not None:
        await notices.tell_missed(session, await miss(session, occurrence, DEFECT, now), now)


async def _nobody_to_post_to(session: Session, due: _Due, recipients: Sequence[Recipient], now: datetime) -> None:
    schedule, occurrence = due.schedule, due.occurrence
    reason = next((recipient.paused for recipient in recipients if recipient.paused), None)
    lacks_person = _lacks_person(schedule)
    reason = reason or lacks_person or NO_GROUP
    told = await miss(session, occurrence, reason, now)
    if lacks_person is None:  # else the next time somebody may have joined
        schedule.state, schedule.reason = ScheduleState.PAUSED, reason
    await notices.tell_missed(session, told, now)


def _lacks_person(schedule: Schedule) -> str | None:
    """Why it reached nobody, where single persons would have been enough."""
    if schedule.kind is ScheduleKind.SUMMARY:
        return NOBODY
    if schedule.to_persons:
        return NO_PERSON
    return NO_FORWARDER if schedule.by_forwarding else None


async def miss(session: Session, occurrence: Occurrence, reason: str, now: datetime) -> list[Missed]:
    """What is still planned is written no further, for this reason (a code): missed; returns what to tell of it.

    Where some chats have their row already, it is posted, and the others get a missed row, so that the ledger knows
    each of them.
    """
    if occurrence.state is not OccurrenceState.PLANNED:
        return []
    log.info("missed", extra={"push": occurrence.id, "reason": reason})
    missed = await notices.missed_occurrence(session, occurrence, reason)
    key = await ledger.key_written(session, occurrence.id)
    if key is None:
        to = {"state": OccurrenceState.MISSED, "reason": reason}
        await occurrences.change(session, occurrence.id, of=OccurrenceState.PLANNED, to=to)
        return [missed]
    without = (await audience.of_occurrences(session, [occurrence])).recipients.get(occurrence.id, [])
    await enqueue_missed(session, occurrence, key, without, reason, now)
    await occurrences.mark_posted(session, [occurrence.id])
    return notices.without_the_rest(missed, occurrence, [one for one in without if one.paused is None])


def _begun(missed: Sequence[Missed]) -> list[Missed]:
    return [item for item in missed if item.group is not None or item.persons]


async def end_if_once(session: Session, schedule: Schedule) -> None:
    """A schedule that was for one time has done its work."""
    rule = recurrence.from_json(schedule.recurrence)
    if isinstance(rule, recurrence.Once) and not await schedules.has_more(session, schedule.id):
        schedule.state = ScheduleState.ENDED
