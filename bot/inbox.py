"""The inbox: stored updates -> parsed by their channel -> answered by the router, in the order they came.

Where a channel keeps no order, what waits of one chat is answered in the order in which it was said.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from bot.channels.inbound import InboundMessage, Unreadable
from bot.conversations.router import Router
from scheduler.abilities import abilities_of
from scheduler.changed_accounts import AccountChange, record_change
from scheduler.clock import Clock
from scheduler.delivery_status import DeliveryStatus, record_status
from scheduler.template_states import TemplateNews, record_news
from storage.errors import Unavailable
from storage.models import InboundUpdate
from storage.queries import inbound
from storage.transaction import Database

log = logging.getLogger(__name__)

_ACKNOWLEDGED_AT_ONCE = 20  # the rest of the connections is for messages

Told = DeliveryStatus | TemplateNews | AccountChange  # what nobody said
News = InboundMessage | Told
Read = Callable[[bytes, datetime], News | None]  # raw update, when it was received
Acknowledge = Callable[[str, str | None], Awaitable[None]]


class Inbox:
    """Works through what is stored; `readers` and `acknowledgers` are by channel name."""

    def __init__(
        self,
        database: Database,
        router: Router,
        clock: Clock,
        readers: Mapping[str, Read],
        acknowledgers: Mapping[str, Acknowledge],
        unread: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`unread` names the channels whose updates are left for later."""
        self._database = database
        self._router = router
        self._clock = clock
        self._readers = readers
        self._acknowledgers = acknowledgers
        self._unread = unread
        self._acknowledging: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(_ACKNOWLEDGED_AT_ONCE)

    async def drain(self, *, wait: bool = True) -> int:
        """Answer every stored update once; how many there were.

        `wait`: return only when every press is acknowledged as well. Without it that goes on in the background, so
        that a slow answer to one press holds up nobody.

        Raises:
            Unavailable: the database cannot be worked with now; what is left stays stored.
        """
        answered = 0
        while True:
            async with self._database.concurrent() as session:
                waiting = await inbound.unhandled(session, besides=self._unread())
            if not waiting:
                break
            await self._take(waiting)
            answered += len(waiting)
        if wait and self._acknowledging:
            await asyncio.wait(self._acknowledging)
        return answered

    async def _take(self, updates: Iterable[InboundUpdate]) -> None:
        """In their order; what came between two things that were said is noted at once."""
        noted: list[tuple[InboundUpdate, Told | None]] = []
        for update, news in _as_said([(update, self._read(update)) for update in updates]):
            if not isinstance(news, InboundMessage):
                noted.append((update, news))
                continue
            await self._note(noted)
            noted = []
            await self._answer(update, news)
        await self._note(noted)

    async def _answer(self, update: InboundUpdate, message: InboundMessage) -> None:
        outcome = await self._router.handle(update.id, message, self._clock.now())
        if outcome.press_id is not None:
            self._acknowledge(update.channel, outcome.press_id, outcome.toast)

    async def _note(self, news: Sequence[tuple[InboundUpdate, Told | None]]) -> None:
        """What nobody said and nobody is answered for, all that came together in one transaction.

        A push to many is followed by several times as many of these, and people must not wait behind them.
        """
        if not news:
            return
        try:
            await self._note_together(news)
        except Unavailable:
            raise
        except Exception:  # a defect in what follows from one never blocks the others, nor those behind them
            log.exception("%d updates could not be noted together", len(news))
            for update, told in news:
                await self._note_alone(update, told)

    async def _note_alone(self, update: InboundUpdate, told: Told | None) -> None:
        try:
            await self._note_together([(update, told)])
        except Unavailable:
            raise
        except Exception:  # news that cannot be noted never blocks those behind it
            log.exception("update %s of %s could not be noted", update.id, update.channel)
            async with self._database.concurrent() as session:
                await inbound.mark_handled(session, update.id, self._clock.now())

    async def _note_together(self, news: Sequence[tuple[InboundUpdate, Told | None]]) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            for update, told in news:
                if isinstance(told, TemplateNews):
                    await record_news(session, told)
                elif isinstance(told, AccountChange):
                    await record_change(session, told, now)
                elif told is not None and not await record_status(session, told, now):
                    log.info("%s tells of a message that no row is known for", update.channel)
                await inbound.mark_handled(session, update.id, now)

    def _acknowledge(self, channel: str, press_id: str, words: str | None) -> None:
        async def acknowledge() -> None:
            async with self._at_once:
                await self._acknowledgers[channel](press_id, words)

        task = asyncio.create_task(acknowledge())
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    def _read(self, update: InboundUpdate) -> News | None:
        try:
            return self._readers[update.channel](update.raw, update.received_at)
        except Unreadable as error:
            log.warning("update %s of %s cannot be read: %s", update.id, update.channel, error)
        except Exception:  # one update that cannot be read never blocks those behind it
            log.exception("update %s of %s cannot be read", update.id, update.channel)
        return None


def _as_said(read: Sequence[tuple[InboundUpdate, News | None]]) -> list[tuple[InboundUpdate, News | None]]:
    """The same; on a channel without order the messages of a chat change places until they stand as they were said."""
    at: dict[int, datetime] = {}
    of_chats: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (_, news) in enumerate(read):
        if isinstance(news, InboundMessage) and not abilities_of(news.channel).in_order:
            at[place] = news.at
            of_chats[news.channel, news.chat.chat_id or news.sender.phone or ""].append(place)
    ordered = list(read)
    for places in of_chats.values():
        for place, said in zip(places, sorted(places, key=at.__getitem__), strict=True):
            ordered[place] = read[said]
    return ordered
