"""Hold: after a restore or a long outage nothing old leaves by itself; a person releases it or discards it.

A restored database does not know what was sent after its backup was taken, and a reading hours late is worse than
none. So the start marks what fell due before it; what falls due later, and answers to people, go out as ever. The
window of what is held closes as ever.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from scheduler import audience, posting
from scheduler.delivery_queue import enqueue
from storage.models import Priority, Schedule
from storage.queries import audit_log, holds, inbound, offices, settings
from storage.queries.holds import OldMessage
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

TOLD = "hold/told"
DISCARDED = "discarded"
RESTORED = "restored"  # had ended before the start; nobody knows whether it went out
READING_WINDOW = timedelta(minutes=60)  # of an office that has no reading
_SHORTEST_WINDOW = timedelta(minutes=1)
_ALIVE = "alive"
_NOTED_EVERY = timedelta(seconds=25)


class Signs:
    """Signs of life, written down so that the next start can tell how long nobody was there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: datetime | None = None

    async def note(self, now: datetime) -> None:
        """Somebody is alive at the aware instant `now`; written when the last sign is some time ago, or ahead."""
        if self._noted is None or abs(now - self._noted) >= _NOTED_EVERY:
            async with self._database.concurrent() as session:
                await note_sign(session, now)
            self._noted = now


async def note_sign(session: Session, now: datetime) -> None:
    """Somebody is alive at the aware instant `now`."""
    await settings.write(session, _ALIVE, now.isoformat(), now)


async def last_sign(session: Session) -> datetime | None:
    """When the last sign of life was written, by the clock of that time (aware); None: never."""
    sign = await settings.read(session, _ALIVE)
    return datetime.fromisoformat(sign) if sign else None


class Gap(Struct, frozen=True):
    """What lies behind a start: a restore (None: none), or so long without anybody there."""

    restored_at: datetime | None
    outage: timedelta

    @property
    def restored(self) -> bool:
        """Whether the database may not know what was sent."""
        return self.restored_at is not None

    def outlasts(self, window: timedelta) -> bool:
        """Whether a push with this lateness window is too old to leave by itself."""
        return self.restored or self.outage > window


class Decided(Struct, frozen=True):
    """How many pushes and other messages, as they were listed, a person let go or discarded."""

    pushes: int
    messages: int


async def begin(database: Database, prepare: Callable[[datetime], Awaitable[object]], start: datetime) -> bool:
    """Hold what is old, at a start at the aware instant `start`, and tell whoever decides; whether anything is held.

    To be called before anything is posted, sent or recovered. `prepare` writes the rows of what is planned and told:
    what they would do by themselves at the first tick is then held with the rest.
    """
    async with database.transaction() as session:
        gap = await _gap(session, start)
    if not gap.outlasts(_SHORTEST_WINDOW):
        return False
    await prepare(start)
    async with database.transaction() as session:
        return await _hold(session, gap, start)


async def _gap(session: Session, start: datetime) -> Gap:
    sign = await last_sign(session)
    outage = start - sign if sign else timedelta(0)
    return Gap(restored_at=await holds.restored_at(session), outage=outage)


async def _hold(session: Session, gap: Gap, start: datetime) -> bool:
    windows = await holds.reading_windows(session)
    pushes = [push.id for push in await holds.old_pushes(session, start) if gap.outlasts(push.window)]
    waiting = await holds.old_messages(session, start, besides=TOLD)
    messages = [message.id for message in waiting if _is_old(message, gap, windows, start)]
    if gap.restored_at is not None:  # after the look at what waits: the notice of what had ended is new
        await _settle_restored(session, gap.restored_at, start)
    if not pushes and not messages:
        return False
    await holds.hold(session, pushes, messages)
    why = "a restore" if gap.restored else "an outage"
    log.warning("hold after %s: %d pushes and %d messages wait for a person", why, len(pushes), len(messages))
    for office_id in await holds.offices(session):
        await _tell(session, office_id, gap, start)
    return True


async def _settle_restored(session: Session, restored_at: datetime, start: datetime) -> None:
    """Nobody knows what became of what had ended, and of what people had said: neither is done again."""
    await holds.forget_restored(session)
    await posting.record_missed(session, start, late_reason=RESTORED, expired_reason=RESTORED)
    closed = await inbound.close_unanswered(session, restored_at, start)
    if closed:
        log.warning("%d updates of before the restore are left unanswered", closed)


def _is_old(message: OldMessage, gap: Gap, windows: dict[int, timedelta], start: datetime) -> bool:
    if message.window is None or message.due_at is None:
        return gap.outlasts(windows.get(message.office_id or 0, READING_WINDOW))
    # the text for the leader of a push still to come is not old, unless a restore forgot that it was sent
    return gap.outlasts(message.window) and (gap.restored or message.due_at <= start)


async def _tell(session: Session, office_id: int | None, gap: Gap, start: datetime) -> None:
    deciders = await audience.administrators(session, office_id) if office_id is not None else []
    if office_id is None or not deciders:
        log.warning("nobody can be told of what is held; `apel hold` lists it", extra={"office": office_id})
        return
    number = str(int(start.timestamp()))
    await settings.write(session, _number_of(office_id), number, start)
    parameters = await listed(session, office_id) | {"restored": gap.restored, "number": number}
    for person in deciders:
        await enqueue(
            session,
            destination=person.destination,
            key=TOLD,
            parameters=parameters,
            now=start,
            priority=Priority.NOTICE,
            office_id=office_id,
        )


async def listed(session: Session, office_id: int | None) -> dict[str, Any]:
    """What is held of this office (None: for people of no office), as the messages want it."""
    office = await offices.get_office(session, office_id) if office_id is not None else None
    pushes = await holds.held_pushes(session, office_id)
    return {
        "office": office.name if office else None,
        "zone": office.timezone if office else "UTC",
        "pushes": [
            {
                "kind": push.kind.value,
                "title": push.title,
                "due_at": push.due_at,
                "groups": push.groups,
                "to_persons": push.to_persons,
            }
            for push in pushes
        ],
        "messages": await holds.held_messages(session, office_id),
    }


async def is_latest(session: Session, office_id: int, number: str) -> bool:
    """Whether the list with this number is the last that the office was told: an older one may show less."""
    return await settings.read(session, _number_of(office_id)) == number


async def release(session: Session, office_id: int | None, actor_id: int | None, now: datetime) -> Decided | None:
    """Let go what is held of this office; None where nothing is (any more).

    It leaves with the next tick if its window is still open. `actor_id`: the member, None for the command line.
    """
    decided = await _held_now(session, office_id)
    if not await holds.release(session, office_id):
        return None
    await audit_log.record(session, office_id, actor_id, "hold.released", msgspec.to_builtins(decided), now)
    return decided


async def discard(session: Session, office_id: int | None, actor_id: int | None, now: datetime) -> Decided | None:
    """What is held of this office will not leave: missed or cancelled; None where nothing is held (any more)."""
    decided = await _held_now(session, office_id)
    begun = await holds.held_and_begun(session, office_id)
    for occurrence in begun:
        await posting.miss(session, occurrence, DISCARDED, now)
    schedule_ids = await holds.discard(session, office_id, DISCARDED)
    if schedule_ids is None and not begun:
        return None
    for schedule_id in {*(schedule_ids or ()), *(occurrence.schedule_id for occurrence in begun)}:
        await posting.end_if_once(session, await session.get_one(Schedule, schedule_id))
    await audit_log.record(session, office_id, actor_id, "hold.discarded", msgspec.to_builtins(decided), now)
    return decided


async def _held_now(session: Session, office_id: int | None) -> Decided:
    pushes = await holds.held_pushes(session, office_id)
    return Decided(len(pushes), await holds.held_messages(session, office_id))


def _number_of(office_id: int) -> str:
    return f"hold/{office_id}"
