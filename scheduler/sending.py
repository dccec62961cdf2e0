"""Brings due rows out: one message at a time in each chat, many chats at once, replies first.

A step is one transaction of the ledger for whatever has come together since the last one: it records what was
accepted, claims what may leave next, and begins exactly those rows whose request leaves right after the commit. So a
message costs its share of a transaction, and steps grow by themselves under load. What could not be recorded stays in
memory and is tried again; only a crash makes it uncertain.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from msgspec.structs import replace

from scheduler import outcomes
from scheduler.abilities import abilities_of
from scheduler.claiming import CLAIMED_FOR
from scheduler.clock import Clock
from scheduler.errors import ChannelBusy, RecipientBusy, Throttled
from scheduler.hand import Claim
from scheduler.lane import Answer, Lane
from scheduler.metrics import Metrics
from scheduler.rate_limit import FEWEST_AT_ONCE, Limits, Permit, RateLimit
from scheduler.retry_policy import HAD_ENOUGH, PUSHES_REFUSED, REFUSED
from scheduler.sender import Sender
from storage.errors import Unavailable
from storage.queries import claims, deliveries, leases
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

_TEND_EVERY = CLAIMED_FOR / 3
_STALE = timedelta(seconds=3.5)  # a process that stood still for longer may have been replaced (`bot.tenure`) meanwhile
_WAS_SET = timedelta(seconds=5)  # by so much the clock is off a steady count only if somebody sets it
_RECORD_AGAIN = 0.2  # seconds


class Outbox:
    """The senders at work. One per process; several on one database never send the same row twice."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Mapping[str, Sender],
        *,
        limits: Mapping[str, Limits],
        at_once: int | None = None,
        holder: str | None = None,
        metrics: Metrics | None = None,
        random: Random | None = None,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        """`limits` by channel, none for a channel that is not named; `holder` names this process among others.

        `at_once`: requests in flight on each channel, None: as many as its limits need.
        `random` spreads the pauses of several processes; None: by the holder's name.
        `on_answer` is called whenever there is something to do for a step.
        """
        self._database, self._clock, self._metrics = database, clock, metrics or Metrics()
        self._on_answer = on_answer
        # a process that acts a second time is another holder: what it left behind the first time is settled, too
        self._holder = f"{holder or 'outbox'}-{secrets.token_hex(8)}"
        random = random or Random(self._holder)  # noqa: S311 - no secret hangs on it
        self._lanes = []
        for name, sender in senders.items():
            limit = limits.get(name)
            most = at_once or (limit.at_once if limit else FEWEST_AT_ONCE)
            self._lanes.append(Lane(name, sender, RateLimit(limit), random, most))
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._answers: list[Answer] = []
        self._stayed: list[tuple[Lane, Claim]] = []  # marked as being sent, and too late when their turn came
        self._begun: dict[int, tuple[str, str]] = {}  # rows whose request may have left, until recorded: their chat
        self._astray = False  # the ledger may say that we have rows in hand which we have not
        self._marked: set[int] = set()  # as being sent, in a step whose end is not known: none of them left
        self._steady: float | None = None  # the steady count at `_now`
        self._shift = timedelta()  # by which the clock was set, and the ledger does not know yet
        self._stopping = False
        self._looks = False  # something may have been told of a channel or a chat
        self._tended = self._now = datetime.min.replace(tzinfo=UTC)
        self.outcomes: Counter[str] = Counter()  # what became of sends since the start: "sent", or the error's name

    @property
    def in_flight(self) -> frozenset[int]:
        """Rows that are being sent, or wait to be recorded."""
        return frozenset(self._begun)

    @property
    def busy(self) -> bool:
        """Whether anything is in hand or being sent."""
        return bool(self._begun) or any(len(lane.hand) for lane in self._lanes)

    def look(self) -> None:
        """Rows were written: the next step looks for them. Replies and notices are looked for at every step.

        So does it for what was told of messages later.
        """
        self._looks = True
        for lane in self._lanes:
            lane.claiming.look()

    @property
    def unrecorded(self) -> Sequence[Answer]:
        """What was answered, and the database did not take yet."""
        return tuple(self._answers)

    def adopt(self, answers: Sequence[Answer]) -> None:
        """Record at the first step what was answered to this process before it had to let another one act.

        To be called before `recover`: their rows are not uncertain, unless another has called them so by now.
        """
        lanes = {lane.channel: lane for lane in self._lanes}
        for answer in answers:
            self._answers.append(replace(answer, lane=lanes[answer.lane.channel]))
            self._begun[answer.claim.id] = (answer.lane.channel, answer.claim.chat)
        self._lose_track()

    async def recover(self, session: Session, now: datetime) -> int:
        """This process alone acts from now on: settle what others left behind, and go on within their limits.

        What was being sent is uncertain, and told, or planned again; returns how many are uncertain.
        """
        await claims.take_from_others(session, self._holder)
        await claims.keep(session, self.in_flight, self._holder)
        uncertain = await outcomes.record_orphans(session, self._holder, now)
        for lane in self._lanes:
            for send in await claims.recent_sends(session, lane.channel, now - lane.limit.longest, now):
                lane.limit.take(send.chat_id, send.at, group=send.group_id is not None)
            for chat, until in await _pauses(session, lane.channel, now):
                lane.limit.pause(until, chat)
            await _heed_pause(session, lane, now)
            lane.claiming.look()
        return uncertain

    async def step(self) -> datetime | None:
        """Record, claim and begin what there is now; when to be called again unless `on_answer` asks for it before.

        Raises:
            Unavailable: the database cannot be worked with. Nothing is lost: what was answered is recorded later.
        """
        self._mind_the_clock()
        try:
            await self._record_troubles()
            accepted, stayed = [answer for answer in self._answers if answer.in_bulk], list(self._stayed)
            async with self._database.concurrent() as session:
                now = self._clock.now()
                await self._record_accepted(session, accepted)
                await self._take_back(session, stayed)
                tended = await self._tend(session, now)
                leaving = await self._begin(session, now, accepted)
                wakes = await self._wakes(session, now) if self._tasks or not leaving else None
        except BaseException:
            self._lose_track()
            raise
        self._astray = False
        self._marked.clear()
        if tended:
            self._tended, self._shift = now, timedelta()
        self._settle(accepted)
        for lane, claim in stayed:
            self._stayed.remove((lane, claim))
            del self._begun[claim.id]
        for lane, claim, permit in leaving:
            self._begun[claim.id] = (lane.channel, claim.chat)
            self._tasks[claim.id] = asyncio.create_task(self._carry(lane, claim, permit, now))
        return wakes

    async def settle(self) -> None:
        """Send all that may leave now and record what became of it; for the demo and tests, where time is moved."""
        self.look()
        while True:
            wakes = await self.step()
            if self._tasks:
                await asyncio.wait(list(self._tasks.values()))
            elif not self._answers and (wakes is None or wakes > self._clock.now()):
                return

    async def next_wake(self, session: Session, now: datetime) -> datetime | None:
        """The first instant from which something may leave that waits for nothing but time."""
        found = [await lane.next_wake(session, now, self._holder) for lane in self._lanes]
        return min((at for at in found if at), default=None)

    async def stop(self, within: float) -> None:
        """Begin nothing more; what is in flight has `within` seconds to be answered and recorded, all in all.

        The rest is left for others. What was cut off stays `sending`, and becomes uncertain.
        """
        self._stopping = True
        self._lose_track()  # so that what is in hand is given back
        loop = asyncio.get_running_loop()
        ends = loop.time() + within
        while (left := ends - loop.time()) > 0:
            if not await self._recorded(left):
                await asyncio.sleep(_RECORD_AGAIN)
            elif self._answers or self._stayed:  # came in meanwhile
                continue
            elif self._tasks:
                left = ends - loop.time()
                await asyncio.wait(list(self._tasks.values()), timeout=left, return_when=asyncio.FIRST_COMPLETED)
            else:
                return
        log.warning("cut off: %d messages, and %d answers not recorded", len(self._tasks), len(self._answers))
        await self.close()

    async def close(self) -> None:
        """Let go of everything in flight, unrecorded: it becomes uncertain."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _recorded(self, within: float) -> bool:
        """Whether a step came to its end; one that takes longer, for a database that is locked or gone, is given up."""
        step = asyncio.ensure_future(self.step())
        await asyncio.wait([step], timeout=within)
        if not step.done():
            step.cancel()
            return False
        if (error := step.exception()) is not None:
            log.debug("what was answered is not recorded yet (%s)", error)
        return error is None

    # recording

    async def _record_troubles(self) -> None:
        """What did not plainly succeed, one by one, in transactions of their own."""
        for answer in [answer for answer in self._answers if not answer.in_bulk]:
            try:
                await self._record_trouble(answer)
            except Unavailable:
                raise
            except Exception:  # a defect in what follows from one answer reaches no other; nobody records this one
                log.exception("an answer could not be recorded", extra=answer.claim.about)
            self._answers.remove(answer)
            self._begun.pop(answer.claim.id, None)
            answer.lane.hand.back(answer.claim.chat)

    async def _record_trouble(self, answer: Answer) -> None:
        lane, claim, now = answer.lane, answer.claim, self._clock.now()
        channel, chat = lane.channel, claim.chat
        async with self._database.transaction() as session:
            await claims.give_back(session, lane.hand.rows_of(chat), self._holder)
            row = await deliveries.find(session, claim.id)
            recorded = await outcomes.record(session, row, answer.outcome, now) if row is not None else None
            if answer.pauses_all is not None:
                await leases.pause(session, channel, answer.pauses_all)
        if isinstance(answer.outcome, RecipientBusy) and recorded is not None:
            lane.limit.pause(recorded.goes_on, chat)
        lane.hand.drop(chat)  # no sooner: what is rolled back is still in hand
        lane.claiming.look()
        if recorded is None:  # forgotten meanwhile
            return
        lane.hand.put_back(chat, recorded.goes_on, claim.priority, now)
        self.outcomes[answer.name] += 1
        log.info("%s: %s", recorded.state.value, recorded.reason, extra=claim.about)

    async def _record_accepted(self, session: Session, accepted: list[Answer]) -> None:
        if self._astray:
            await claims.give_all_back(session, self._holder, self._marked)
        await claims.record_sent(session, [(a.claim.id, a.reference, a.at) for a in accepted])
        for answer in accepted:
            answer.lane.hand.back(answer.claim.chat)

    async def _take_back(self, session: Session, stayed: list[tuple[Lane, Claim]]) -> None:
        """They wait again, but for those that another process took over."""
        await claims.never_left(session, [claim.id for _, claim in stayed], self._holder)
        for lane, claim in stayed:
            lane.hand.back(claim.chat)
            lane.claiming.look()

    def _settle(self, accepted: list[Answer]) -> None:
        """It stands in the ledger."""
        recorded = {answer.claim.id for answer in accepted}
        self._answers = [answer for answer in self._answers if answer.claim.id not in recorded]
        self.outcomes["sent"] += len(accepted)
        for answer in accepted:
            del self._begun[answer.claim.id]
            log.info("sent", extra=answer.claim.about | {"message_ref": answer.reference})
            due = answer.claim.due_at
            self._metrics.sent(answer.lane.channel, answer.at - due if due else None)

    def _mind_the_clock(self) -> None:
        """What waits is neither put off nor let go by a clock that somebody sets: it waits as long as it was to."""
        now, steady = self._clock.now(), self._clock.steady()
        if self._steady is not None:
            by = now - self._now - timedelta(seconds=steady - self._steady)
            if abs(by) > _WAS_SET:
                self._follow(by, now)
        self._now, self._steady = now, steady

    def _follow(self, by: timedelta, now: datetime) -> None:
        log.warning("the clock was set %s by %s", "back" if by < timedelta() else "forward", abs(by))
        self._lose_track()
        self._tended = now - _TEND_EVERY
        for lane in self._lanes:
            lane.shift(by)
        self._shift += by

    def _lose_track(self) -> None:
        """A step did not end as it should: what the ledger says of our hand is found out at the next one."""
        self._astray = True
        for lane in self._lanes:
            lane.claiming.forget(chat for of, chat in self._begun.values() if of == lane.channel)

    # claiming and beginning

    async def _tend(self, session: Session, now: datetime) -> bool:
        """Whether it was time to, which the commit alone makes true."""
        if now < self._tended + _TEND_EVERY:
            if self._looks:
                await self._heed_told(session, now)
            return False
        if self._shift:
            for lane in self._lanes:
                await leases.shift(session, lane.channel, self._shift)
                await claims.shift(session, now, lane.channel, self._shift)
        await claims.renew(session, self._holder, now + CLAIMED_FOR)
        await claims.lapse(session, now)
        for lane in self._lanes:
            lane.limit.forget_idle(now)
        await self._heed_told(session, now)
        return True

    async def _heed_told(self, session: Session, now: datetime) -> None:
        for lane in self._lanes:
            await _heed_pause(session, lane, now)
        self._looks = False

    async def _begin(
        self, session: Session, now: datetime, accepted: Sequence[Answer]
    ) -> list[tuple[Lane, Claim, Permit]]:
        """Mark rows as being sent: with those not recorded yet the ledger has no more of a channel than `at_once`."""
        if self._stopping:
            return []
        begun_of = Counter(channel for channel, _ in self._begun.values())
        begun_of.subtract(answer.lane.channel for answer in accepted)
        leaving: list[tuple[Lane, Claim, Permit]] = []
        for lane in self._lanes:
            if lane.is_paused(now):
                continue
            await lane.claiming.fill(session, now, self._holder)
            chosen = lane.choose(now, lane.at_once - begun_of[lane.channel])
            begun = await claims.begin(session, [claim.id for claim, _ in chosen], self._holder, now)
            self._marked |= begun
            leaving += [(lane, claim, permit) for claim, permit in chosen if claim.id in begun]
            for claim, _ in chosen:
                if claim.id not in begun:  # cancelled, too late or taken away meanwhile
                    lane.hand.back(claim.chat)
                    lane.claiming.look()
        return leaving

    async def _wakes(self, session: Session, now: datetime) -> datetime | None:
        found = [at for lane in self._lanes if (at := lane.wakes(now))]
        if not found and not self._tasks:
            return await self.next_wake(session, now)
        return min(found, default=None)

    # the request itself

    async def _carry(self, lane: Lane, claim: Claim, permit: Permit, began: datetime) -> None:
        permit.at = self._clock.now()
        try:
            if permit.at > began + _STALE:
                log.warning("stood still, not sent yet", extra=claim.about)
                self._stayed.append((lane, claim))
                self._on_answer()
                return
            outcome = await lane.send(claim, began)
        finally:
            del self._tasks[claim.id]
        now = self._clock.now()
        if isinstance(outcome, Throttled | ChannelBusy | RecipientBusy):
            self._metrics.throttled(lane.channel)
        self._answers.append(Answer(lane, claim, outcome, now, lane.heed(claim, outcome, permit.at, now)))
        self._on_answer()


async def _pauses(session: Session, channel: str, now: datetime) -> list[tuple[str, datetime]]:
    """The chats that are to be left alone, and until when."""
    waiting = await claims.told_to_wait(session, now, channel, Throttled.__name__)
    if not abilities_of(channel).pushes_any_time:  # there rows wait for much that concerns no other, for a day even
        return waiting
    return waiting + await claims.ended_waiting(session, now, channel)


async def _heed_pause(session: Session, lane: Lane, now: datetime) -> None:
    """What the channel asked another process, or told later of a message."""
    if (paused := await leases.paused_until(session, lane.channel)) is not None:
        lane.limit.pause(paused)
    for chat, until in await claims.told_to_wait(session, now, lane.channel, HAD_ENOUGH):
        lane.limit.pause(until, chat)
    if refused := await claims.told_to_wait(session, lane.reached_at, lane.channel, REFUSED):  # since its last yes
        lane.refuses_later(now, max(until for _, until in refused))
    if held := await claims.told_to_wait(session, lane.reached_at, lane.channel, PUSHES_REFUSED):
        lane.pushes.refused(now, max(until for _, until in held))
