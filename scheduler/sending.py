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
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from scheduler import outcomes
from scheduler.claiming import CLAIMED_FOR, Claiming
from scheduler.clock import Clock
from scheduler.delivery_queue import FORGOTTEN_ONCE_DONE
from scheduler.errors import ChannelRefusesUs, OutcomeUnknown, SendError, Throttled
from scheduler.hand import Claim
from scheduler.metrics import Metrics
from scheduler.rate_limit import MINUTE, Limits, Permit, RateLimit
from scheduler.sender import Sender, SendReceipt
from storage.errors import Unavailable
from storage.models import Priority
from storage.queries import claims, deliveries, leases
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

AT_ONCE = 50  # requests in flight: Telegram answers 429 to far more
LONGEST_SEND = timedelta(seconds=60)  # a send that takes longer counts as unanswered
ASK_AGAIN_AFTER = timedelta(minutes=5)  # a channel that refused our credentials
_TEND_EVERY = CLAIMED_FOR / 3


class _Lane(Struct):
    """One channel: its way out, its hand, its limits; `opens` when the channel as a whole lets the next one leave."""

    sender: Sender
    claiming: Claiming
    limit: RateLimit
    opens: datetime | None = None


class _Answer(Struct, frozen=True):
    """What became of a request, not recorded yet."""

    lane: _Lane
    claim: Claim
    outcome: SendReceipt | SendError
    at: datetime
    pauses_all: datetime | None = None  # a 429 that concerns the whole channel: until when

    @property
    def in_bulk(self) -> bool:
        """A plain success, of which nothing follows."""
        return isinstance(self.outcome, SendReceipt) and self.claim.message_key not in FORGOTTEN_ONCE_DONE


class Outbox:
    """The senders at work. One per process; several on one database never send the same row twice."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Mapping[str, Sender],
        *,
        limits: Mapping[str, Limits],
        at_once: int = AT_ONCE,
        holder: str | None = None,
        metrics: Metrics | None = None,
        on_answer: Callable[[], None] = lambda: None,
    ) -> None:
        """`limits` by channel, none for a channel that is not named; `holder` names this process among others.

        `on_answer` is called whenever there is something to do for a step.
        """
        self._database, self._clock, self._metrics = database, clock, metrics
        self._lanes = {
            channel: _Lane(sender, Claiming(channel), RateLimit(limits.get(channel)))
            for channel, sender in senders.items()
        }
        self._at_once, self._on_answer = at_once, on_answer
        self._holder = holder or secrets.token_hex(8)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._answers: list[_Answer] = []
        self._begun: dict[int, tuple[str, str]] = {}  # rows whose request may have left, until recorded: their chat
        self._astray = False  # the ledger may say that we have rows in hand which we have not
        self._stopping = False
        self._tended = datetime.min.replace(tzinfo=UTC)
        self.outcomes: Counter[str] = Counter()  # what became of sends since the start: "sent", or the error's name

    @property
    def in_flight(self) -> frozenset[int]:
        """Rows that are being sent, or wait to be recorded."""
        return frozenset(self._begun)

    @property
    def busy(self) -> bool:
        """Whether anything is in hand or being sent."""
        return bool(self._begun) or any(len(lane.claiming.hand) for lane in self._lanes.values())

    def look(self) -> None:
        """Rows were written: the next step looks for them. Replies and notices are looked for at every step."""
        for lane in self._lanes.values():
            lane.claiming.look()

    async def recover(self, session: Session, now: datetime) -> int:
        """This process alone acts from now on: settle what others left behind, and go on within their limits.

        What was being sent is uncertain, and told, or planned again; returns how many are uncertain.
        """
        await claims.take_from_others(session, self._holder)
        uncertain = await outcomes.record_orphans(session, self._holder, now)
        for channel, lane in self._lanes.items():
            for send in await claims.recent_sends(session, channel, now - MINUTE):
                lane.limit.take(send.chat_id, send.at, group=send.group_id is not None)
            if (paused := await leases.paused_until(session, channel)) is not None:
                lane.limit.pause(paused)
            lane.claiming.look()
        return uncertain

    async def step(self) -> datetime | None:
        """Record, claim and begin what there is now; when to be called again unless `on_answer` asks for it before.

        Raises:
            Unavailable: the database cannot be worked with. Nothing is lost: what was answered is recorded later.
        """
        try:
            await self._record_troubles()
            accepted = list(self._answers)
            async with self._database.concurrent() as session:
                now = self._clock.now()
                await self._record_accepted(session, accepted)
                await self._tend(session, now)
                leaving = await self._begin(session, now)
                wakes = await self._wakes(session, now)
        except BaseException:
            self._lose_track()
            raise
        self._astray = False
        self._settle(accepted)
        for lane, claim, permit in leaving:
            self._begun[claim.id] = (lane.claiming.channel, claim.chat)
            self._tasks[claim.id] = asyncio.create_task(self._carry(lane, claim, permit))
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
        found = [await self._wakes_of(session, lane, now) for lane in self._lanes.values()]
        return min((at for at in found if at), default=None)

    async def stop(self, within: float) -> None:
        """Begin nothing more; what is in flight has `within` seconds to be answered. The rest is left for others.

        What was cut off stays `sending`, and becomes uncertain.
        """
        self._stopping = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=within)
        if self._tasks:
            log.warning("%d messages were cut off; they are uncertain", len(self._tasks))
        await self.close()
        self._lose_track()
        try:
            await self.step()
        except Unavailable as error:
            log.warning("the last answers could not be recorded (%s)", error)

    async def close(self) -> None:
        """Let go of everything in flight, unrecorded: it becomes uncertain."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # recording

    async def _record_troubles(self) -> None:
        """What did not plainly succeed, one by one, in transactions of their own."""
        for answer in [answer for answer in self._answers if not answer.in_bulk]:
            try:
                await self._record_trouble(answer)
            except Unavailable:
                raise
            except Exception:  # a defect in what follows from one answer must not reach the others
                log.exception("an answer could not be recorded", extra=_ids(answer.claim))
            self._answers.remove(answer)
            self._begun.pop(answer.claim.id, None)
            answer.lane.claiming.hand.back(answer.claim.chat)

    async def _record_trouble(self, answer: _Answer) -> None:
        lane, claim, now = answer.lane, answer.claim, self._clock.now()
        channel, chat = lane.claiming.channel, claim.chat
        async with self._database.transaction() as session:
            await claims.give_back(session, lane.claiming.hand.drop(chat), self._holder)
            row = await deliveries.find(session, claim.id)
            if row is None:  # forgotten meanwhile
                return
            recorded = await outcomes.record(session, row, answer.outcome, now)
            if answer.pauses_all is not None:
                await leases.pause(session, channel, answer.pauses_all)
        lane.claiming.hand.behind[chat] = recorded.goes_on
        lane.claiming.look()
        self.outcomes["sent" if isinstance(answer.outcome, SendReceipt) else type(answer.outcome).__name__] += 1
        log.info("%s: %s", recorded.state.value, recorded.reason, extra=_ids(claim))
        if self._metrics is not None and recorded.state in deliveries.ENDED:
            self._metrics.not_sent(channel, recorded.state.value, recorded.reason or "")

    async def _record_accepted(self, session: Session, accepted: list[_Answer]) -> None:
        if self._astray:
            await claims.give_all_back(session, self._holder, list(self._begun))
        await claims.record_sent(session, [(a.claim.id, _reference(a), a.at) for a in accepted])
        for answer in accepted:
            answer.lane.claiming.hand.back(answer.claim.chat)

    def _settle(self, accepted: list[_Answer]) -> None:
        """It stands in the ledger."""
        recorded = {answer.claim.id for answer in accepted}
        self._answers = [answer for answer in self._answers if answer.claim.id not in recorded]
        self.outcomes["sent"] += len(accepted)
        for answer in accepted:
            del self._begun[answer.claim.id]
            log.info("sent", extra=_ids(answer.claim) | {"message_ref": _reference(answer)})
            if self._metrics is not None:
                due = answer.claim.due_at
                self._metrics.sent(answer.lane.claiming.channel, answer.at - due if due else None)

    def _lose_track(self) -> None:
        """A step did not end as it should: what the ledger says of our hand is found out at the next one."""
        self._astray = True
        for channel, lane in self._lanes.items():
            lane.claiming.forget(chat for of, chat in self._begun.values() if of == channel)

    # claiming and beginning

    async def _tend(self, session: Session, now: datetime) -> None:
        if now < self._tended + _TEND_EVERY:
            return
        await claims.renew(session, self._holder, now + CLAIMED_FOR)
        await claims.lapse(session, now)
        for lane in self._lanes.values():
            lane.limit.forget_idle(now)
        self._tended = now

    async def _begin(self, session: Session, now: datetime) -> list[tuple[_Lane, Claim, Permit]]:
        if self._stopping:
            return []
        leaving: list[tuple[_Lane, Claim, Permit]] = []
        for lane in self._lanes.values():
            if (paused := lane.limit.paused(now)) > now:
                lane.opens = paused
                continue
            await lane.claiming.fill(session, now, self._holder)
            chosen = self._choose(lane, now, len(leaving))
            begun = await claims.begin(session, [claim.id for claim, _ in chosen], self._holder, now)
            leaving += [(lane, claim, permit) for claim, permit in chosen if claim.id in begun]
            for claim, _ in chosen:
                if claim.id not in begun:  # cancelled, too late or taken away meanwhile
                    lane.claiming.hand.back(claim.chat)
                    lane.claiming.look()
        return leaving

    def _choose(self, lane: _Lane, now: datetime, leaving: int) -> list[tuple[Claim, Permit]]:
        """What may leave now by the limits and the free places, of which a few are kept for replies."""
        chosen: list[tuple[Claim, Permit]] = []
        hand, limit = lane.claiming.hand, lane.limit
        free = self._at_once - len(self._tasks) - leaving
        lane.opens = None
        while len(chosen) < free and (claim := hand.first(now)) is not None:
            if claim.priority >= Priority.PUSH and len(chosen) >= free - self._at_once // 10:
                break
            opens = limit.earliest(claim.chat, now, group=claim.group)
            if opens <= now:
                hand.leave(claim)
                chosen.append((claim, limit.take(claim.chat, now, group=claim.group)))
            elif (whole := limit.whole(now)) > now:
                lane.opens = whole
                break
            else:
                hand.rest(claim.chat, opens)
        return chosen

    async def _wakes(self, session: Session, now: datetime) -> datetime | None:
        if len(self._tasks) >= self._at_once:
            return None
        found = [
            max(at, lane.limit.paused(now))
            for lane in self._lanes.values()
            for at in (lane.opens, lane.claiming.wakes())
            if at
        ]
        if not found and not self._tasks:
            return await self.next_wake(session, now)
        return min(found, default=None)

    async def _wakes_of(self, session: Session, lane: _Lane, now: datetime) -> datetime | None:
        candidates = (lane.opens, lane.claiming.wakes(), await lane.claiming.due(session, now, self._holder))
        soonest = min((at for at in candidates if at), default=None)
        return max(soonest, lane.limit.whole(now)) if soonest else None

    # the request itself

    async def _carry(self, lane: _Lane, claim: Claim, permit: Permit) -> None:
        permit.at = self._clock.now()
        try:
            outcome = await self._deliver(lane.sender, claim)
        finally:
            del self._tasks[claim.id]
        now = self._clock.now()
        self._answers.append(_Answer(lane, claim, outcome, now, self._heed(lane, claim, outcome, now)))
        self._on_answer()

    def _heed(self, lane: _Lane, claim: Claim, outcome: SendReceipt | SendError, now: datetime) -> datetime | None:
        """What the answer tells about the channel counts at once; until when it pauses all of it."""
        if isinstance(outcome, SendReceipt):
            lane.limit.accepted()
        elif isinstance(outcome, ChannelRefusesUs):
            lane.limit.pause(now + ASK_AGAIN_AFTER)
        elif isinstance(outcome, Throttled):
            if self._metrics is not None:
                self._metrics.throttled(lane.claiming.channel)
            if lane.limit.throttled(claim.chat, outcome.retry_at):
                log.warning("the channel asks us to wait until %s", outcome.retry_at.isoformat())
                return outcome.retry_at
        return None

    async def _deliver(self, sender: Sender, claim: Claim) -> SendReceipt | SendError:
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                if claim.replaces is None:
                    return await sender.send(claim.destination, claim.message)
                return await sender.edit(claim.destination, claim.replaces, claim.message)
        except SendError as error:
            return error
        except TimeoutError:
            return OutcomeUnknown()
        except Exception:  # a defect of a channel says nothing about what its server did
            log.exception("sender failed", extra=_ids(claim))
            return OutcomeUnknown()


def _reference(answer: _Answer) -> str | None:
    """Of an edit the original row keeps the reference."""
    outcome = answer.outcome
    return outcome.message_ref if isinstance(outcome, SendReceipt) and answer.claim.edits_id is None else None


def _ids(claim: Claim) -> dict[str, int | None]:
    """What follows one push through the log."""
    return {"push": claim.push, "delivery": claim.id}
