"""The loop's one step: tick(now) plans, assigns, tells, posts and sends whatever is due at that instant.

Nothing is remembered between two ticks but who is in hand: another worker on the same database, or this one after a
crash, goes on from the rows. Whoever wires it wakes it at `next_wake`, and at once when a row was written.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from msgspec import Struct

from content.regulation import Regulation
from scheduler import next_morning, outcomes, posting, turns
from scheduler import occurrences as planning
from scheduler.broadcast_progress import EDIT_EVERY, ProgressBoard
from scheduler.clock import Clock
from scheduler.lane import LONGEST_SEND
from scheduler.message_parameters import Source
from scheduler.metrics import Metrics
from scheduler.occurrences import PLANNED_AHEAD, URGENT
from scheduler.posting import Posted
from scheduler.rate_limit import Limits
from scheduler.sender import Sender
from scheduler.sending import Outbox
from scheduler.sources import SOURCES
from storage.errors import Unavailable
from storage.models import ScheduleKind
from storage.queries import deliveries, occurrences, schedules
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(hours=1)
TRY_AGAIN_AFTER = timedelta(seconds=5)
_AT_ONCE = 100  # schedules planned, or leaders seen to, in one tick: they are not as urgent as what is due
_AFTER_DEFECT = timedelta(hours=1)
_UNRECORDED = LONGEST_SEND * 2  # a send that nobody recorded by then was cut off

Result = TypeVar("Result")


class Tick(Struct, frozen=True):
    """What one step did, in numbers: rows planned, posts made, posts missed, leaders told, messages sent.

    `undone`: what a defect kept from being done.
    """

    planned: int = 0
    posted: int = 0
    missed: int = 0
    told: int = 0
    sent: int = 0
    undone: int = 0


class Worker:
    """Plans, posts and sends for every office in one database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Mapping[str, Sender],
        regulations: Mapping[str, Regulation],
        *,
        sources: Mapping[ScheduleKind, Source] = SOURCES,
        limits: Mapping[str, Limits] | None = None,
        at_once: int | None = None,
        holder: str | None = None,
        metrics: Metrics | None = None,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        """`senders` and `limits` by channel; `at_once`, `holder`, `metrics` and `on_answer` as `Outbox` takes them."""
        self._database, self._regulations = database, regulations
        self._sources, self._wake_outbox = sources, on_answer
        self._metrics = metrics or Metrics()
        database.on_ended = self._metrics.not_sent
        self.board = ProgressBoard()
        self._undone = 0  # acts, since the start
        self.outbox = Outbox(
            database,
            clock,
            senders,
            limits=limits or {},
            at_once=at_once,
            holder=holder,
            metrics=self._metrics,
            on_answer=on_answer,
        )

    async def recover(self, now: datetime) -> int:
        """To be called once when this process alone begins to act: what others were sending is uncertain.

        What they had claimed waits again. Returns how many are uncertain.
        """
        async with self._database.transaction() as session:
            return await self.outbox.recover(session, now)

    async def prepare(self, now: datetime) -> None:
        """Write the rows of what is to be planned and told by the aware instant `now`; nothing is posted or sent."""
        await self._plan(now)
        await self._tell(now)

    async def tick(self, now: datetime, *, wait: bool = True) -> Tick:
        """Do what is due at the aware instant `now`.

        `wait`: send all that may leave now, too, and return when it has left. Without it that is left to the steps of
        the outbox, which find what was written.
        """
        sent_before, undone_before = self.outbox.outcomes["sent"], self._undone
        planned = await self._plan(now)
        await self._alone(self._record_abandoned(now))
        missed = await self._miss(now)
        told = await self._tell(now)
        posted = await self._post(now)
        await self._alone(lambda session: self.board.show(session, now))
        self.outbox.look()
        if wait:
            await self._send(now)
        sent, undone = self.outbox.outcomes["sent"] - sent_before, self._undone - undone_before
        return Tick(planned, posted, missed, told, sent, undone)

    async def next_wake(self, session: Session, now: datetime) -> datetime:
        """The first instant after which there is something to do or to send; as `next_tick`."""
        sends = await self.outbox.next_wake(session, now)
        return max(now, min(await self.next_tick(session, now), sends or now + LONGEST_SLEEP))

    async def next_tick(self, session: Session, now: datetime) -> datetime:
        """The first instant after which there is something to do; `now` if at once, an hour on at the latest."""
        sending = await deliveries.oldest_sending(session)
        overdue = now + TRY_AGAIN_AFTER
        candidates = [
            _not_before(await occurrences.next_due(session), now, overdue),
            _not_before(await deliveries.next_expiry(session), now, overdue),
            _not_before(await occurrences.next_leader(session), now, overdue),
            sending + _UNRECORDED if sending else None,
            now + EDIT_EVERY if self.board.behind or (self.board.running and self.outbox.busy) else None,
        ]
        soonest = min((instant for instant in candidates if instant), default=now + LONGEST_SLEEP)
        return max(now, min(soonest, now + LONGEST_SLEEP))

    async def close(self) -> None:
        """Stop sending; what is in hand is left to become uncertain."""
        await self.outbox.close()

    async def _plan(self, now: datetime) -> int:
        """Plan all that is urgent, and of the rest some, so that planning many schedules is spread over many ticks."""
        plan = partial(planning.plan, now=now, regulations=self._regulations)
        planned, last = 0, None
        while last is None or last[0] < now + URGENT:
            async with self._database.transaction() as session:
                behind = await schedules.to_plan(session, now + PLANNED_AHEAD, _AT_ONCE, last)
            if not behind:
                break
            last = behind[-1]
            for _, number in behind:
                planned += await self._alone(partial(plan, schedule_id=number)) or 0
        return planned

    async def _tell(self, now: datetime) -> int:
        await self._alone(lambda session: turns.pass_over_who_left(session, now))
        async with self._database.transaction() as session:
            waiting = await occurrences.leaders_to_see_to(session, now, _AT_ONCE)
        see_to = partial(next_morning.see_to, regulations=self._regulations, now=now)
        told = 0
        for number in waiting:
            seen = await self._alone(partial(see_to, occurrence_id=number))
            told += bool(seen)
            if seen is None:  # a defect, which is not to be in the others' way
                later = partial(occurrences.see_to_leader, occurrence_id=number, instant=now + _AFTER_DEFECT)
                await self._alone(later)
        return told

    async def _miss(self, now: datetime) -> int:
        record = partial(posting.record_missed, now=now, at_once=posting.AT_ONCE)
        missed = 0
        while some := await self._alone(record):
            missed += some
        self._metrics.missed(missed)
        return missed

    async def _post(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            due = list(await occurrences.due(session, now))
        posted, size = 0, posting.AT_ONCE
        while due:
            step = posting.first_step(due[:size])
            done = await self._post_step(step, now)
            posted += len(done.posted)
            for number, kind in due[: len(step)]:
                if number in done.posted:
                    self._metrics.push_due(kind.value)
            self.outbox.look()
            self._wake_outbox()  # the first posts leave while the others are still written
            due = [item for item in due[: len(step)] if item[0] not in done.settled] + due[len(step) :]
            size = 2 * len(done.settled) + 1  # what has many chats is not read again for nothing
        return posted

    async def _post_step(self, step: Sequence[int], now: datetime) -> Posted:
        act = partial(posting.post, occurrence_ids=step, now=now, regulations=self._regulations, sources=self._sources)
        done = await self._alone(act)
        if done is not None:
            return done
        if len(step) == 1:
            await self._alone(lambda session: posting.record_defect(session, step[0], now))
            return Posted(settled=frozenset(step))
        done = Posted()
        for number in step:  # one of them has a defect, which is not to silence the others
            done |= await self._post_step([number], now)
        return done

    async def _send(self, now: datetime) -> None:
        """Until nothing more may leave, the progress that this makes told."""
        await self.outbox.settle()
        while await self._alone(lambda session: self.board.show(session, now)):
            await self.outbox.settle()

    def _record_abandoned(self, now: datetime) -> Callable[[Session], Awaitable[int]]:
        return partial(outcomes.record_abandoned, before=now - _UNRECORDED, now=now, besides=self.outbox.in_flight)

    async def _alone(self, act: Callable[[Session], Awaitable[Result]]) -> Result | None:
        """Do one act in a transaction of its own; a defect in it is logged, gives None, and silences nobody else.

        Raises:
            Unavailable: the database cannot be worked with; nothing is the act's fault.
        """
        try:
            async with self._database.transaction() as session:
                return await act(session)
        except Unavailable:
            raise
        except Exception:
            log.exception("left undone")
            self._undone += 1
            return None


def _not_before(instant: datetime | None, now: datetime, overdue: datetime) -> datetime | None:
    """What should be done by now and is not had a defect: it is tried again a little later, not at once."""
    return overdue if instant is not None and instant <= now else instant
