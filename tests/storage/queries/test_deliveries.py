"""The ledger: a row changes state only from the state it is in, and what may leave is found in order."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.models import DeliveryState, Priority
from storage.queries import claims, deliveries
from tests.statements import recorded

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


async def test_a_row_is_changed_only_from_the_named_states(session):
    row = await add(session)
    assert await deliveries.change(session, row.id, of=[PLANNED], to={"state": SENDING})
    assert not await deliveries.change(session, row.id, of=[PLANNED], to={"state": SENDING})
    assert row.state is SENDING


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("reason", [None, "OutcomeUnknown", "interrupted", "WindowClosed", "ChannelDown"])
async def test_what_may_have_been_sent_is_settled_and_what_surely_was_not_is_left(session, state, reason):
    row = await add(session, state=state, reason=reason)
    settled = await deliveries.settle(session, row.id, {"state": SENT, "reason": None})
    in_the_dark = state in deliveries.WAITING and reason not in ("WindowClosed", "ChannelDown")
    assert settled is (in_the_dark or state in (SENDING, DeliveryState.UNCERTAIN))
    assert row.state is (SENT if settled else state)


async def test_what_failed_along_with_a_row_is_what_never_left_for_the_same_reason_and_is_in_time(session):
    failed = {"state": DeliveryState.FAILED, "reason": "not_on_channel"}
    row = await add(session, **failed, sending_at=NOW)
    along = [
        await add(session, **failed, expires_at=NOW + MINUTE, created_at=NOW - MINUTE),
        await add(session, **failed),
    ]
    for other in (
        {"expires_at": NOW},
        {"created_at": NOW - MINUTE},
        {"sending_at": NOW},
        {"state": PLANNED},
        {"reason": "blocked"},
        {"chat_id": "2"},
        {"channel": "console"},
    ):
        await add(session, **failed | other)
    found = await deliveries.failed_along(session, row, "not_on_channel", NOW)
    assert [one.id for one in found] == [one.id for one in along]


async def test_expiry_touches_only_planned_rows(session):
    late, sending = await add(session, expires_at=NOW), await add(session, expires_at=NOW, state=SENDING)
    assert [row.id for row in await deliveries.expire(session, NOW, "expired", "held")] == [late.id]
    assert (late.state, sending.state) == (DeliveryState.MISSED, SENDING)


async def test_what_was_being_sent_is_uncertain_and_what_may_go_twice_is_planned_again(session):
    post = await add(session, state=SENDING, sending_at=NOW)
    reply = await add(session, state=SENDING, sending_at=NOW, repeatable=True)
    edit = await add(session, state=SENDING, sending_at=NOW, edits_id=post.id)
    template = await add(session, state=SENDING, sending_at=NOW, template="apel_pembacaan")
    fresh = await add(session, state=SENDING, sending_at=NOW + MINUTE)
    assert await deliveries.oldest_sending(session) == NOW
    known = await add(session, state=SENDING, sending_at=NOW)
    abandoned = await deliveries.abandon(session, "interrupted", repeats=2, before=NOW, besides=[known.id])
    assert [row.id for row in abandoned] == [post.id]
    assert [row.state for row in (post, reply, edit, template)] == [DeliveryState.UNCERTAIN, *[PLANNED] * 3]
    assert [row.state for row in (fresh, known)] == [SENDING, SENDING]


async def test_what_another_process_was_sending_is_told_from_ones_own(session):
    own = await add(session, state=SENDING, sending_at=NOW, claimed_by="me")
    others = [await add(session, state=SENDING, sending_at=NOW, claimed_by=holder) for holder in ("another", None)]
    assert list(await deliveries.abandon(session, "interrupted", repeats=2, holder="me")) == others
    assert own.state is SENDING


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


async def test_what_may_go_twice_waits_where_the_channel_tells_later_what_became_of_it(session):
    waits = await add(session, state=SENDING, sending_at=NOW, repeatable=True)
    goes = await add(session, state=SENDING, sending_at=NOW, repeatable=True, channel="other", not_before=NOW)
    again_at = {"telegram": NOW + MINUTE}
    assert await deliveries.abandon(session, "interrupted", again_at=again_at, repeats=2, holder="me") == []
    assert [row.not_before for row in (waits, goes)] == [NOW + MINUTE, NOW]


async def test_what_expires_says_what_it_waited_for(session):
    for reason in ("NoRoom", "Throttled", None):
        await add(session, expires_at=NOW, reason=reason)
    await add(session, expires_at=NOW, reason="NoRoom", held=True)
    rows = await deliveries.expire(session, NOW, "expired", "held", reasons={"NoRoom": "no_room"})
    assert [row.reason for row in sorted(rows, key=lambda row: row.id)] == ["no_room", "expired", "expired", "held"]


async def chosen_index(database, look):
    """How SQLite finds what `look` asks for."""
    async with database.transaction() as session:
        with recorded(database) as statements:
            await look(session)
        [(statement, parameters)] = statements
        plan = await (await session.connection()).exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in plan.all()]


async def test_a_row_is_found_by_its_reference_without_reading_those_of_the_channel(sqlite_database):
    [step] = await chosen_index(sqlite_database, lambda session: deliveries.of_reference(session, "whatsapp", "a"))
    assert "ix_deliveries_message (channel=? AND message_ref=?)" in step


async def test_a_message_is_found_by_its_chat_and_reference(sqlite_database):
    def look(session):
        return deliveries.find_by_message(session, "telegram", "1", "2")

    [step, *_] = await chosen_index(sqlite_database, look)
    assert "ix_deliveries_message (channel=? AND message_ref=? AND chat_id=?)" in step


async def test_what_left_lately_is_found_by_when_it_left(sqlite_database):
    [step] = await chosen_index(sqlite_database, lambda session: claims.recent_sends(session, "telegram", NOW, NOW))
    assert "ix_deliveries_sending_at (channel=? AND sending_at>? AND sending_at<?)" in step
