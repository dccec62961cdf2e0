from datetime import UTC, datetime, time, timedelta

import pytest

from storage.models import (
    Delivery,
    DeliveryState,
    GroupChat,
    HolidayRule,
    Occurrence,
    OccurrenceState,
    Office,
    Schedule,
    ScheduleKind,
    ScheduleTarget,
)
from storage.queries import deliveries, holds, occurrences
from storage.queries.holds import HeldPush, OldMessage, OldPush

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def session(database):
    """Two offices, each with a group and a reading into it, of windows of 60 and 90 minutes."""
    async with database.transaction() as session:
        for number, window in ((1, 60), (2, 90)):
            named = {"regulation_id": "x", "timezone": "Asia/Jakarta", "created_at": NOW}
            session.add(Office(id=number, name=f"Dinas {number}", **named))
            await session.flush()
            session.add(
                GroupChat(id=number, office_id=number, channel="t", chat_id=f"-{number}", title="G", created_at=NOW)
            )
            session.add(
                Schedule(
                    id=number,
                    office_id=number,
                    kind=ScheduleKind.READING,
                    title=f"Apel {number}",
                    recurrence={},
                    at=time(7, 30),
                    timezone="Asia/Jakarta",
                    holiday_rule=HolidayRule.SKIP,
                    late_minutes=window,
                    planned_until=NOW,
                    created_at=NOW,
                )
            )
            await session.flush()
            session.add(ScheduleTarget(schedule_id=number, group_id=number))
            await session.flush()
        yield session


async def push(session, office_id=1, due_at=NOW, **columns):
    row = Occurrence(
        schedule_id=office_id,
        office_id=office_id,
        kind=ScheduleKind.READING,
        slot=f"{due_at}{columns}",
        day=due_at.date(),
        due_at=due_at,
        expires_at=due_at + HOUR,
        created_at=NOW,
        **columns,
    )
    session.add(row)
    await session.flush()
    return row


async def message(session, office_id=1, **columns):
    values = {"channel": "t", "chat_id": "7", "message_key": "x", "parameters": {}, "message": {"text": "x"}}
    values |= {"not_before": NOW, "created_at": NOW, "office_id": office_id} | columns
    row = Delivery(**values)
    session.add(row)
    await session.flush()
    return row


async def held_post(session, occurrence, **columns):
    into = {"chat_id": f"-{occurrence.office_id}", "group_id": occurrence.office_id, "occurrence_id": occurrence.id}
    return await message(session, occurrence.office_id, **({"held": True} | into | columns))


async def test_old_is_what_fell_due_and_has_not_ended(session):
    due = await push(session)
    await push(session, due_at=NOW + MINUTE)
    await push(session, due_at=NOW - HOUR)
    await push(session, due_at=NOW - MINUTE, state=OccurrenceState.POSTED)
    await push(session, due_at=NOW - 2 * MINUTE, held=True)
    assert await holds.old_pushes(session, NOW) == [OldPush(due.id, HOUR)]


async def test_old_messages_are_those_unsent_at_the_start_whoever_had_them_in_hand(session):
    occurrence = await push(session)
    of_push = await message(session, occurrence_id=occurrence.id)
    alone = [await message(session, state=state) for state in ("planned", "claimed", "sending")]
    tried = await message(session, not_before=NOW + HOUR, attempt=1)
    for columns in (
        {"not_before": NOW + HOUR},
        {"created_at": NOW + MINUTE},
        {"expires_at": NOW},
        {"state": "sent"},
        {"held": True},
        {"message_key": "hold/told"},
    ):
        await message(session, **columns)
    found = await holds.old_messages(session, NOW, besides="hold/told")
    expected = [OldMessage(of_push.id, 1, NOW, HOUR), *(OldMessage(row.id, 1, None, None) for row in (*alone, tried))]
    assert sorted(found, key=lambda old: old.id) == expected


async def test_each_office_has_the_window_of_its_reading(session):
    assert await holds.reading_windows(session) == {1: 60 * MINUTE, 2: 90 * MINUTE}


async def test_what_is_held_is_neither_due_nor_ever_in_the_way(session):
    occurrence, row = await push(session), await message(session, not_before=NOW + HOUR)
    await holds.hold(session, [occurrence.id], [row.id])
    assert await occurrences.due(session, NOW) == []
    assert await occurrences.next_due(session) == NOW + HOUR  # when it ends
    assert await occurrences.late(session, NOW + HOUR) == [occurrence]


async def test_held_rows_end_with_a_reason_of_their_own(session):
    held = await message(session, held=True, expires_at=NOW)
    late = await message(session, expires_at=NOW)
    await deliveries.expire(session, NOW, "expired", "held")
    for row in (held, late):
        await session.refresh(row)
    assert [(row.state, row.reason) for row in (held, late)] == [
        (DeliveryState.MISSED, "held"),
        (DeliveryState.MISSED, "expired"),
    ]


async def test_held_is_listed_push_by_push_and_the_rest_as_a_number(session):
    await push(session, held=True)
    posted = await push(session, due_at=NOW - MINUTE, state=OccurrenceState.POSTED)
    first = await held_post(session, posted)
    await held_post(session, posted, part="/2", follows_id=first.id)  # a later part of the same
    await held_post(session, posted, chat_id="-9")
    await held_post(session, posted, part="leader:1", group_id=None, chat_id="7")
    await message(session, held=True)
    await message(session, held=True, state="sending")  # nobody knows whether it went out
    await message(session, held=True, state="sending", repeatable=True)
    await message(session, 2, held=True, state="cancelled")
    assert await holds.held_pushes(session, 1) == [
        HeldPush(ScheduleKind.READING, "Apel 1", NOW - MINUTE, 2, to_persons=False),
        HeldPush(ScheduleKind.READING, "Apel 1", NOW, 1, to_persons=False),
    ]
    assert await holds.held_messages(session, 1) == 3
    assert await holds.offices(session) == [1]


async def test_a_push_that_was_posted_in_part_is_listed_once(session):
    occurrence = await push(session, held=True)
    await held_post(session, occurrence)
    assert len(await holds.held_pushes(session, 1)) == 1


async def test_one_office_is_released_once(session):
    mine, other, nobodys = (
        await push(session, held=True),
        await push(session, 2, held=True),
        await message(session, None, held=True),
    )
    assert await holds.release(session, 1)
    assert not await holds.release(session, 1)
    for row in (mine, other, nobodys):
        await session.refresh(row)
    assert [row.held for row in (mine, other, nobodys)] == [False, True, True]
    assert await holds.offices(session) == [2, None]


async def test_one_office_is_discarded_once(session):
    occurrence, row = await push(session, held=True), await message(session, held=True)
    assert await holds.discard(session, 1, "discarded") == [1]
    assert await holds.discard(session, 1, "discarded") is None
    for found in (occurrence, row):
        await session.refresh(found)
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "discarded")
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "discarded")


async def test_messages_of_no_office_are_discarded_apart(session):
    row = await message(session, None, held=True)
    assert await holds.discard(session, 1, "discarded") is None
    assert await holds.discard(session, None, "discarded") == []
    await session.refresh(row)
    assert row.state is DeliveryState.CANCELLED


async def test_a_restored_database_is_known_until_it_has_started(session):
    assert await holds.restored_at(session) is None
    await holds.mark_restored(session, NOW)
    await holds.mark_restored(session, NOW + HOUR)
    assert await holds.restored_at(session) == NOW + HOUR
    await holds.forget_restored(session)
    assert await holds.restored_at(session) is None
