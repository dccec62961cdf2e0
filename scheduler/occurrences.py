"""Schedules x calendar x window -> occurrences, idempotent: one row per (schedule, slot), made ahead of time.

A slot is the nominal day ("2026-11-30"; the eve of a twibbon's day "2026-11-17/eve"), so a moved hour or holiday never
makes a second occurrence of the same one.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from content.focus import next_focus
from content.regulation import Regulation
from scheduler import leader_notices, pack_changes, recurrence
from scheduler.office_calendar import office_calendar
from scheduler.quiz_situations import next_situations
from scheduler.recurrence import ChangedTime, Once, Timetable
from scheduler.working_calendar import HolidayRule, WorkingCalendar
from storage.models import Occurrence, OccurrenceState, Schedule, ScheduleKind, ScheduleState
from storage.queries import occurrences, offices, schedules, turns
from storage.transaction import Session

# Far enough that a schedule is planned about once a week, and always over the longest run of joint leave, so that a
# leader can be told before it.
HORIZON = timedelta(days=21)
PLANNED_AHEAD = timedelta(days=14)
URGENT = timedelta(days=1)  # what is planned for less than this ahead is planned before anything else is done
LATE_MINUTES = {ScheduleKind.READING: 60, ScheduleKind.MEETING: 15}
LATE_MINUTES_ELSE = 180
TWIBBON_UNTIL = time(20, 0)
LEADER_TOLD_AT = time(15, 30)  # local, on the working day before; whoever forwards hears then, too
_LEADER_AHEAD = timedelta(days=3)  # a leader is looked for so long before being told
_WITH_FOCUS = {ScheduleKind.READING, ScheduleKind.MEETING}
_ONE_DAY = timedelta(days=1)
_EVE = "/eve"


log = logging.getLogger(__name__)


class Slot(Struct, frozen=True):
    """One occurrence to be: `day` is the local day it counts for, the others are aware instants."""

    name: str
    day: date
    due_at: datetime
    expires_at: datetime
    tell_at: datetime | None = None  # when a reading's leader gets the text, and the secretaries what is forwarded

    def values(self) -> dict[str, Any]:
        """The columns that move with it."""
        return {
            "day": self.day,
            "due_at": self.due_at,
            "expires_at": self.expires_at,
            "tell_at": self.tell_at,
            "leader_at": self.tell_at - _LEADER_AHEAD if self.tell_at else None,
        }


async def timetable_of(session: Session, schedule: Schedule) -> Timetable:
    """The schedule's rule with its exceptions, as the pure rules know it."""
    spans = await schedules.exceptions(session, schedule.id)
    return Timetable(
        rule=recurrence.from_json(schedule.recurrence),
        holiday_rule=HolidayRule(schedule.holiday_rule.value),
        at=schedule.at,
        zone=schedule.timezone,
        exceptions=tuple(ChangedTime(span.first_day, span.last_day, span.at) for span in spans),
    )


async def plan(
    session: Session,
    schedule_id: int,
    now: datetime,
    *,
    regulations: Mapping[str, Regulation],
    horizon: timedelta = HORIZON,
) -> int:
    """Make rows for all that falls due from `planned_until` to `now` + `horizon`; returns how many are new.

    What fell due while nobody was running becomes a row too, to be posted late or recorded as missed. The rows and
    the new `planned_until` are one transaction, the caller's.
    """
    schedule = await schedules.lock(session, schedule_id)
    if schedule is None or schedule.state is not ScheduleState.ACTIVE:
        return 0
    since, until = schedule.planned_until, max(now + horizon, schedule.planned_until)
    made = await _add(session, schedule, regulations, await _slots(session, schedule, since, until), now)
    schedule.planned_until = until
    return made


async def replan(
    session: Session,
    schedule: Schedule,
    now: datetime,
    *,
    regulations: Mapping[str, Regulation],
    horizon: timedelta = HORIZON,
) -> None:
    """Bring what is to come after `now` in line with a schedule whose hour, rule, exceptions or state changed.

    To be called for every schedule of an office whose calendar changed, too. A slot keeps its row, and with it its
    focus and turn; what no longer falls due is cancelled; what was posted or missed stays as it is. A paused or ended
    schedule has nothing to come; when it runs again, nothing is made up for.
    """
    await session.flush()
    until = now + horizon
    runs = schedule.state is ScheduleState.ACTIVE
    wanted = {slot.name: slot for slot in await _slots(session, schedule, now, until)} if runs else {}
    for row in await occurrences.to_come(session, schedule.id, now):
        slot, told = wanted.get(row.slot), row.tell_at is not None and row.tell_at <= now
        changed = await _move(session, row, slot) if slot else await _call_off(session, row, now)
        if changed and told:
            await pack_changes.tell(session, row, now, called_off=slot is None)
    await _add(session, schedule, regulations, list(wanted.values()), now)
    schedule.planned_until = until


async def _slots(session: Session, schedule: Schedule, since: datetime, until: datetime) -> list[Slot]:
    timetable = await timetable_of(session, schedule)
    calendar = await office_calendar(session, await offices.get_office(session, schedule.office_id))
    if isinstance(timetable.rule, Once):
        # its one slot is unique, so looking further back only helps what was ordered for this very minute
        since -= _ONE_DAY
    return list(slots(schedule, timetable, calendar, since, until))


def slots(
    schedule: Schedule, timetable: Timetable, calendar: WorkingCalendar, since: datetime, until: datetime
) -> Iterator[Slot]:
    """What falls due with `since` <= instant < `until`; a twibbon also the day before, at the same hour."""
    ahead = _ONE_DAY if schedule.kind is ScheduleKind.TWIBBON else timedelta(0)
    zone = ZoneInfo(timetable.zone)
    for due in recurrence.dues(timetable, calendar, since, until + ahead):
        name = due.slot.isoformat()
        if ahead:
            local = due.due_at.astimezone(zone)
            eve = recurrence.instant(local.date() - ahead, local.time(), timetable.zone)
            if since <= eve < until:
                tell_at = _tell_at(schedule, calendar, local.date() - ahead)
                yield Slot(name + _EVE, due.day, eve, expires_at(schedule, eve), tell_at)
        if due.due_at < until:
            tell_at = _tell_at(schedule, calendar, due.day)
            yield Slot(name, due.day, due.due_at, expires_at(schedule, due.due_at), tell_at)


def _tell_at(schedule: Schedule, calendar: WorkingCalendar, day: date) -> datetime | None:
    if schedule.kind is not ScheduleKind.READING and not schedule.by_forwarding:
        return None
    return recurrence.instant(calendar.working_day_before(day), LEADER_TOLD_AT, schedule.timezone)


def is_eve(occurrence: Occurrence) -> bool:
    """Whether it is the reminder of the day before."""
    return occurrence.slot.endswith(_EVE)


def expires_at(schedule: Schedule, due_at: datetime) -> datetime:
    """When it is too late: the office's own window, else the default of its kind. Always after `due_at`."""
    until = schedule.late_until
    if until is None and schedule.late_minutes is None and schedule.kind is ScheduleKind.TWIBBON:
        until = TWIBBON_UNTIL
    if until is not None:
        closes = recurrence.instant(due_at.astimezone(ZoneInfo(schedule.timezone)).date(), until, schedule.timezone)
        if closes > due_at:
            return closes
    minutes = schedule.late_minutes or LATE_MINUTES.get(schedule.kind, LATE_MINUTES_ELSE)
    return due_at + timedelta(minutes=minutes)


async def _add(
    session: Session, schedule: Schedule, regulations: Mapping[str, Regulation], slots: Sequence[Slot], now: datetime
) -> int:
    """Make rows for those slots that have none yet; how many."""
    known = await occurrences.slots(session, schedule.id, [slot.name for slot in slots]) if slots else set()
    new = [slot for slot in slots if slot.name not in known]
    if not new:
        return 0
    same: dict[str, Any] = {
        "schedule_id": schedule.id,
        "office_id": schedule.office_id,
        "kind": schedule.kind,
        "created_at": now,
    }
    focuses = await _next_focuses(session, schedule, regulations, len(new))
    rows = [
        same | slot.values() | {"slot": slot.name, "focus": focus} for slot, focus in zip(new, focuses, strict=True)
    ]
    for occurrence_id in await occurrences.add_many(session, schedule.id, rows):
        log.info("planned", extra={"push": occurrence_id, "schedule": schedule.id})
    return len(new)


async def _next_focuses(
    session: Session, schedule: Schedule, regulations: Mapping[str, Regulation], count: int
) -> list[str | None]:
    if schedule.kind is ScheduleKind.QUIZ:
        regulation = regulations[(await offices.get_office(session, schedule.office_id)).regulation_id]
        return await next_situations(session, schedule.office_id, regulation, count)
    if schedule.kind not in _WITH_FOCUS:
        return [None] * count
    regulation = regulations[(await offices.get_office(session, schedule.office_id)).regulation_id]
    used = list(await occurrences.focuses(session, schedule.id))
    for _ in range(count):
        used.append(next_focus(regulation, used))
    return list(used[-count:])


async def _call_off(session: Session, row: Occurrence, now: datetime) -> bool:
    to = {"state": OccurrenceState.CANCELLED}
    if not await occurrences.change(session, row.id, of=OccurrenceState.PLANNED, to=to):
        return False
    await leader_notices.call_off(session, row, now)
    return True


async def _move(session: Session, row: Occurrence, slot: Slot) -> bool:
    """Bring the row in line with its slot; whether it has another hour now, or comes back."""
    moved, back = row.due_at != slot.due_at, row.state is OccurrenceState.CANCELLED
    to = slot.values() | {"state": OccurrenceState.PLANNED, "reason": None}
    if not await occurrences.change(session, row.id, of=row.state, to=to):
        return False
    if moved:
        await turns.tell_again(session, row.id)
    return moved or back
