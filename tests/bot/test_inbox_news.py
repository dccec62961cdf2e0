"""News of messages is written into their rows in the order it came, and one that cannot be is no one else's trouble."""

from datetime import datetime, timedelta

import pytest

from scheduler.errors import ChannelDown, MessageRefused
from storage.models import Delivery, DeliveryState
from storage.queries import inbound
from tests.bot.news_desk import NOW, Desk, status

NAIVE = datetime(2026, 11, 30)  # noqa: DTZ001  what no column takes


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
async def test_that_the_channel_sent_it_is_kept_apart_from_that_its_server_took_it(desk, told):
    number = await desk.row()
    assert (await desk.now(number)).left_at is None
    later = NOW + timedelta(minutes=5)
    await desk.hears(*(status(stage, number) for stage in told), status("sent", number, at=later))
    assert (await desk.now(number)).left_at == NOW


async def test_of_what_goes_again_the_sending_that_failed_is_not_kept(desk):
    number = await desk.row()
    await desk.hears(status("sent", number), status("failed", number, error=ChannelDown("x")))
    row = await desk.now(number)
    assert (row.state, row.left_at) == (DeliveryState.PLANNED, None)


async def test_what_fails_after_it_was_delivered_stays_so_and_keeps_the_failure_with_a_warning(desk, caplog):
    number = await desk.row()
    await desk.hears(status("delivered", number), status("failed", number, error=MessageRefused("131026")))
    row = await desk.now(number)
    assert (row.state, row.delivered_at, row.reason) == (DeliveryState.SENT, NOW, "MessageRefused")
    assert "failed after it was delivered, which holds: 131026" in caplog.text


@pytest.mark.parametrize("told", [["sent"], ["sent", "delivered"], ["delivered", "sent"]])
async def test_as_what_it_is_charged_is_kept_whichever_news_tells_it(desk, told):
    number = await desk.row()
    await desk.hears(*(status(stage, number, charged_as="utility" if stage == "sent" else None) for stage in told))
    assert (await desk.now(number)).charged_as == "utility"


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.UNCERTAIN, DeliveryState.PLANNED])
async def test_news_of_an_earlier_attempt_settles_a_later_one_only_if_it_is_there(desk, state):
    later = NOW + timedelta(minutes=1)
    number = await desk.row(state, ref=None, sending_at=later, reason="OutcomeUnknown")
    await desk.hears(status("sent", number), status("failed", number, error=MessageRefused("x")))
    assert (await desk.now(number)).state is state
    await desk.hears(status("delivered", number))
    assert (await desk.now(number)).state is DeliveryState.SENT


async def test_a_row_that_was_too_late_although_it_had_arrived_is_sent(desk):
    number = await desk.row(DeliveryState.MISSED, ref=None, reason="expired")
    await desk.hears(status("sent", number))
    assert (await desk.now(number)).state is DeliveryState.MISSED
    await desk.hears(status("delivered", number))
    row = await desk.now(number)
    assert (row.state, row.reason, row.delivered_at) == (DeliveryState.SENT, None, NOW)


@pytest.mark.parametrize("stage", ["sent", "delivered", "read", "failed"])
@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNCERTAIN])
async def test_news_of_before_a_restore_touches_no_row_that_has_the_number_since(desk, stage, state):
    number = await desk.row(state, ref=None, reason="interrupted")
    await desk.hears(status(stage, number, ref="wamid.0", began=NOW - timedelta(microseconds=1)))
    row = await desk.now(number)
    assert (row.state, row.reason, row.delivered_at) == (state, "interrupted", None)


async def test_what_is_known_by_its_reference_is_found_although_its_number_is_another_rows(desk):
    one, other = await desk.row(), await desk.row(ref="wamid.2")
    await desk.hears(status("delivered", other, ref="wamid.1", began=NOW - timedelta(days=1)))
    assert [(await desk.now(row)).delivered_at for row in (one, other)] == [NOW, None]


async def test_whoever_taps_what_never_left_settles_nothing(desk):
    number = await desk.row(DeliveryState.PLANNED, ref=None, sending_at=None)
    await desk.hears(status("read", number, began=None))
    assert (await desk.now(number)).state is DeliveryState.PLANNED


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
