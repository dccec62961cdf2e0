import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from content.message import Document
from content.splitting import TEXT_LIMIT
from scheduler import delivery_queue
from scheduler.errors import MessageRefused, OutcomeUnknown, RecipientMoved
from scheduler.sender import Destination, SendReceipt
from storage.models import Delivery, DeliveryState, InboundUpdate, Priority, ScheduleKind
from storage.queries import claims, deliveries
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP, MONDAY_READING

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
CHAT = Destination(channel="console", chat_id="1")
PARAMETERS = {"group": "Apel <Dinas>", "reason": "muted", "schedules": ["Apel pagi"]}


async def inbound(session):
    row = InboundUpdate(channel="console", update_id="7", raw=b"", received_at=NOW)
    session.add(row)
    await session.flush()
    return row.id


async def test_enqueue_stores_the_final_wording_with_key_and_parameters(database):
    async with database.transaction() as session:
        row = await delivery_queue.enqueue(
            session, destination=CHAT, key="notice/group_paused", parameters=PARAMETERS, now=NOW
        )
        assert row is not None
        assert (row.message_key, row.parameters, row.not_before) == ("notice/group_paused", PARAMETERS, NOW)
        assert "Apel &lt;Dinas&gt;" in delivery_queue.message_of(row).text


async def test_enqueue_of_a_taken_key_stores_nothing(database):
    async with database.transaction() as session:
        cause = await inbound(session)
        rows = [
            await delivery_queue.enqueue(
                session, destination=CHAT, key="notice/group_paused", parameters=PARAMETERS, now=NOW, inbound_id=cause
            )
            for _ in range(2)
        ]
    assert rows[0] is not None
    assert rows[1] is None


async def test_a_document_comes_back_byte_for_byte(database):
    document = Document(name="log.csv", data=bytes(range(256)))
    async with database.transaction() as session:
        row = await delivery_queue.enqueue(
            session,
            destination=CHAT,
            key="notice/group_paused",
            parameters=PARAMETERS,
            now=NOW,
            document=document,
        )
        identity = row.id
    async with database.transaction() as session:
        stored = await session.get(Delivery, identity)
        assert delivery_queue.message_of(stored).document == document


async def queue_code(session):
    parameters = {"office": "Dinas", "role": "Anggota", "links": [], "code": "rahasia", "uses": 1, "expires": NOW}
    return await delivery_queue.enqueue(
        session, destination=CHAT, key="registration/invitation", parameters=parameters, now=NOW
    )


async def test_a_code_to_join_is_forgotten_once_it_was_sent(database):
    async with database.transaction() as session:
        row = await queue_code(session)
        await delivery_queue.mark_sent(session, row, SendReceipt("m1"), NOW)
        await session.refresh(row)
        assert (row.parameters, delivery_queue.message_of(row).text, row.message_ref) == ({}, "", "m1")


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNCERTAIN])
async def test_a_code_that_did_not_arrive_is_forgotten_too(database, state):
    async with database.transaction() as session:
        row = await queue_code(session)
        await begin(session, row.id, NOW)
        await delivery_queue.finish(session, row, state, "blocked")
        await session.refresh(row)
        assert (row.state, row.parameters, delivery_queue.message_of(row).text) == (state, {}, "")


async def begin(session, identity, now, holder="a"):
    """Claim a row and begin to send it; whether it could be."""
    await claims.claim(session, [identity], holder, now + timedelta(minutes=1))
    return identity in await claims.begin(session, [identity], holder, now)


async def say(machine, text, chat_id="1", *, repeatable=True, **options):
    """Queue a free text; its id."""
    options = {"priority": Priority.REPLY} | options
    async with machine.database.transaction() as session:
        row = await delivery_queue.enqueue(
            session,
            destination=Destination(CHANNEL, chat_id),
            key="broadcast/post",
            parameters={"text": text, "office": "Dinas"},
            now=machine.clock.now(),
            **options,
        )
        row.repeatable = repeatable
        return row.id


def texts(machine, chat_id="1"):
    return [text.split("\n")[0] for text in machine.sender.texts(chat_id)]


async def state_of(machine, identity):
    async with machine.database.transaction() as session:
        row = await deliveries.find(session, identity)
        return row.state, row.reason


async def tick(machine, **ahead):
    return await machine.at(machine.clock.now() + timedelta(**ahead))


async def test_a_row_is_claimed_once(machine):
    identity = await say(machine, "a")
    async with machine.database.transaction() as session:
        assert await begin(session, identity, FRIDAY)
        assert not await begin(session, identity, FRIDAY, "another")


async def test_replies_leave_before_pushes_and_a_chat_keeps_its_order(machine):
    await say(machine, "dorongan", priority=Priority.PUSH)
    for text in ("satu", "dua", "tiga"):
        await say(machine, text)
    await tick(machine)
    assert texts(machine) == ["satu", "dua", "tiga", "dorongan"]


async def test_a_row_that_was_put_back_is_not_overtaken(machine):
    machine.sender.refuse("1", OutcomeUnknown())
    await say(machine, "satu")
    await say(machine, "dua")
    await tick(machine)
    await say(machine, "tiga")
    await tick(machine, seconds=4)
    assert texts(machine) == []
    await tick(machine, seconds=1)
    assert texts(machine) == ["satu", "dua", "tiga"]


async def test_a_row_waits_for_its_time_and_not_beyond_its_window(machine):
    early = await say(machine, "nanti", not_before=FRIDAY + timedelta(hours=1))
    late = await say(machine, "basi", chat_id="2", expires_at=FRIDAY + timedelta(minutes=1), not_before=FRIDAY)
    await machine.at(FRIDAY + timedelta(minutes=1))
    assert await state_of(machine, early) == (DeliveryState.PLANNED, None)
    assert await state_of(machine, late) == (DeliveryState.MISSED, "expired")
    await machine.at(FRIDAY + timedelta(hours=1))
    assert texts(machine) == ["nanti"]


async def test_a_long_message_leaves_in_parts_in_order(machine):
    await say(machine, "kalimat panjang. " * 600)
    await tick(machine)
    rows = await machine.all(Delivery)
    assert [row.part for row in rows] == ["", "/2", "/3"]
    assert [item.message.text[-5:] for item in machine.sender.accepted] == ["(1/3)", "(2/3)", "(3/3)"]
    assert all(len(text) <= TEXT_LIMIT for text in machine.sender.texts("1"))


async def test_after_an_uncertain_part_the_rest_stays_until_it_is_sent_again(machine):
    group = await machine.add_group()
    await machine.add_schedule(groups=(group,))
    await machine.at(FRIDAY)
    machine.sender.lose_answer(GROUP, OutcomeUnknown())
    cause = await say(machine, "panjang sekali. " * 600, GROUP, repeatable=False, group_id=group, occurrence_id=1)
    await tick(machine)
    assert [row.state.value for row in await machine.all(Delivery)] == ["uncertain", "cancelled", "cancelled"]
    for _ in range(2):
        async with machine.database.transaction() as session:
            again = await delivery_queue.send_again(session, cause, machine.clock.now())
    assert again is None  # the second time
    await tick(machine)
    assert [text[-5:] for text in machine.sender.texts(GROUP)] == ["(1/3)", "(1/3)", "(2/3)", "(3/3)"]


async def test_what_is_not_uncertain_is_not_sent_again(machine):
    identity = await say(machine, "a")
    await tick(machine)
    async with machine.database.transaction() as session:
        assert await delivery_queue.send_again(session, identity, FRIDAY) is None
        assert await delivery_queue.send_again(session, 404, FRIDAY) is None


async def test_an_edit_waits_for_its_message_and_the_newest_wins(machine):
    original = await say(machine, "asli", not_before=FRIDAY + timedelta(minutes=1))
    await say(machine, "ralat 1", edits_id=original)
    newest = await say(machine, "ralat 2", edits_id=original)
    await tick(machine)
    assert texts(machine) == []
    await tick(machine, minutes=1)
    await tick(machine)
    assert texts(machine) == ["asli", "ralat 2"]
    assert machine.sender.accepted[1].replaces == machine.sender.accepted[0].reference
    await say(machine, "ralat 3", edits_id=newest)  # an edit of an edit is one of the original
    await tick(machine)
    assert machine.sender.accepted[2].replaces == machine.sender.accepted[0].reference


async def test_an_edit_of_a_message_that_never_left_is_dropped(machine):
    machine.sender.refuse("1", MessageRefused(""))
    original = await say(machine, "asli")
    edit = await say(machine, "ralat", edits_id=original)
    await tick(machine)
    await tick(machine)
    assert await state_of(machine, edit) == (DeliveryState.CANCELLED, "nothing_to_edit")


async def test_an_edit_whose_answer_was_lost_goes_again(machine):
    original = await say(machine, "asli")
    await tick(machine)
    machine.sender.lose_answer("1", OutcomeUnknown())
    await say(machine, "ralat", edits_id=original, repeatable=False)
    await tick(machine)
    await tick(machine, seconds=5)
    assert texts(machine) == ["asli", "ralat", "ralat"]


async def test_a_message_left_behind_in_the_old_chat_is_not_edited_in_the_new_one(machine):
    group = await machine.add_group()
    original = await say(machine, "asli", GROUP, group_id=group)
    await tick(machine)
    machine.sender.refuse(GROUP, RecipientMoved("-1009"))
    edit = await say(machine, "ralat", GROUP, group_id=group, edits_id=original)
    await tick(machine)
    assert texts(machine, "-1009") == []
    assert (await state_of(machine, edit))[0] is DeliveryState.CANCELLED


async def test_a_reply_whose_answer_is_lost_twice_is_uncertain(machine):
    machine.sender.lose_answer("1", OutcomeUnknown(), OutcomeUnknown())
    identity = await say(machine, "satu")
    await tick(machine)
    await tick(machine, seconds=5)
    await tick(machine, hours=1)
    assert texts(machine) == ["satu", "satu"]
    assert (await state_of(machine, identity))[0] is DeliveryState.UNCERTAIN


async def test_a_late_record_of_success_settles_an_uncertain_row(machine):
    identity = await say(machine, "satu")
    async with machine.database.transaction() as session:
        await begin(session, identity, FRIDAY)
        row = await deliveries.find(session, identity)
        await delivery_queue.finish(session, row, DeliveryState.UNCERTAIN, "interrupted")
        await delivery_queue.mark_sent(session, row, SendReceipt("9"), FRIDAY)
    assert await state_of(machine, identity) == (DeliveryState.SENT, None)


POSTS = {  # part -> state and reason
    "whole": {"": ("sent", None), "/2": ("sent", None)},
    "half": {"": ("sent", None), "/2": ("failed", "refused"), "/3": ("cancelled", "stopped")},
    "going on": {"": ("sent", None), "/2": ("planned", None), "/3": ("planned", None)},
    "to be tapped": {"": ("sent", None), "/2": ("cancelled", "on_tap")},
    "not at all": {"": ("failed", "blocked"), "/2": ("cancelled", "stopped")},
    "sent again": {
        "": ("uncertain", "OutcomeUnknown"),
        "/2": ("cancelled", "stopped"),
        "/again": ("sent", None),
        "/2/again": ("missed", "expired"),
    },
    "settled after it was sent again": {
        "": ("sent", None),
        "/2": ("cancelled", "stopped"),
        "/again": ("sent", None),
        "/2/again": ("sent", None),
    },
}


async def test_a_post_of_several_parts_stands_where_its_first_missing_part_does(machine):
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=(await machine.add_group(),), body="satu")
    await machine.at(MONDAY_READING)
    [occurrence] = await machine.due_occurrences()
    for chat, parts in POSTS.items():
        before = None
        for part, (state, reason) in parts.items():
            begins = part in ("", "/again")
            values = {"chat_id": chat, "part": part, "state": DeliveryState(state), "reason": reason}
            same = {"channel": CHANNEL, "message_key": "broadcast/post", "parameters": {}, "message": {}}
            times = {"not_before": FRIDAY, "created_at": FRIDAY}
            row = Delivery(**values, **same, **times, occurrence_id=occurrence.id)
            row.follows_id = None if begins else before
            before = await machine._add(row)
    async with machine.database.transaction() as session:
        assert await deliveries.progress(session, occurrence.id) == {
            DeliveryState.SENT: 4,  # the group's own, too
            DeliveryState.FAILED: 2,
            DeliveryState.PLANNED: 1,
            DeliveryState.MISSED: 1,
        }


async def test_what_waits_for_news_of_a_post_that_is_sent_again_does_not_leave_besides(machine):
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=(await machine.add_group(),), body="satu")
    await machine.at(MONDAY_READING)
    [occurrence] = await machine.due_occurrences()
    same = {"channel": CHANNEL, "chat_id": "1", "message_key": "broadcast/post", "parameters": {}, "message": {}}
    same |= {"occurrence_id": occurrence.id, "not_before": FRIDAY, "created_at": FRIDAY}
    first = await machine._add(Delivery(**same, part="", state=DeliveryState.UNCERTAIN, reason="OutcomeUnknown"))
    behind = Delivery(**same, part="/2", follows_id=first, state=DeliveryState.PLANNED, reason="OutcomeUnknown")
    await machine._add(behind)
    async with machine.database.transaction() as session:
        await delivery_queue.send_again(session, first, MONDAY_READING)
        rows = [row for row in await deliveries.of_occurrence(session, occurrence.id) if row.chat_id == "1"]
    assert [(row.part, row.state.value) for row in rows] == [
        ("", "uncertain"),
        ("/2", "cancelled"),
        ("/again", "planned"),
        ("/2/again", "planned"),
    ]


async def test_a_broadcast_is_stopped_midway(machine):
    groups = [await machine.add_group(f"-{number}") for number in (1, 2, 3)]
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=tuple(groups), body="Rapat <b> pindah")
    machine.sender.refuse("-2", OutcomeUnknown())
    from_now = machine.new_worker(at_once=1)
    machine.clock.move_to(MONDAY_READING)
    await from_now.tick(MONDAY_READING, wait=False)
    [occurrence] = await machine.due_occurrences()
    await from_now.outbox.step()
    await asyncio.sleep(0)
    await from_now.outbox.stop(1)
    async with machine.database.transaction() as session:
        assert await deliveries.cancel_waiting(session, occurrence.id, "stopped") == 2
        assert await deliveries.progress(session, occurrence.id) == {
            DeliveryState.SENT: 1,
            DeliveryState.CANCELLED: 2,
        }
    await machine.restart()
    await machine.at(MONDAY_READING)
    assert texts(machine, "-1") == ["Rapat &lt;b&gt; pindah"]
    assert len(machine.sender.accepted) == 1
