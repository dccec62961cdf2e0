"""News of messages is written into their rows in the order it came, and one that cannot be is no one else's trouble."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations.router import Router
from bot.conversations.step import Surroundings
from bot.inbox import Inbox
from scheduler.clock import MovableClock
from scheduler.delivery_status import DeliveryStatus, Stage
from scheduler.errors import MessageRefused, OutcomeUnknown, Throttled, WindowClosed
from storage.models import Delivery, DeliveryState
from storage.queries import inbound
from tests.story import not_understood

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NAIVE = datetime(2026, 11, 30)  # noqa: DTZ001  what no column takes


class Desk:
    """An inbox with rows of the ledger; news is handed in as it was parsed."""

    def __init__(self, database):
        self.database, self.clock, self.news = database, MovableClock(NOW), []
        router = Router(database, [], not_understood, Surroundings(regulations={}, link=str))
        self.inbox = Inbox(database, router, self.clock, {"whatsapp": lambda raw, _: self.news[int(raw)]}, {})

    async def row(self, state=DeliveryState.SENT, ref="wamid.1", **more):
        async with self.database.transaction() as session:
            fields = {"channel": "whatsapp", "chat_id": "ID.1", "message_key": "x", "parameters": {}, "message": {}}
            times = {"not_before": NOW, "created_at": NOW}
            row = Delivery(state=state, message_ref=ref, attempt=1, **fields, **times, **more)
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

    async def now(self, number):
        async with self.database.transaction() as session:
            return await session.get_one(Delivery, number)


def status(stage, number=None, ref="wamid.1", at=NOW, error=None, charged_as=None):
    return DeliveryStatus("whatsapp", Stage(stage), at, ref, number, error, charged_as)


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.mark.parametrize(
    "before", [DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.PLANNED, DeliveryState.CLAIMED]
)
@pytest.mark.parametrize("stage", ["sent", "delivered", "read"])
async def test_what_a_lost_answer_left_open_is_settled(desk, before, stage):
    number = await desk.row(before, ref=None)
    await desk.hears(status(stage, number))
    row = await desk.now(number)
    assert (row.state, row.message_ref, row.sent_at) == (DeliveryState.SENT, "wamid.1", NOW)
    assert (row.delivered_at is not None, row.read_at is not None) == (stage != "sent", stage == "read")


async def test_without_a_number_the_reference_finds_the_row(desk):
    number = await desk.row()
    await desk.hears(status("delivered"))
    assert (await desk.now(number)).delivered_at == NOW


async def test_the_first_time_of_each_stage_is_kept(desk):
    number = await desk.row()
    later = NOW + timedelta(minutes=5)
    await desk.hears(status("read", number), status("delivered", number, at=later), status("read", number, at=later))
    row = await desk.now(number)
    assert (row.delivered_at, row.read_at) == (NOW, NOW)


@pytest.mark.parametrize("told", [["sent"], ["sent", "delivered"], ["delivered", "sent"]])
async def test_as_what_it_is_charged_is_kept_whichever_news_tells_it(desk, told):
    number = await desk.row()
    await desk.hears(*(status(stage, number, charged_as="utility" if stage == "sent" else None) for stage in told))
    assert (await desk.now(number)).charged_as == "utility"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(WindowClosed(), "window_closed"), (MessageRefused("x"), "refused"), (None, "refused")],
)
async def test_a_late_refusal_fails_the_row(desk, error, reason):
    number = await desk.row()
    await desk.hears(status("failed", number, error=error))
    row = await desk.now(number)
    assert (row.state, row.reason) == (DeliveryState.FAILED, reason)


@pytest.mark.parametrize("error", [Throttled(NOW + timedelta(minutes=1)), OutcomeUnknown()])
async def test_what_may_be_tried_again_is_planned_a_few_times(desk, error):
    number, often = await desk.row(), await desk.row(ref="wamid.2")
    async with desk.database.transaction() as session:
        (await session.get_one(Delivery, often)).attempt = 4
    await desk.hears(status("failed", number, error=error), status("failed", often, ref="wamid.2", error=error))
    assert (await desk.now(number)).state is DeliveryState.PLANNED
    assert (await desk.now(number)).not_before > NOW
    assert (await desk.now(often)).state is DeliveryState.FAILED


async def test_a_failure_of_an_earlier_attempt_or_another_device_changes_nothing(desk):
    number, read = await desk.row(), await desk.row(ref="wamid.2", delivered_at=NOW)
    await desk.hears(status("failed", number, ref="wamid.0"), status("failed", read, ref="wamid.2"))
    assert [(await desk.now(row)).state for row in (number, read)] == [DeliveryState.SENT] * 2


async def test_what_arrived_on_another_device_after_a_failure_is_there(desk):
    number = await desk.row()
    await desk.hears(status("failed", number), status("sent", number), status("delivered", number))
    assert (await desk.now(number)).state is DeliveryState.SENT


async def test_another_channels_row_is_never_touched(desk):
    async with desk.database.transaction() as session:
        other = Delivery(
            channel="telegram",
            chat_id="1",
            message_key="x",
            parameters={},
            message={},
            state=DeliveryState.UNCERTAIN,
            not_before=NOW,
            created_at=NOW,
        )
        session.add(other)
        await session.flush()
    await desk.hears(status("delivered", other.id))
    assert (await desk.now(other.id)).state is DeliveryState.UNCERTAIN


async def test_one_that_cannot_be_noted_leaves_the_others_noted_and_everything_handled(desk):
    number, bad = await desk.row(), await desk.row(ref="wamid.2")
    await desk.hears(status("read", bad, ref="wamid.2", at=NAIVE), None, status("read", number), status("read", 999))
    assert ((await desk.now(number)).read_at, (await desk.now(bad)).read_at) == (NOW, None)
    async with desk.database.transaction() as session:
        assert await inbound.unhandled(session) == []
