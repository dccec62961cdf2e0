from datetime import UTC, datetime, time, timedelta

import pytest

from storage.models import (
    GroupChat,
    GroupState,
    HolidayRule,
    Office,
    Schedule,
    ScheduleKind,
    ScheduleState,
    ScheduleTarget,
)
from storage.queries import group_chats, offices, schedules
from tests.posted import make_schedule
from tests.story import Story

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        session.add(Office(id=1, name="Dinas", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW))
        await session.flush()
        yield session


async def add_schedule(session, groups=(), **columns):
    values = {
        "office_id": 1,
        "kind": ScheduleKind.READING,
        "title": "Apel pagi",
        "recurrence": {"kind": "every_working_day"},
        "at": time(7, 30),
        "timezone": "Asia/Jakarta",
        "holiday_rule": HolidayRule.SKIP,
        "state": ScheduleState.ACTIVE,
        "planned_until": NOW,
        "created_at": NOW,
    }
    schedule = Schedule(**(values | columns))
    session.add(schedule)
    await session.flush()
    session.add_all([ScheduleTarget(schedule_id=schedule.id, group_id=group.id) for group in groups])
    await session.flush()
    return schedule


async def add_group(session, chat_id, state=GroupState.ACTIVE):
    group = GroupChat(office_id=1, channel="t", chat_id=chat_id, title=chat_id, state=state, created_at=NOW)
    session.add(group)
    await session.flush()
    return group


async def test_only_active_schedules_that_lag_behind_are_to_be_planned(session):
    lagging = await add_schedule(session)
    await add_schedule(session, planned_until=NOW + timedelta(days=9))
    await add_schedule(session, state=ScheduleState.PAUSED)
    assert await schedules.to_plan(session, NOW + timedelta(days=1), 9) == [(NOW, lagging.id)]
    assert await schedules.lock(session, lagging.id) is lagging
    assert await schedules.lock(session, 404) is None


async def test_the_most_urgent_schedules_are_planned_first_in_pages(session):
    at = [NOW + timedelta(days=days) for days in (3, 1, 2, 1)]
    numbers = [(await add_schedule(session, planned_until=until)).id for until in at]
    first = await schedules.to_plan(session, NOW + timedelta(days=9), 2)
    assert first == [(at[1], numbers[1]), (at[3], numbers[3])]
    assert await schedules.to_plan(session, NOW + timedelta(days=9), 2, first[-1]) == [
        (at[2], numbers[2]),
        (at[0], numbers[0]),
    ]


async def test_a_schedule_pauses_only_once_its_last_group_is_gone(session):
    gone, left = await add_group(session, "-1", GroupState.PAUSED), await add_group(session, "-2")
    alone = await add_schedule(session, [gone])
    both = await add_schedule(session, [gone, left])
    assert await schedules.pause_without_target(session, gone.id, "removed") == [alone]
    assert (alone.state, alone.reason, both.state) == (ScheduleState.PAUSED, "removed", ScheduleState.ACTIVE)
    assert await schedules.resume_with_target(session, gone.id, ["muted"]) == []
    assert await schedules.resume_with_target(session, gone.id, ["removed"]) == [alone]
    assert (alone.state, alone.reason) == (ScheduleState.ACTIVE, None)


async def test_a_schedule_that_somebody_forwards_runs_on_without_a_group(session):
    gone = await add_group(session, "-1", GroupState.PAUSED)
    forwarded = await add_schedule(session, [gone], by_forwarding=True)
    assert await schedules.pause_without_target(session, gone.id, "removed") == []
    assert forwarded.state is ScheduleState.ACTIVE


async def test_targets_come_in_the_order_of_linking_whatever_their_state(session):
    groups = [await add_group(session, "-2"), await add_group(session, "-1", GroupState.PAUSED)]
    schedule = await add_schedule(session, groups)
    assert await schedules.targets(session, schedule.id) == groups


async def test_ended_schedules_are_not_listed(session):
    kept = await add_schedule(session)
    await add_schedule(session, state=ScheduleState.ENDED)
    assert await schedules.of_office(session, 1) == [kept]
    assert not await schedules.has_more(session, kept.id)


async def test_a_schedule_never_posts_into_another_office_s_group(database):
    story = Story(database, [])
    await story.open_office("Dinas Sosial")
    await story.group("Grup Dinas Sosial", "-2001")
    own_id = await story.open_office("Dinas Kominfo")
    await story.group("Grup Dinas Kominfo", "-2002")
    schedule_id = await make_schedule(story, ScheduleKind.MEETING, "Evaluasi")
    async with database.transaction() as session:
        every = [
            group.id
            for office in await offices.all_offices(session)
            for group in await group_chats.of_office(session, office.id)
        ]
        await schedules.set_targets(session, schedule_id, every)
        (target,) = await schedules.targets(session, schedule_id)
        assert (target.office_id, target.title) == (own_id, "Grup Dinas Kominfo")
