"""Brings due rows out: one message at a time in each chat, several chats at once, replies first.

Each row is claimed and committed before its request leaves, and its fate is recorded in a transaction of its own; a
slow or failing chat holds up nobody else. What cannot be recorded stays `sending` and becomes uncertain, never planned.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from scheduler import delivery_queue, outcomes
from scheduler.clock import Clock
from scheduler.errors import OutcomeUnknown, SendError
from scheduler.outcomes import Then
from scheduler.rate_limit import Limits, RateLimit
from scheduler.sender import Sender, SendReceipt
from storage.errors import Unavailable
from storage.models import Delivery, DeliveryState
from storage.queries import deliveries
from storage.transaction import Database, Session

log = logging.getLogger(__name__)

LONGEST_SEND = timedelta(seconds=60)  # a send that takes longer counts as unanswered
ASK_AGAIN_AFTER = timedelta(minutes=5)  # a channel that refused our credentials
_BATCH = 500
_MOST_MOVES = 3  # of one message from chat id to chat id


class _Claimed(Struct, frozen=True):
    """A row in hand; `replaces` is the reference of the message that it edits."""

    row: Delivery
    replaces: str | None = None


class Outbox:
    """The senders at work. One per process; several on one database never send the same row twice."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Mapping[str, Sender],
        *,
        limits: Mapping[str, Limits],
        at_once: int = 20,
        on_free: Callable[[], None] = lambda: None,
    ) -> None:
        """`limits` by channel, none for a channel that is not named; `on_free` is called when a chat is done."""
        self._database, self._clock, self._senders = database, clock, senders
        self._limits = {channel: RateLimit(limits.get(channel)) for channel in senders}
        self._at_once, self._on_free = at_once, on_free
        self._busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.outcomes: Counter[str] = Counter()  # what became of sends since the start: "sent", or the error's name
        self.channels = frozenset(senders)

    async def start_due(self, now: datetime) -> int:
        """Begin sending what may leave at `now`, as far as limits and free places allow; returns how many chats."""
        async with self._database.transaction() as session:
            await deliveries.drop_followers(session)
            await deliveries.drop_superseded_edits(session)
            rows = await deliveries.waiting(session, now, self._senders, _BATCH)
        chats: dict[tuple[str, str], list[Delivery]] = {}
        for row in rows:
            chats.setdefault((row.channel, row.chat_id), []).append(row)
        started = 0
        for chat, waiting in chats.items():
            if len(self._busy) >= self._at_once:
                break
            if chat not in self._busy and self._permitted(waiting[0]):
                self._busy[chat] = asyncio.create_task(self._work(chat, waiting))
                started += 1
        return started

    async def drain(self) -> None:
        """Wait until everything in hand is recorded."""
        while self._busy:
            await asyncio.wait(set(self._busy.values()))

    async def close(self) -> None:
        """Let go of everything in hand; what was being sent is left `sending`, to become uncertain."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def earliest(self, session: Session, now: datetime) -> datetime | None:
        """The first instant from which a row that waits for nothing but limits may leave."""
        rows = await deliveries.waiting(session, now, self._senders, _BATCH)
        free = [row for row in rows if (row.channel, row.chat_id) not in self._busy]
        return min((self._limit(row).earliest(row.chat_id, now, group=_in_group(row)) for row in free), default=None)

    def _limit(self, row: Delivery) -> RateLimit:
        return self._limits[row.channel]

    def _permitted(self, row: Delivery) -> bool:
        now = self._clock.now()
        return self._limit(row).permit(row.chat_id, now, group=_in_group(row)) == now

    async def _work(self, chat: tuple[str, str], rows: list[Delivery]) -> None:
        try:
            await self._send_in_order(rows)
        except Unavailable as error:  # the rows stay as they are; the loop comes back to them
            log.warning("chat left in the middle: the database cannot be worked with (%s)", error)
        except Exception:  # one chat's defect must not reach the others
            log.exception("chat left in the middle", extra={"channel": chat[0]})
        finally:
            del self._busy[chat]
            self._limits[chat[0]].forget_idle(self._clock.now())
            self._on_free()

    async def _send_in_order(self, rows: list[Delivery]) -> None:
        for number, row in enumerate(rows):
            if number and not self._permitted(row):
                return
            if not await self._send(row.id):
                return

    async def _send(self, delivery_id: int) -> bool:
        """Send one row, after the group if it moved; whether the chat goes on."""
        then = Then.RESEND
        for _ in range(_MOST_MOVES):
            claimed = await self._claim(delivery_id)
            if claimed is None:
                return True
            outcome = await self._deliver(claimed)
            then = await self._record(claimed.row, outcome)
            if then is not Then.RESEND:
                break
        return then is Then.NEXT

    async def _record(self, row: Delivery, outcome: SendReceipt | SendError) -> Then:
        now = self._clock.now()
        async with self._database.transaction() as session:
            then = await outcomes.record(session, row, outcome, now)
        self.outcomes["sent" if isinstance(outcome, SendReceipt) else type(outcome).__name__] += 1
        if then is Then.REFUSED:
            self._limit(row).hold(now + ASK_AGAIN_AFTER)
        return then

    async def _claim(self, delivery_id: int) -> _Claimed | None:
        async with self._database.transaction() as session:
            row = await delivery_queue.claim(session, delivery_id, self._clock.now())
            if row is None or row.edits_id is None:
                return _Claimed(row) if row else None
            original = await deliveries.find(session, row.edits_id)
            if original is None or original.message_ref is None or original.chat_id != row.chat_id:
                await delivery_queue.finish(session, row, DeliveryState.CANCELLED, "nothing_to_edit")
                return None
            return _Claimed(row, original.message_ref)

    async def _deliver(self, claimed: _Claimed) -> SendReceipt | SendError:
        row = claimed.row
        sender, message = self._senders[row.channel], delivery_queue.message_of(row)
        destination = delivery_queue.destination_of(row)
        try:
            async with asyncio.timeout(LONGEST_SEND.total_seconds()):
                if claimed.replaces is None:
                    return await sender.send(destination, message)
                return await sender.edit(destination, claimed.replaces, message)
        except SendError as error:
            return error
        except TimeoutError:
            return OutcomeUnknown()
        except Exception:  # a defect of a channel says nothing about what its server did
            log.exception("sender failed", extra={"delivery": row.id, "channel": row.channel})
            return OutcomeUnknown()


def _in_group(row: Delivery) -> bool:
    return row.group_id is not None
