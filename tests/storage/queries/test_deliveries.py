"""The ledger: a row changes state only from the state it is in, and what may leave is found in order."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.models import DeliveryState, Priority
from storage.queries import deliveries

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLANNED, SENDING, SENT = DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


async def add(session, chat_id="1", **columns):
    values = {
        "channel": "telegram",
        "chat_id": chat_id,
        "message_key": "broadcast/post",
        "parameters": {},
        "message": {"text": "a"},
        "priority": Priority.REPLY,
        "not_before": NOW,
        "created_at": NOW,
    }
    return await deliveries.add(session, values | columns)


async def waiting(session, now=NOW, channels=("telegram",), limit=10):
    return [row.id for row in await deliveries.waiting(session, now, channels, limit)]


async def test_a_row_is_changed_only_from_the_named_states(session):
    row = await add(session)
    assert await deliveries.change(session, row.id, of=[PLANNED], to={"state": SENDING})
    assert not await deliveries.change(session, row.id, of=[PLANNED], to={"state": SENDING})
    assert row.state is SENDING


async def test_what_waits_is_ordered_by_priority_then_age_and_limited(session):
    push = await add(session, priority=Priority.PUSH)
    notice = await add(session, priority=Priority.NOTICE)
    first, second = await add(session), await add(session)
    assert await waiting(session) == [first.id, second.id, notice.id, push.id]
    assert await waiting(session, limit=1) == [first.id]


async def test_too_early_too_late_and_foreign_rows_do_not_wait(session):
    await add(session, not_before=NOW + MINUTE)
    await add(session, expires_at=NOW)
    await add(session, channel="console")
    assert await waiting(session) == []
    assert await deliveries.next_not_before(session, NOW, ["telegram"]) == NOW + MINUTE
    assert await deliveries.next_expiry(session) == NOW


async def test_a_row_that_was_put_back_holds_its_chat_and_no_other(session):
    await add(session, attempt=1, not_before=NOW + MINUTE)
    await add(session)
    other = await add(session, chat_id="2")
    assert await waiting(session) == [other.id]
    assert len(await waiting(session, NOW + MINUTE)) == 3


async def test_a_part_waits_for_the_part_before_it_and_falls_with_it(session):
    first = await add(session)
    second = await add(session, follows_id=first.id)
    third = await add(session, follows_id=second.id)
    assert await waiting(session) == [first.id]
    await deliveries.change(session, first.id, of=[PLANNED], to={"state": SENT})
    assert await waiting(session) == [second.id]
    await deliveries.change(session, second.id, of=[PLANNED], to={"state": DeliveryState.UNCERTAIN})
    await deliveries.drop_followers(session)
    await session.refresh(third)
    assert (third.state, third.reason) == (DeliveryState.CANCELLED, "stopped")
    assert (await deliveries.follower(session, first.id)).id == second.id


async def test_expiry_touches_only_planned_rows(session):
    late, sending = await add(session, expires_at=NOW), await add(session, expires_at=NOW, state=SENDING)
    assert [row.id for row in await deliveries.expire(session, NOW, "expired", "held")] == [late.id]
    assert (late.state, sending.state) == (DeliveryState.MISSED, SENDING)


async def test_what_was_being_sent_is_uncertain_and_what_may_go_twice_is_planned_again(session):
    post = await add(session, state=SENDING, sending_at=NOW)
    reply = await add(session, state=SENDING, sending_at=NOW, repeatable=True)
    fresh = await add(session, state=SENDING, sending_at=NOW + MINUTE)
    assert await deliveries.oldest_sending(session) == NOW
    assert [row.id for row in await deliveries.abandon(session, NOW, "interrupted")] == [post.id]
    assert [row.state for row in (post, reply, fresh)] == [DeliveryState.UNCERTAIN, PLANNED, SENDING]


async def test_a_message_is_found_by_its_reference_and_not_by_an_edit_of_it(session):
    original = await add(session, state=SENT, message_ref="7")
    await add(session, state=SENT, message_ref="7", edits_id=original.id)
    assert await deliveries.find_by_message(session, "telegram", "1", "7") == original.id
    assert await deliveries.find_by_message(session, "telegram", "2", "7") is None


async def test_a_whole_chat_or_one_topic_is_changed(session):
    general, topic = await add(session), await add(session, topic_id="5")
    to = {"state": DeliveryState.FAILED, "reason": "topic_closed"}
    assert await deliveries.change_chat(session, "telegram", "1", "5", of=[PLANNED], to=to) == [topic]
    assert await deliveries.change_chat(session, "telegram", "1", None, of=[PLANNED], to=to) == [general]


async def test_of_waiting_edits_only_the_newest_stays(session):
    original = await add(session, state=SENT, message_ref="7")
    old, new = await add(session, edits_id=original.id), await add(session, edits_id=original.id)
    await deliveries.drop_superseded_edits(session)
    await session.refresh(old)
    assert (old.state, old.reason, new.state) == (DeliveryState.CANCELLED, "superseded", PLANNED)
