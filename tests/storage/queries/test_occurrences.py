from datetime import UTC, date, datetime, time, timedelta

import pytest

from storage.models import (
    HolidayRule,
    Member,
    OccurrenceState,
    Office,
    Schedule,
    ScheduleKind,
    Turn,
    TurnState,
)
from storage.queries import occurrences, schedules, turns

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def session(database):
    async with database.transaction() as session:
        session.add(Office(id=1, name="Dinas", regulation_id="x", timezone="Asia/Jakarta", created_at=NOW))
        await session.flush()
        session.add_all([Member(id=number, office_id=1, name="Anggota", created_at=NOW) for number in (1, 2)])
        session.add(
            Schedule(
                id=1,
                office_id=1,
                kind=ScheduleKind.READING,
                title="Apel pagi",
                recurrence={},
                at=time(7, 30),
                timezone="Asia/Jakarta",
                holiday_rule=HolidayRule.SKIP,
                planned_until=NOW,
                created_at=NOW,
            )
        )
        await session.flush()
        yield session


async def add(session, slot, due_at, **columns):
    values = {
        "schedule_id": 1,
        "office_id": 1,
        "kind": ScheduleKind.READING,
        "slot": slot,
        "day": date(2026, 11, 30),
        "due_at": due_at,
        "expires_at": due_at + HOUR,
        "created_at": NOW,
    }
    return await occurrences.add(session, values | columns)


async def test_a_slot_exists_once(session):
    assert await add(session, "a", NOW) is not None
    assert await add(session, "a", NOW + HOUR) is None


async def test_a_row_is_changed_only_from_the_named_state(session):
    row = await add(session, "a", NOW)
    to = {"state": OccurrenceState.POSTED}
    assert await occurrences.change(session, row.id, of=OccurrenceState.PLANNED, to=to)
    assert not await occurrences.change(session, row.id, of=OccurrenceState.PLANNED, to=to)


async def test_due_and_late_follow_the_clock(session):
    row = await add(session, "a", NOW)
    assert await occurrences.next_due(session) == NOW
    assert await schedules.has_more(session, 1)
    assert await occurrences.due(session, NOW - HOUR) == []
    assert await occurrences.due(session, NOW) == [(row.id, ScheduleKind.READING)]
    assert await occurrences.late(session, NOW) == []
    assert await occurrences.late(session, NOW + HOUR) == [row]


async def test_what_is_to_come_may_come_back_after_its_old_hour(session):
    planned = await add(session, "a", NOW + HOUR)
    cancelled = await add(session, "b", NOW - HOUR, state=OccurrenceState.CANCELLED)
    await add(session, "c", NOW - HOUR)  # falls due in this very moment: not to come
    await add(session, "d", NOW - 48 * HOUR, state=OccurrenceState.CANCELLED)
    assert await occurrences.to_come(session, 1, NOW) == [cancelled, planned]


async def test_focuses_come_in_order_of_days_without_the_cancelled(session):
    await add(session, "b", NOW + HOUR, focus="loyal/1")
    await add(session, "a", NOW, focus="adaptif/1")
    await add(session, "c", NOW, focus="kompeten/1", state=OccurrenceState.CANCELLED)
    assert await occurrences.focuses(session, 1) == ["adaptif/1", "loyal/1"]


async def test_a_reading_is_seen_to_again_whenever_its_turn_changes(session):
    row = await add(session, "a", NOW + 2 * HOUR, tell_at=NOW + HOUR, leader_at=NOW)
    await add(session, "b", NOW + HOUR)  # nobody is to be told
    await add(session, "c", NOW + HOUR, leader_at=NOW, state=OccurrenceState.CANCELLED)
    assert await occurrences.leaders_to_see_to(session, NOW - HOUR, 9) == []
    assert await occurrences.leaders_to_see_to(session, NOW, 9) == [row.id]
    turn = await turns.add(
        session, {"occurrence_id": row.id, "office_id": 1, "member_id": 1, "day": row.day, "created_at": NOW}
    )
    assert await occurrences.next_leader(session) == NOW + HOUR
    for act in (
        lambda: turns.change(session, turn.id, of=[TurnState.ASSIGNED], to={"told_at": None}),
        lambda: turns.tell_again(session, row.id),
    ):
        await occurrences.see_to_leader(session, row.id, None)
        assert await occurrences.next_leader(session) is None
        await act()
        assert await occurrences.next_leader(session) == NOW + HOUR


async def test_turns_of_cancelled_or_missed_readings_do_not_count(session):
    for number, state in enumerate(OccurrenceState):
        row = await add(session, state.value, NOW, state=state)
        session.add(Turn(occurrence_id=row.id, office_id=1, member_id=number % 2 + 1, day=row.day, created_at=NOW))
    counted = [OccurrenceState.PLANNED, OccurrenceState.POSTED]
    members = [number % 2 + 1 for number, state in enumerate(OccurrenceState) if state in counted]
    assert [member for member, _, _ in await turns.of_office(session, 1)] == members
