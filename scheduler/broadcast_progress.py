"""How far a broadcast is, shown by itself in the message that its secretary got when it was saved.

What is shown is read from the ledger and compared with the last edit there: after a crash the next tick goes on.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from content.rendering import storable
from scheduler.abilities import abilities_of
from scheduler.delivery_queue import destination_of, enqueue
from storage.models import DeliveryState, Occurrence, OccurrenceState, Priority, Schedule, ScheduleState
from storage.queries import addresses, broadcasts
from storage.queries.broadcasts import Counts
from storage.transaction import Session

ACCEPTED = "siar/accepted"  # the message that is edited
PROGRESS = "siar/progress"  # what it says then
EDIT_EVERY = timedelta(seconds=3)  # while it goes on; the end is shown at once
FOLLOWED_FOR = timedelta(days=1)  # nothing of a broadcast waits longer
_WAITING = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING)


def progress(
    schedule: Schedule, occurrence: Occurrence | None, counts: Counts, due_at: datetime | None
) -> dict[str, Any]:
    """A broadcast as the parameter `broadcast` of messages; without an occurrence it is still to come, or ended."""
    ended = schedule.state is ScheduleState.ENDED
    without = OccurrenceState.CANCELLED if ended else OccurrenceState.PLANNED
    return {
        "id": schedule.id,
        "title": schedule.title,
        "due_at": due_at,
        "zone": schedule.timezone,
        "to_persons": schedule.to_persons,
        "by_forwarding": schedule.by_forwarding,
        "state": (occurrence.state if occurrence else without).value,
        "total": sum(counts.values()),
        "waiting": _waiting(counts),
        **{state.value: counts.get(state, 0) for state in DeliveryState if state not in _WAITING},
    }


def _waiting(counts: Counts) -> int:
    return sum(counts.get(state, 0) for state in _WAITING)


def _as_shown(counts: Counts) -> Counts:
    """With all that waits as one."""
    ended = {state: number for state, number in counts.items() if state not in _WAITING}
    return {DeliveryState.PLANNED: _waiting(counts)} | ended


class ProgressBoard:
    """Keeps the messages of the running broadcasts in line with the ledger; what it remembers only saves queries."""

    def __init__(self) -> None:
        self._shown: dict[int, Counts] = {}
        self._edited: dict[int, datetime] = {}
        self.running = False  # something of a broadcast waits still
        self.behind = False  # something was too early to be shown: look again after EDIT_EVERY

    async def show(self, session: Session, now: datetime) -> int:
        """Write an edit for every broadcast of which the message says something else; returns how many."""
        found = await broadcasts.begun_since(session, now - FOLLOWED_FOR)
        found = {number: _as_shown(counts) for number, counts in found.items()}
        changed = {number: counts for number, counts in found.items() if self._shown.get(number) != counts}
        self._forget_all_but(found)
        self.running = any(_waiting(counts) for counts in found.values())
        written, self.behind = 0, False
        for number, counts in changed.items():
            if _waiting(counts) and now - self._edited.get(number, now - EDIT_EVERY) < EDIT_EVERY:
                self.behind = True
                continue
            written += await _edit(session, number, counts, now)
            self._shown[number], self._edited[number] = counts, now
        return written

    def _forget_all_but(self, found: Collection[int]) -> None:
        self._shown = {number: counts for number, counts in self._shown.items() if number in found}
        self._edited = {number: instant for number, instant in self._edited.items() if number in found}


async def _edit(session: Session, occurrence_id: int, counts: Counts, now: datetime) -> bool:
    """Whether an edit was needed."""
    occurrence = await session.get_one(Occurrence, occurrence_id)
    schedule = await session.get_one(Schedule, occurrence.schedule_id)
    message = await broadcasts.accepted_in(session, schedule, ACCEPTED)
    if message is None:
        return False
    edits = abilities_of(message.channel).edits
    forwarded_only = occurrence.state is OccurrenceState.POSTED and not sum(counts.values())
    if not edits and (_waiting(counts) or forwarded_only):
        return False  # each step would be a message of its own: the end alone is told, or the text that comes tells it
    if not edits and await addresses.has_opted_out(session, message.channel, message.chat_id):
        return False  # nor does a new message go to who wants answers only
    shown = progress(schedule, occurrence, counts, occurrence.due_at)
    last = await broadcasts.last_edit(session, message.edits_id or message.id)
    said = last.parameters.get("broadcast") if last is not None and last.message_key == PROGRESS else None
    if said == storable({"broadcast": shown})["broadcast"]:
        return False
    once: dict[str, Any] = {} if edits else {"occurrence_id": occurrence_id, "part": "progress"}
    await enqueue(
        session,
        destination=destination_of(message),
        key=PROGRESS,
        parameters={"broadcast": shown, "at": now},
        now=now,
        priority=Priority.NOTICE,
        office_id=schedule.office_id,
        edits_id=message.id,
        **once,
    )
    return True
