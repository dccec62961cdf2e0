"""Rows on their way out: found in order, claimed under a lease, begun by their holder alone, given back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from storage.models import DeliveryState, Priority
from storage.queries import claims, deliveries
from storage.queries.claims import PutBack

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PLANNED, CLAIMED, SENDING, SENT = (
    DeliveryState.PLANNED,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
    DeliveryState.SENT,
)
TELEGRAM = "telegram"


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


async def add(session, chat_id="1", **columns):
    values = {
        "channel": TELEGRAM,
        "chat_id": chat_id,
        "message_key": "broadcast/post",
        "parameters": {},
        "message": {"text": "a"},
        "priority": Priority.PUSH,
        "not_before": NOW,
        "created_at": NOW,
    }
    return await deliveries.add(session, values | columns)


async def waiting(session, now=NOW, **options):
    options = {"up_to": Priority.PUSH, "without": (), "most": 10} | options
    return [row.id for row in await claims.waiting(session, now, TELEGRAM, **options)]


async def states(session, *rows):
    for row in rows:
        await session.refresh(row)
    return [row.state for row in rows]


async def test_what_waits_is_ordered_by_priority_then_age_and_limited(session):
    push = await add(session)
    notice = await add(session, priority=Priority.NOTICE)
    first, second = [await add(session, priority=Priority.REPLY) for _ in range(2)]
    assert await waiting(session) == [first.id, second.id, notice.id, push.id]
    assert await waiting(session, most=1) == [first.id]
    assert await waiting(session, up_to=Priority.NOTICE) == [first.id, second.id, notice.id]


async def test_the_order_in_which_rows_leave_is_that_of_an_index(session):
    """However many wait: nothing is sorted, and nothing read that is not taken or passed over."""
    if session.get_bind().dialect.name != "sqlite":
        return  # there statistics decide, and a table this small is read whole
    asked = []
    connection = await session.connection()
    event.listen(connection.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
    await waiting(session)
    await claims.waiting_in(session, NOW, TELEGRAM, "1", 10)
    for (statement, parameters), index in zip(list(asked), ("ix_deliveries_queue", "ix_deliveries_chat"), strict=True):
        plan = [row[3] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert index in plan[0]
        assert not [step for step in plan if "TEMP B-TREE" in step]


async def test_too_early_too_late_held_foreign_and_passed_over_rows_do_not_wait(session):
    await add(session, not_before=NOW + MINUTE)
    await add(session, not_before=NOW + SECOND, held=True)
    await add(session, expires_at=NOW)
    await add(session, held=True)
    await add(session, channel="console")
    await add(session, state=CLAIMED)
    await add(session, "2")
    assert await waiting(session, without=["2", "3"]) == []
    assert await claims.next_due(session, NOW, TELEGRAM) == NOW + MINUTE
    assert await claims.next_due(session, NOW, "post") is None


async def test_of_one_chat_its_own_rows_wait_in_order(session):
    push, reply = await add(session), await add(session, priority=Priority.REPLY)
    await add(session, "2")
    found = await claims.waiting_in(session, NOW, TELEGRAM, "1", 10)
    assert [row.id for row in found] == [reply.id, push.id]
    assert len(await claims.waiting_in(session, NOW, TELEGRAM, "1", 1)) == 1


async def test_a_row_tells_what_it_follows_and_edits(session):
    first = await add(session, state=SENT, message_ref="7")
    part = await add(session, follows_id=first.id)
    edit = await add(session, edits_id=part.id)
    rows = {row.id: row for row in await claims.waiting(session, NOW, TELEGRAM, up_to=10, without=(), most=10)}
    assert (rows[part.id].before, rows[part.id].original) == (SENT, None)
    assert (rows[edit.id].original, rows[edit.id].original_chat, rows[edit.id].original_ref) == (PLANNED, "1", None)
    assert '"text"' in rows[part.id].message


async def test_a_chat_waits_for_its_row_that_was_tried_and_put_back(session):
    await add(session, reason="Throttled", not_before=NOW + MINUTE)
    await add(session, reason="Throttled", not_before=NOW + MINUTE / 2, priority=Priority.NOTICE)
    await add(session, "2", not_before=NOW + MINUTE)
    await add(session, "3", reason="Throttled", not_before=NOW)
    await add(session, "4", reason="Throttled", not_before=NOW + MINUTE, held=True)
    assert await claims.put_back(session, NOW, TELEGRAM) == [PutBack("1", NOW + MINUTE, Priority.NOTICE)]


async def test_what_is_claimed_is_begun_by_its_holder_alone_and_once(session):
    row, other = await add(session), await add(session, "2")
    await claims.claim(session, [row.id, other.id], "me", NOW + MINUTE)
    assert await waiting(session) == []
    assert await claims.begin(session, [row.id], "another", NOW) == set()
    assert await claims.begin(session, [row.id, 404], "me", NOW) == {row.id}
    assert await claims.begin(session, [row.id], "me", NOW) == set()
    assert await states(session, row, other) == [SENDING, CLAIMED]
    assert (row.attempt, row.sending_at, row.claimed_by) == (1, NOW, "me")


async def test_what_was_cancelled_or_is_too_late_meanwhile_is_not_begun(session):
    late, cancelled = await add(session, expires_at=NOW + SECOND), await add(session, "2")
    await claims.claim(session, [late.id, cancelled.id], "me", NOW + MINUTE)
    await claims.cancel(session, "telegram", {cancelled.id: "stopped"})
    assert await claims.begin(session, [late.id, cancelled.id], "me", NOW + SECOND) == set()
    assert await states(session, late, cancelled) == [CLAIMED, DeliveryState.CANCELLED]
    assert cancelled.reason == "stopped"


async def test_a_claim_lapses_unless_its_holder_renews_it(session):
    mine, theirs = await add(session), await add(session, "2")
    await claims.claim(session, [mine.id], "me", NOW + MINUTE)
    await claims.claim(session, [theirs.id], "another", NOW + MINUTE)
    assert await claims.next_lapse(session, "me") == NOW + MINUTE
    await claims.renew(session, "me", NOW + 2 * MINUTE)
    assert await claims.lapse(session, NOW + MINUTE) == 1
    assert await states(session, mine, theirs) == [CLAIMED, PLANNED]


async def test_what_others_claimed_is_taken_from_them(session):
    mine, theirs = await add(session), await add(session, "2")
    await claims.claim(session, [mine.id], "me", NOW + MINUTE)
    await claims.claim(session, [theirs.id], "another", NOW + MINUTE)
    assert await claims.take_from_others(session, "me") == 1
    assert await states(session, mine, theirs) == [CLAIMED, PLANNED]


async def test_one_gives_back_what_one_has_claimed_and_nothing_else(session):
    first, second, theirs = [await add(session, str(number)) for number in range(3)]
    await claims.claim(session, [first.id, second.id], "me", NOW + MINUTE)
    await claims.claim(session, [theirs.id], "another", NOW + MINUTE)
    await claims.give_back(session, [first.id, theirs.id], "me")
    assert await states(session, first, second, theirs) == [PLANNED, CLAIMED, CLAIMED]


async def test_giving_all_back_frees_what_surely_never_left_and_spares_what_may_have(session):
    claimed, never_left, leaving = [await add(session, str(number)) for number in range(3)]
    await claims.claim(session, [claimed.id, never_left.id, leaving.id], "me", NOW + MINUTE)
    await claims.begin(session, [never_left.id, leaving.id], "me", NOW)
    await claims.give_all_back(session, "me", surely=[never_left.id])
    assert await states(session, claimed, never_left, leaving) == [PLANNED, PLANNED, SENDING]
    assert never_left.attempt == 0


@pytest.mark.parametrize("before", [PLANNED, CLAIMED, SENDING, DeliveryState.UNCERTAIN])
async def test_the_servers_word_counts_whatever_the_row_became_meanwhile(session, before):
    row = await add(session, state=before, reason="interrupted")
    await claims.record_sent(session, [(row.id, "9", NOW)])
    assert await states(session, row) == [SENT]
    assert (row.message_ref, row.sent_at, row.reason) == ("9", NOW, None)


@pytest.mark.parametrize("before", [PLANNED, CLAIMED])
async def test_the_servers_word_counts_for_nothing_once_it_is_known_not_to_have_arrived(session, before):
    told, others = await add(session, state=before, reason="WindowClosed"), await add(session, "2", state=before)
    await claims.record_sent(session, [(told.id, "9", NOW), (others.id, "10", NOW)])
    assert await states(session, told, others) == [before, SENT]


async def test_what_ended_otherwise_does_not_become_sent(session):
    row = await add(session, state=DeliveryState.CANCELLED)
    await claims.record_sent(session, [(row.id, "9", NOW)])
    assert await states(session, row) == [DeliveryState.CANCELLED]


async def test_the_requests_of_the_last_minute_are_told_in_order(session):
    await add(session, sending_at=NOW - MINUTE)
    await add(session, "2", sending_at=NOW, state=SENT)
    await add(session, "3", sending_at=NOW - SECOND, state=SENDING)
    await add(session, "4", sending_at=NOW, channel="console")
    await add(session, "5", sending_at=NOW + SECOND, state=SENT)  # by a clock that was ahead
    recent = await claims.recent_sends(session, TELEGRAM, NOW - MINUTE, NOW)
    assert [(send.chat_id, send.at) for send in recent] == [("3", NOW - SECOND), ("2", NOW)]


async def test_the_chats_that_were_told_to_wait_are_told_with_the_last_instant_of_each(session):
    await add(session, "1", not_before=NOW + SECOND, reason="Throttled")
    await add(session, "1", not_before=NOW + MINUTE, reason="Throttled")
    await add(session, "2", not_before=NOW, reason="Throttled")
    await add(session, "3", not_before=NOW + MINUTE, reason="ChannelDown")
    await add(session, "4", not_before=NOW + MINUTE)
    assert await claims.told_to_wait(session, NOW, TELEGRAM, "Throttled") == [("1", NOW + MINUTE)]


async def test_what_waited_for_one_reason_is_woken_of_the_whole_channel_or_one_chat(session):
    later = {"not_before": NOW + MINUTE, "reason": "ChannelDown"}
    rows = [await add(session, chat, **later) for chat in ("1", "2")]
    other, elsewhere = await add(session, "3", **later | {"reason": "Throttled"}), await add(session, "1", **later)
    elsewhere.channel = "console"
    await session.flush()
    await claims.wake_chat(session, NOW, TELEGRAM, "1", "ChannelDown")
    for row in (*rows, other, elsewhere):
        await session.refresh(row)
    assert [row.not_before for row in (*rows, other)] == [NOW, NOW + MINUTE, NOW + MINUTE]
    assert await claims.wake(session, NOW, TELEGRAM, "ChannelDown") == {"2"}
    for row in (*rows, other, elsewhere):
        await session.refresh(row)
    assert [row.not_before for row in (*rows, other, elsewhere)] == [NOW, NOW, NOW + MINUTE, NOW + MINUTE]


async def test_what_was_put_back_is_told_but_for_what_is_overtaken(session):
    for chat, reason in (("1", "ChannelDown"), ("2", "OutcomeUnknown"), ("3", None)):
        await add(session, chat, not_before=NOW + MINUTE, reason=reason)
    assert {found.chat_id for found in await claims.put_back(session, NOW, TELEGRAM)} == {"1", "2"}
    assert {found.chat_id for found in await claims.put_back(session, NOW, TELEGRAM, ["OutcomeUnknown"])} == {"1"}
