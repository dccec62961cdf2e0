"""A group that goes quiet pauses its schedules, tells the secretaries once, and brings them back."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduler.delivery_queue import enqueue, message_of
from scheduler.errors import UnreachableReason
from scheduler.group_changes import OF_THE_CHAT, move_chat, pause_chat, resume_chat
from scheduler.recurrence import EveryWorkingDay, to_json
from scheduler.sender import Destination
from storage.models import (
    Conversation,
    Delivery,
    DeliveryState,
    GroupState,
    HolidayRule,
    Member,
    Person,
    PersonAddress,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
    ScheduleTarget,
)
from storage.queries import group_chats, offices

NOW = datetime(2026, 11, 30, tzinfo=UTC)
OLD, NEW = "-100", "-1009"


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        yield session


@pytest.fixture
async def office(session):
    office = await offices.add_office(session, "Dinas Kominfo", "karanganyar-44-2023", "Asia/Jakarta", NOW)
    person = Person(name="Sekretaris", created_at=NOW)
    session.add(person)
    await session.flush()
    session.add(PersonAddress(person_id=person.id, channel="telegram", user_id="1", chat_id="1"))
    session.add(
        Member(office_id=office.id, person_id=person.id, name="Sekretaris", role=Role.SEKRETARIS, created_at=NOW)
    )
    await session.flush()
    return office


@pytest.fixture
async def schedule(session, office):
    schedule = Schedule(
        office_id=office.id,
        kind=ScheduleKind.READING,
        title="Apel pagi",
        recurrence=to_json(EveryWorkingDay()),
        at=time(7, 30),
        timezone="Asia/Jakarta",
        holiday_rule=HolidayRule.SKIP,
        late_minutes=60,
        planned_until=NOW,
        created_at=NOW,
    )
    session.add(schedule)
    await session.flush()
    return schedule


async def _linked(session, office, chat_id=OLD, topic_id=None):
    group = await group_chats.meet(session, "telegram", chat_id, topic_id, "Grup Dinas", NOW)
    await group_chats.link(session, group, office.id)
    return group


async def _targets(session):
    rows = await session.execute(select(ScheduleTarget.schedule_id, ScheduleTarget.group_id))
    return {tuple(row) for row in rows}


async def test_the_last_group_gone_pauses_the_schedule_and_tells_the_secretary_once(session, office, schedule):
    group = await _linked(session, office)
    await pause_chat(session, "telegram", OLD, UnreachableReason.REMOVED, NOW)
    await pause_chat(session, "telegram", OLD, UnreachableReason.REMOVED, NOW)
    assert (group.state, group.reason) == (GroupState.PAUSED, "removed")
    assert (schedule.state, schedule.reason) == (ScheduleState.PAUSED, "removed")
    (notice,) = await session.scalars(select(Delivery))
    assert notice.chat_id == "1"
    assert "Apel pagi" in message_of(notice).text


async def test_a_schedule_with_another_group_goes_on(session, office, schedule):
    await _linked(session, office)
    await _linked(session, office, "-200")
    await pause_chat(session, "telegram", OLD, UnreachableReason.MUTED, NOW)
    assert schedule.state is ScheduleState.ACTIVE


async def test_the_group_back_brings_the_schedule_back_from_now_on(session, office, schedule):
    group = await _linked(session, office)
    await pause_chat(session, "telegram", OLD, UnreachableReason.MUTED, NOW)
    later = NOW + timedelta(days=3)
    assert await resume_chat(session, "telegram", OLD, OF_THE_CHAT, later) == [group]
    assert (schedule.state, schedule.reason, schedule.planned_until) == (ScheduleState.ACTIVE, None, later)
    assert await resume_chat(session, "telegram", OLD, OF_THE_CHAT, later) == []


async def test_a_schedule_that_a_person_paused_stays_paused(session, office, schedule):
    await _linked(session, office)
    schedule.state, schedule.reason = ScheduleState.PAUSED, "by_member"
    await pause_chat(session, "telegram", OLD, UnreachableReason.MUTED, NOW)
    await resume_chat(session, "telegram", OLD, OF_THE_CHAT, NOW)
    assert (schedule.state, schedule.reason) == (ScheduleState.PAUSED, "by_member")


async def test_a_closed_topic_pauses_that_topic_alone(session, office, schedule):
    closed = await _linked(session, office, topic_id="7")
    other = await _linked(session, office, topic_id="8")
    await pause_chat(session, "telegram", OLD, UnreachableReason.TOPIC_CLOSED, NOW, topic_id="7")
    assert (closed.state, other.state) == (GroupState.PAUSED, GroupState.ACTIVE)
    await resume_chat(session, "telegram", OLD, [UnreachableReason.TOPIC_CLOSED], NOW, topic_id="7")
    assert closed.state is GroupState.ACTIVE


async def test_a_moved_group_takes_everything_along_however_often_it_is_told(session, office, schedule):
    group = await _linked(session, office)
    session.add(Conversation(channel="telegram", chat_id=OLD, user_id="1", dialogue="meeting", data={}, updated_at=NOW))
    waiting = await enqueue(
        session, destination=Destination("telegram", OLD), key="help/edited", parameters={}, now=NOW, group_id=group.id
    )
    for _ in range(2):
        await move_chat(session, "telegram", OLD, NEW, NOW)
    await session.refresh(waiting)
    assert (group.chat_id, waiting.chat_id) == (NEW, NEW)
    assert await session.scalar(select(Conversation.chat_id)) == NEW
    assert await _targets(session) == {(schedule.id, group.id)}


async def test_the_new_chat_heard_of_first_is_merged_into_the_group(session, office, schedule):
    group = await _linked(session, office)
    await group_chats.meet(session, "telegram", NEW, None, "Grup Dinas", NOW)
    await move_chat(session, "telegram", OLD, NEW, NOW)
    assert await group_chats.in_topic(session, "telegram", NEW, None) is group
    assert await group_chats.in_topic(session, "telegram", OLD, None) is None
    assert await _targets(session) == {(schedule.id, group.id)}


async def test_the_new_chat_linked_first_takes_over_without_posting_twice(session, office, schedule):
    await _linked(session, office)
    heir = await _linked(session, office, NEW)
    await move_chat(session, "telegram", OLD, NEW, NOW)
    assert await group_chats.of_office(session, office.id) == [heir]
    assert await _targets(session) == {(schedule.id, heir.id)}


async def test_the_old_chat_lost_before_the_move_was_told_comes_back(session, office, schedule):
    group = await _linked(session, office)
    await pause_chat(session, "telegram", OLD, UnreachableReason.REMOVED, NOW)
    await move_chat(session, "telegram", OLD, NEW, NOW)
    assert (group.state, schedule.state) == (GroupState.ACTIVE, ScheduleState.ACTIVE)


async def test_an_edit_of_a_message_that_stayed_behind_is_dropped(session, office, schedule):
    group = await _linked(session, office)
    there = Destination("telegram", OLD)
    post = await enqueue(
        session, destination=there, key="help/edited", parameters={}, now=NOW, group_id=group.id, part="post"
    )
    post.state = DeliveryState.SENT
    edit = await enqueue(
        session, destination=there, key="help/edited", parameters={}, now=NOW, edits_id=post.id, part="edit"
    )
    await move_chat(session, "telegram", OLD, NEW, NOW)
    await session.refresh(edit)
    assert (post.chat_id, edit.state, edit.reason) == (OLD, DeliveryState.CANCELLED, "moved")
