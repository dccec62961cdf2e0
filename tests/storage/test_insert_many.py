"""Many rows at once are what they would be one by one, in either database."""

from datetime import UTC, date, datetime, time

import pytest

from storage.models import (
    Delivery,
    DeliveryState,
    HolidayRule,
    Occurrence,
    Office,
    Priority,
    Schedule,
    ScheduleKind,
)
from storage.queries import deliveries

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)


@pytest.fixture
async def session(database):
    """A session in which occurrence 1 is there, of which rows may be written."""
    async with database.transaction() as session:
        session.add(Office(id=1, name="Dinas", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW))
        await session.flush()
        about = {"office_id": 1, "kind": ScheduleKind.READING, "created_at": NOW}
        when = {"recurrence": {}, "at": time(7, 30), "timezone": "Asia/Jakarta", "holiday_rule": HolidayRule.SKIP}
        session.add(Schedule(id=1, title="Apel pagi", planned_until=NOW, **about, **when))
        await session.flush()
        falls = {"slot": "a", "day": date(2026, 11, 30), "due_at": NOW, "expires_at": NOW}
        session.add(Occurrence(id=1, schedule_id=1, **about, **falls))
        await session.flush()
        yield session


def row(chat_id, message, **columns):
    values = {
        "occurrence_id": 1,
        "channel": "telegram",
        "chat_id": chat_id,
        "part": "",
        "message_key": "broadcast/post",
        "parameters": {},
        "message": message,
        "priority": Priority.PUSH,
        "state": DeliveryState.PLANNED,
        "reason": None,
        "not_before": NOW,
        "created_at": NOW,
    }
    return values | columns


def columns_of(delivery):
    names = [column.name for column in Delivery.__table__.columns if column.name not in {"id", "chat_id"}]
    return {name: getattr(delivery, name) for name in names}


async def test_a_row_among_many_is_what_it_would_be_alone(session):
    message = {"text": "“é” \\ 'a'", "choices": [[None, True, 1.5]]}
    await deliveries.add_many(session, [row("1", message), row("2", message)])
    alone = await deliveries.add(session, row("3", message))
    rows = await deliveries.of_occurrence(session, 1)
    assert [found.chat_id for found in rows] == ["1", "2", "3"]
    assert [columns_of(found) for found in rows] == [columns_of(alone)] * 3


async def test_rows_of_which_many_hold_one_value_keep_their_own_and_their_order(session):
    """Three messages and two priorities by turns, so that neither alone tells which row it is."""
    messages = [{"text": "a"}, {"text": "b"}, {"text": "c"}]
    urgencies = [Priority.PUSH, Priority.BROADCAST]
    written = [(str(n), messages[n % 3], urgencies[n % 2]) for n in range(48)]
    await deliveries.add_many(session, [row(chat, text, priority=priority) for chat, text, priority in written])
    rows = await deliveries.of_occurrence(session, 1)
    assert [(found.chat_id, found.message, found.priority) for found in rows] == written


async def test_a_row_that_is_there_already_stays_as_it_is_and_the_others_come(session):
    await deliveries.add_many(session, [row("1", {"text": "first"})])
    await deliveries.add_many(session, [row("1", {"text": "again"}), row("2", {"text": "new"})])
    rows = await deliveries.of_occurrence(session, 1)
    assert [(found.chat_id, found.message["text"]) for found in rows] == [("1", "first"), ("2", "new")]


async def test_parts_follow_the_row_of_their_own_chat(session):
    await deliveries.add_many(session, [row("1", {}), row("2", {})])
    await deliveries.add_many(session, [row("1", {}, part="/2"), row("2", {}, part="/2")], behind="")
    first, second, third, fourth = await deliveries.of_occurrence(session, 1)
    assert [(found.chat_id, found.follows_id) for found in (third, fourth)] == [("1", first.id), ("2", second.id)]


async def test_no_rows_are_no_statement(session):
    await deliveries.add_many(session, [])
    assert await deliveries.of_occurrence(session, 1) == []
