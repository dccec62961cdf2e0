"""A chat that is called otherwise from now on takes what is its own along, and gets nothing of one push twice."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from storage.models import (
    Conversation,
    Delivery,
    DeliveryState,
    HolidayRule,
    Occurrence,
    Office,
    Schedule,
    ScheduleKind,
)
from storage.queries import conversations, ledger, moved_chats

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)

OLD, NEW = "number:0a1b", "ID.1"
PLANNED, SENT, FAILED, CANCELLED = (
    DeliveryState.PLANNED,
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.CANCELLED,
)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        session.add(Office(id=1, name="Dinas", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW))
        await session.flush()
        yield session


async def add_push(session):
    """A schedule with one occurrence, which has been posted; the id of the occurrence."""
    about = {"office_id": 1, "kind": ScheduleKind.READING, "created_at": NOW}
    where = {"timezone": "Asia/Jakarta", "holiday_rule": HolidayRule.SKIP, "planned_until": NOW}
    schedule = Schedule(title="Apel pagi", recurrence={}, at=time(7, 30), to_persons=True, **about | where)
    session.add(schedule)
    await session.flush()
    times = {"day": NOW.date(), "due_at": NOW, "expires_at": NOW + timedelta(hours=1)}
    occurrence = Occurrence(schedule_id=schedule.id, slot="a", rows=4, **about | times)
    session.add(occurrence)
    await session.flush()
    return occurrence.id


async def add_rows(session, occurrence_id, chat_id, *states):
    """The parts of a push to this chat, each behind the one before."""
    before = None
    for number, state in enumerate(states, start=1):
        row = Delivery(
            occurrence_id=occurrence_id,
            office_id=1,
            channel="phone",
            chat_id=chat_id,
            part="" if number == 1 else f"/{number}",
            follows_id=before,
            message_key="x",
            parameters={},
            message={},
            state=state,
            not_before=NOW,
            created_at=NOW,
        )
        session.add(row)
        await session.flush()
        before = row.id


async def stands(session):
    """What is where the chat is called by its new name, as of the post: part and state."""
    of_post = select(Delivery).where(Delivery.chat_id == NEW, ledger.rows_of_post()).order_by(Delivery.id)
    return [(row.part, row.state) for row in await session.scalars(of_post)]


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ([PLANNED, PLANNED], [PLANNED, PLANNED], [("", PLANNED), ("/2", PLANNED)]),
        ([SENT, PLANNED], [PLANNED, PLANNED], [("", SENT), ("/2", PLANNED)]),
        ([PLANNED, PLANNED], [SENT, PLANNED], [("", SENT), ("/2", PLANNED)]),
        ([FAILED, PLANNED], [PLANNED, PLANNED], [("", PLANNED), ("/2", PLANNED)]),
        ([SENT, SENT], [SENT, SENT], [("", SENT), ("/2", SENT)]),
        ([SENT, PLANNED], [], [("", SENT), ("/2", PLANNED)]),
    ],
)
async def test_of_a_push_that_was_for_both_names_one_stands_whole_and_the_other_does_not_leave(session, old, new, left):
    occurrence_id = await add_push(session)
    await add_rows(session, occurrence_id, OLD, *old)
    await add_rows(session, occurrence_id, NEW, *new)
    await moved_chats.move(session, "phone", OLD, NEW)
    assert await stands(session) == left
    rows = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
    assert {row.chat_id for row in rows} == {NEW}
    assert sum(row.state is PLANNED for row in rows) == sum(state is PLANNED for _, state in left)
    counted = (await session.get_one(Occurrence, occurrence_id, populate_existing=True)).rows
    assert counted == 4 - (len(rows) - len(left))
    whole = [row for row in rows if (row.part, row.state) in left]
    assert whole[1].follows_id == whole[0].id


@pytest.mark.parametrize("later", [OLD, NEW])
async def test_of_two_open_dialogues_the_one_that_went_on_last_stays_open(session, later):
    for name in (OLD, NEW):
        at = NOW + timedelta(minutes=name == later)
        await conversations.keep_conversation(session, "phone", name, name, "report", {"of": name}, at)
    await moved_chats.move(session, "phone", OLD, NEW)
    kept = (await session.scalars(select(Conversation).execution_options(populate_existing=True))).all()
    assert [(one.chat_id, one.user_id, one.data["of"]) for one in kept] == [(NEW, NEW, later)]


async def test_nothing_of_a_chat_that_keeps_its_name_is_given_up(session):
    await add_rows(session, await add_push(session), NEW, PLANNED, PLANNED)
    await moved_chats.move(session, "phone", NEW, NEW)
    assert await stands(session) == [("", PLANNED), ("/2", PLANNED)]
