"""An inbox with a ledger, for tests of what news does to its rows."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.conversations.router import Router
from bot.conversations.step import Surroundings
from bot.inbox import Inbox
from scheduler.clock import MovableClock
from scheduler.delivery_queue import mark_sent
from scheduler.delivery_status import DeliveryStatus, Stage
from scheduler.sender import SendReceipt
from storage.models import Delivery, DeliveryState, PersonAddress
from storage.queries import claims, deliveries, inbound
from tests.story import not_understood

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Desk:
    """An inbox with rows of the ledger; news is handed in as it was parsed."""

    def __init__(self, database):
        self.database, self.clock, self.news = database, MovableClock(NOW), []
        router = Router(database, [], not_understood, Surroundings(regulations={}, links=lambda _code: {}))
        self.inbox = Inbox(database, router, self.clock, {"whatsapp": lambda raw, _: self.news[int(raw)]}, {})

    async def row(self, state=DeliveryState.SENT, ref="wamid.1", **more):
        async with self.database.transaction() as session:
            fields = {"channel": "whatsapp", "chat_id": "ID.1", "message_key": "x", "parameters": {}, "message": {}}
            times = {"not_before": NOW, "created_at": NOW, "sending_at": NOW}
            row = Delivery(**fields | times | {"state": state, "message_ref": ref, "attempt": 1} | more)
            session.add(row)
            await session.flush()
            return row.id

    async def hears(self, *news):
        async with self.database.transaction() as session:
            for one in news:
                number = str(len(self.news))
                self.news.append(one)
                await inbound.store(session, "whatsapp", number, number.encode(), NOW)
        await self.inbox.drain()

    async def accepts(self, number):
        """The answer to its request is recorded, as whoever sent it does."""
        async with self.database.transaction() as session:
            await claims.record_sent(session, [(number, "wamid.1", NOW)])
            await mark_sent(session, await deliveries.find(session, number), SendReceipt("wamid.1"), NOW)

    async def reachable(self):
        async with self.database.transaction() as session:
            return [reason is None for reason in await session.scalars(select(PersonAddress.unreachable))]

    async def now(self, number):
        async with self.database.transaction() as session:
            return await session.get_one(Delivery, number)


def status(stage, number=None, ref="wamid.1", at=NOW, error=None, charged_as=None, began=NOW):
    return DeliveryStatus("whatsapp", Stage(stage), at, ref, number, error, charged_as, number and began)
