"""What becomes of a broadcast: how far it is, called back before it leaves, stopped midway, sent again by hand."""

from typing import Any

from bot.access import Permission
from bot.conversations.acts import record_act
from bot.conversations.press_numbers import press_number
from bot.conversations.schedules.plan import next_dues, plan_of
from bot.conversations.schedules.saving import end
from bot.conversations.step import Dialogue, Press, Reply, Step, Turn
from scheduler import delivery_queue, posting
from scheduler.broadcast_progress import progress
from scheduler.office_calendar import office_calendar
from scheduler.recurrence import Once, from_json
from storage.models import DeliveryState, Occurrence, OccurrenceState, Schedule, ScheduleKind, ScheduleState
from storage.queries import broadcasts, deliveries, ledger, occurrences, one_by_one, schedules

STOPPED = "stopped"  # reason of rows that a secretary held back
_HISTORY = 5
_GONE = Step(keep=True, toast="schedule/toast_gone")


async def history(turn: Turn) -> list[dict[str, Any]]:
    """The office's last broadcasts with what became of them."""
    rows = await broadcasts.latest(turn.session, turn.known_office.id, _HISTORY)
    return [await _progress(turn, schedule, occurrence) for schedule, occurrence in rows]


async def call_back_in_words(turn: Turn) -> Step:
    """The answer to words that ask to hold a broadcast back: what can still be, by a button; else the last one."""
    last = await history(turn)
    still = [one for one in last if one["state"] == OccurrenceState.PLANNED.value or one["waiting"]]
    return Step(replies=(Reply("siar/call_back", {"broadcasts": still or last[:1]}),), keep=True)


async def _progress(turn: Turn, schedule: Schedule, occurrence: Occurrence | None) -> dict[str, Any]:
    counts = await deliveries.progress(turn.session, occurrence.id) if occurrence else {}
    if occurrence is not None:
        return progress(schedule, occurrence, counts, occurrence.due_at)
    calendar = await office_calendar(turn.session, turn.known_office)
    due_at = next(iter(next_dues(await plan_of(turn.session, schedule), calendar, turn.now, 1)), None)
    return progress(schedule, None, counts, due_at)


async def _own(turn: Turn) -> tuple[Schedule, Occurrence | None] | None:
    """The broadcast of the pressed button, ended ones too, with the occurrence that it is about.

    One that is still further ahead than occurrences are planned has none yet.
    """
    schedule_id = press_number(turn)
    schedule = await schedules.find(turn.session, schedule_id) if schedule_id else None
    if schedule is None or schedule.office_id != turn.known_office.id or schedule.kind is not ScheduleKind.BROADCAST:
        return None
    rows = await occurrences.of_schedule(turn.session, schedule.id)
    begun = [row for row in rows if row.state is not OccurrenceState.PLANNED]
    planned = [row for row in rows if row.state is OccurrenceState.PLANNED]
    latest = begun[:1] or planned[-1:]
    return schedule, latest[0] if latest else None


async def _show(turn: Turn) -> Step:
    """`siar.show:<schedule>`: how far it is, in place of the message that was pressed."""
    found = await _own(turn)
    return await _shown(turn, *found) if found else _GONE


async def _shown(turn: Turn, schedule: Schedule, occurrence: Occurrence | None, toast: str | None = None) -> Step:
    parameters = {"broadcast": await _progress(turn, schedule, occurrence), "at": turn.now}
    return Step(replies=(Reply("siar/progress", parameters, edits_pressed=True),), keep=True, toast=toast)


async def _undo(turn: Turn) -> Step:
    """`siar.undo:<schedule>`: before it left, nothing is sent; afterwards it shows how far it is."""
    found = await _own(turn)
    if found is None:
        return _GONE
    schedule, occurrence = found
    if schedule.state is ScheduleState.ENDED and (occurrence is None or occurrence.state is OccurrenceState.CANCELLED):
        return await _shown(turn, schedule, occurrence)
    once = isinstance(from_json(schedule.recurrence), Once)
    if once and occurrence is not None and not await _call_back(turn, occurrence):
        return await _shown(turn, schedule, occurrence, toast="siar/toast_begun")
    if schedule.state is not ScheduleState.ENDED:
        await end(turn, schedule)
    return Step(replies=(Reply("siar/called_back", {"title": schedule.title}, edits_pressed=True),), keep=True)


async def _call_back(turn: Turn, occurrence: Occurrence) -> bool:
    if await _is_begun(turn, occurrence):
        return False
    to = {"state": OccurrenceState.CANCELLED, "reason": STOPPED}
    return await occurrences.change(turn.session, occurrence.id, of=OccurrenceState.PLANNED, to=to)


async def _is_begun(turn: Turn, occurrence: Occurrence) -> bool:
    """Some groups have their row, though others may be still without."""
    return await ledger.key_written(turn.session, occurrence.id) is not None


async def _stop(turn: Turn) -> Step:
    """`siar.stop:<schedule>`: what has not left of it will not."""
    schedule, occurrence = await _own(turn) or (None, None)
    if schedule is None or occurrence is None:
        return _GONE
    stopped = await deliveries.cancel_waiting(turn.session, occurrence.id, STOPPED)
    if await _is_begun(turn, occurrence):
        missed = await posting.miss(turn.session, occurrence, STOPPED, turn.now)
        stopped += sum(item.persons or 1 for item in missed)
    if stopped:
        detail = {"schedule": schedule.id, "occurrence": occurrence.id, "rows": stopped}
        await record_act(turn, "broadcast.stopped", detail)
    return await _shown(turn, schedule, occurrence)


async def _again(turn: Turn) -> Step:
    """`delivery.again:<delivery>`: send a group's post once more whose answer was lost."""
    row = await deliveries.find(turn.session, press_number(turn))
    if row is None or row.office_id != turn.known_office.id or row.occurrence_id is None or row.group_id is None:
        return _GONE
    sent = await delivery_queue.send_again(turn.session, row.id, turn.now)
    if sent is None:
        return Step(keep=True, toast="siar/toast_again_done")
    await record_act(turn, "delivery.sent_again", {"delivery": row.id})
    return Step(keep=True, toast="siar/toast_again")


async def _again_persons(turn: Turn) -> Step:
    """`delivery.again_persons:<occurrence>`: the same for those who get it one by one, of whom nobody knows still."""
    occurrence = await occurrences.find(turn.session, press_number(turn))
    if occurrence is None or occurrence.office_id != turn.known_office.id:
        return _GONE
    rows = await one_by_one.uncertain(turn.session, occurrence.id)
    copies = [await delivery_queue.send_again(turn.session, row.id, turn.now) for row in rows]
    sent = sum(copy is not None and copy.state is DeliveryState.PLANNED for copy in copies)
    if not sent:
        return Step(keep=True, toast="siar/toast_again_done")
    await record_act(turn, "delivery.sent_again", {"occurrence": occurrence.id, "rows": sent})
    return Step(keep=True, toast="siar/toast_again")


DIALOGUE = Dialogue(
    name="broadcast_progress",
    presses=(
        Press("siar.show", _show, Permission.BROADCAST),
        Press("siar.undo", _undo, Permission.BROADCAST),
        Press("siar.stop", _stop, Permission.BROADCAST),
        Press("delivery.again", _again, Permission.BROADCAST),
        Press("delivery.again_persons", _again_persons, Permission.BROADCAST),
    ),
)
