"""A message that is told to have failed ends, waits or goes again, and what is told after that settles it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelRefusesUs,
    MediaRefused,
    MessageRefused,
    OutcomeUnknown,
    RecipientBusy,
    RecipientUnreachable,
    Refusal,
    Throttled,
    UnreachableReason,
    WindowClosed,
    Withheld,
)
from storage.models import Delivery, DeliveryState, PersonAddress
from storage.queries import leases, people
from tests.bot.news_desk import NOW, Desk, status


@pytest.fixture
def desk(database):
    return Desk(database)


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


async def pause_of(desk):
    async with desk.database.transaction() as session:
        return await leases.paused_until(session, "whatsapp")


@pytest.fixture
async def acting(desk):
    """This process acts for the channel."""
    async with desk.database.transaction() as session:
        await leases.take(session, "whatsapp", "me", timedelta(minutes=1), NOW)


@pytest.mark.parametrize(
    ("error", "until"),
    [(ChannelBusy(), timedelta(seconds=30)), (ChannelRefusesUs(why=Refusal.QUALITY), timedelta(minutes=5))],
)
async def test_a_late_refusal_of_everything_pauses_the_channel_and_keeps_the_row(desk, acting, error, until):
    number = await desk.row()
    await desk.hears(status("failed", number, error=error))
    row = await desk.now(number)
    assert (row.state, row.reason, row.message_ref) == (DeliveryState.PLANNED, type(error).__name__, None)
    longest = until * 1.5 if isinstance(error, ChannelBusy) else until  # by chance a little longer
    assert row.not_before == await pause_of(desk)
    assert NOW + until <= row.not_before <= NOW + longest


async def test_being_refused_for_something_else_is_no_attempt_of_the_message(desk, acting):
    number = await desk.row()
    for _ in range(6):
        await desk.hears(status("failed", number, error=ChannelRefusesUs()))
        async with desk.database.transaction() as session:  # the channel took it, and will refuse it again
            row = await session.get_one(Delivery, number)
            row.state, row.message_ref, row.attempt = DeliveryState.SENT, "wamid.1", row.attempt + 1
    assert (await desk.now(number)).attempt == 1


async def test_a_file_that_is_refused_late_goes_once_more_and_then_its_words_alone(desk):
    message = {"text": "Datanya", "document": {"name": "a.csv", "data": "YTti"}}
    first, second = await desk.row(), await desk.row(ref="wamid.2")
    async with desk.database.transaction() as session:
        for number, attempt in ((first, 1), (second, 2)):
            row = await session.get_one(Delivery, number)
            row.message, row.attempt = message, attempt
    for number, ref in ((first, "wamid.1"), (second, "wamid.2")):
        await desk.hears(status("failed", number, ref=ref, error=MediaRefused()))
    rows = [await desk.now(number) for number in (first, second)]
    assert [row.state for row in rows] == [DeliveryState.PLANNED] * 2
    assert "document" in rows[0].message
    assert rows[1].message["text"].startswith("Datanya\n\n")
    assert "document" not in rows[1].message


@pytest.mark.parametrize("reason", ["OutcomeUnknown", "interrupted"])
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (MessageRefused("x"), DeliveryState.FAILED),
        (Withheld(), DeliveryState.FAILED),
        (ChannelBusy(), DeliveryState.PLANNED),
    ],
)
async def test_a_failure_settles_what_waits_for_news_of_a_lost_answer(desk, acting, reason, error, state):
    number = await desk.row(DeliveryState.PLANNED, ref=None, reason=reason)
    await desk.hears(status("failed", number, error=error))
    row = await desk.now(number)
    assert (row.state, row.reason != reason) == (state, True)


async def test_a_failure_that_was_heeded_does_not_end_the_next_attempt(desk):
    number = await desk.row(DeliveryState.PLANNED, ref=None, reason="ChannelBusy")
    await desk.hears(status("failed", number, error=MessageRefused("x")))
    assert (await desk.now(number)).state is DeliveryState.PLANNED


async def test_a_failure_of_an_earlier_attempt_or_another_device_changes_nothing(desk):
    number, read = await desk.row(), await desk.row(ref="wamid.2", delivered_at=NOW)
    await desk.hears(status("failed", number, ref="wamid.0"), status("failed", read, ref="wamid.2"))
    assert [(await desk.now(row)).state for row in (number, read)] == [DeliveryState.SENT] * 2


HEEDED = [WindowClosed(), ChannelRefusesUs(), ChannelBusy(), RecipientBusy(), MediaRefused(), ChannelDown()]
TOLD_FAILED = [(error, before) for error in HEEDED for before in (DeliveryState.SENT, DeliveryState.SENDING)]
IDS = [f"{type(error).__name__}, {before.value} before" for error, before in TOLD_FAILED]


async def planned_after(desk, error, before):
    """A row of a message that has a template, whose only attempt, in this state, did not arrive."""
    ref = None if before is DeliveryState.SENDING else "wamid.1"
    number = await desk.row(before, ref, message_key="reading/post", message={"text": "Isi"})
    await desk.hears(status("failed", number, error=error))
    row = await desk.now(number)
    assert (row.state, row.reason, row.message_ref) == (DeliveryState.PLANNED, type(error).__name__, None)
    return number


@pytest.mark.parametrize(("error", "before"), TOLD_FAILED, ids=IDS)
async def test_that_it_was_sent_means_nothing_once_it_is_known_not_to_have_arrived(desk, acting, error, before):
    number = await planned_after(desk, error, before)
    await desk.hears(status("sent", number, charged_as="utility"))
    await desk.accepts(number)
    row = await desk.now(number)
    assert (row.state, row.reason, row.charged_as) == (DeliveryState.PLANNED, type(error).__name__, None)


@pytest.mark.parametrize("stage", ["delivered", "read"])
@pytest.mark.parametrize(("error", "before"), TOLD_FAILED, ids=IDS)
async def test_what_arrived_after_a_failure_does_not_leave_again(desk, acting, error, before, stage):
    number = await planned_after(desk, error, before)
    await desk.hears(status(stage, number))
    row = await desk.now(number)
    assert (row.state, row.message_ref, row.delivered_at) == (DeliveryState.SENT, "wamid.1", NOW)


async def test_a_failure_for_which_an_answer_would_leave_it_open_leaves_nothing_open(desk):
    number = await desk.row()
    await desk.hears(status("failed", number, error=OutcomeUnknown()), status("sent", number))
    await desk.accepts(number)
    row = await desk.now(number)
    assert (row.state, row.reason) == (DeliveryState.PLANNED, "ChannelDown")


LOST = RecipientUnreachable(UnreachableReason.NOT_ON_CHANNEL)


async def test_who_got_it_after_all_can_be_written_to_and_gets_what_is_still_in_time(desk):
    async with desk.database.transaction() as session:
        await people.meet_person(session, "whatsapp", "ID.1", "ID.1", "Anggota 1", NOW)
    number, planned = await desk.row(), {"state": DeliveryState.PLANNED, "ref": None, "sending_at": None}
    hour = timedelta(hours=1)
    rows = {
        "in time": await desk.row(**planned, expires_at=NOW + hour),
        "an answer": await desk.row(**planned),
        "too late": await desk.row(**planned, expires_at=NOW),
        "of a leader's turn": await desk.row(**planned, expires_at=NOW + hour, part="leader:1:1"),
        "to forward": await desk.row(**planned, expires_at=NOW + hour, part="/forward"),
        "of before": await desk.row(**planned, created_at=NOW - hour),
        "somebody else's": await desk.row(**planned, chat_id="ID.2"),
    }
    await desk.hears(status("failed", number, error=LOST))
    assert await desk.reachable() == [False]
    await desk.hears(status("sent", number))
    assert await desk.reachable() == [False]
    await desk.hears(status("delivered", number))
    assert await desk.reachable() == [True]
    again = [name for name, row in rows.items() if (await desk.now(row)).state is DeliveryState.PLANNED]
    assert again == ["in time", "an answer", "somebody else's"]


@pytest.mark.parametrize(("wrote_after", "back"), [(-1, False), (0, True), (60, True)])
async def test_that_a_message_did_not_reach_somebody_who_wrote_after_it_left_closes_nothing(desk, wrote_after, back):
    left_at = NOW + timedelta(seconds=5, microseconds=250_000)
    heard_at = left_at.replace(microsecond=0) + timedelta(seconds=wrote_after)  # as far as the channel tells
    async with desk.database.transaction() as session:
        await people.meet_person(session, "whatsapp", "ID.1", "ID.1", "Anggota 1", NOW, heard_at=heard_at)
    number = await desk.row(sending_at=left_at)
    waiting = await desk.row(state=DeliveryState.PLANNED, ref=None, sending_at=None)
    await desk.hears(status("failed", number, error=LOST, began=left_at))
    assert ((await desk.now(number)).state, await desk.reachable()) == (DeliveryState.FAILED, [back])
    assert ((await desk.now(waiting)).state is DeliveryState.PLANNED) == back


async def test_who_does_not_want_messages_is_not_taken_to_want_them_because_one_arrived(desk):
    async with desk.database.transaction() as session:
        await people.meet_person(session, "whatsapp", "ID.1", "ID.1", "Anggota 1", NOW)
    number = await desk.row()
    await desk.hears(status("failed", number, error=RecipientUnreachable(UnreachableReason.OPTED_OUT)))
    await desk.hears(status("delivered", number))
    async with desk.database.transaction() as session:
        assert (await session.scalars(select(PersonAddress.opted_out_at))).all() == [NOW]


async def test_what_arrived_on_another_device_after_a_failure_is_there(desk):
    number = await desk.row()
    await desk.hears(status("failed", number), status("sent", number), status("delivered", number))
    assert (await desk.now(number)).state is DeliveryState.SENT
