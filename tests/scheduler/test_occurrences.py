from datetime import UTC, date, datetime, time, timedelta

import pytest

from content.regulation_loader import load_regulations
from scheduler.occurrences import expires_at, plan, replan
from scheduler.recurrence import EveryWorkingDay, MonthlyDay, Once, Weekdays, to_json
from storage.models import (
    CalendarDay,
    DayKind,
    HolidayRule,
    Occurrence,
    OccurrenceState,
    Schedule,
    ScheduleException,
    ScheduleKind,
    ScheduleState,
    Turn,
)
from tests.scheduler.machine import FRIDAY, GROUP, MONDAY_READING, DyingDatabase, Killed

WEEK = timedelta(days=7)


async def planned(machine, schedule_id, now=None, horizon=WEEK):
    async with machine.database.transaction() as session:
        return await plan(
            session,
            schedule_id,
            now or machine.clock.now(),
            regulations=load_regulations(),
            horizon=horizon,
        )


async def replanned(machine, schedule_id, **changes):
    async with machine.database.transaction() as session:
        schedule = await session.get(Schedule, schedule_id)
        for name, value in changes.items():
            setattr(schedule, name, value)
        await replan(
            session,
            schedule,
            machine.clock.now(),
            regulations=load_regulations(),
            horizon=WEEK,
        )


async def slots(machine, state=OccurrenceState.PLANNED):
    return [row.slot for row in await machine.all(Occurrence, Occurrence.state == state)]


async def test_planning_twice_makes_each_slot_once(machine):
    schedule = await machine.add_schedule()
    assert await planned(machine, schedule) == 5
    assert await planned(machine, schedule) == 0
    assert await slots(machine) == ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"]


async def test_a_crash_before_the_commit_leaves_neither_rows_nor_progress(machine):
    schedule = await machine.add_schedule()
    dying = DyingDatabase(machine.database, 1, after=False)  # reads what to plan, then plans
    with pytest.raises(Killed):
        await machine.new_worker(dying).tick(FRIDAY)
    assert await slots(machine) == []
    assert await planned(machine, schedule) == 5


async def test_an_exception_moves_the_hour_and_an_empty_one_takes_the_day_out(machine):
    schedule = await machine.add_schedule()
    async with machine.database.transaction() as session:
        session.add_all(
            [
                ScheduleException(
                    schedule_id=schedule, first_day=date(2026, 11, 30), last_day=date(2026, 12, 1), at=time(8)
                ),
                ScheduleException(
                    schedule_id=schedule, first_day=date(2026, 12, 2), last_day=date(2026, 12, 2), at=None
                ),
            ]
        )
    await planned(machine, schedule)
    rows = await machine.all(Occurrence)
    assert [(row.day.day, row.due_at.hour, row.due_at.minute) for row in rows] == [
        (30, 1, 0),
        (1, 1, 0),
        (3, 0, 30),
        (4, 0, 30),
    ]


async def test_the_offices_own_holiday_counts(machine):
    schedule = await machine.add_schedule()
    async with machine.database.transaction() as session:
        session.add(
            CalendarDay(
                office_id=machine.office_id,
                day=date(2026, 12, 1),
                kind=DayKind.HOLIDAY,
                name="HUT kabupaten",
                decided_at=FRIDAY,
            )
        )
    await planned(machine, schedule)
    assert "2026-12-01" not in await slots(machine)


async def test_a_twibbon_has_an_eve_and_a_day_on_any_weekday_until_eight_in_the_evening(machine):
    schedule = await machine.add_schedule(
        ScheduleKind.TWIBBON, MonthlyDay(17), time(7), holiday_rule=HolidayRule.IGNORE
    )
    await planned(machine, schedule, horizon=timedelta(days=60))
    rows = await machine.all(Occurrence)
    assert [(row.slot, row.day.isoformat()) for row in rows] == [
        ("2026-12-17/eve", "2026-12-17"),
        ("2026-12-17", "2026-12-17"),
        ("2027-01-17/eve", "2027-01-17"),  # a Saturday
        ("2027-01-17", "2027-01-17"),  # a Sunday
    ]
    assert rows[0].due_at == datetime(2026, 12, 16, 0, tzinfo=UTC)
    assert rows[0].expires_at == datetime(2026, 12, 16, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [
        (ScheduleKind.READING, 60),
        (ScheduleKind.MEETING, 15),
        (ScheduleKind.BROADCAST, 180),
        (ScheduleKind.SUMMARY, 180),
    ],
)
def test_each_kind_has_its_lateness(kind, minutes):
    schedule = Schedule(kind=kind, timezone="Asia/Jakarta")
    assert expires_at(schedule, MONDAY_READING) == MONDAY_READING + timedelta(minutes=minutes)
    schedule.late_minutes = 5
    assert expires_at(schedule, MONDAY_READING) == MONDAY_READING + timedelta(minutes=5)
    schedule.late_until = time(9)
    assert expires_at(schedule, MONDAY_READING) == datetime(2026, 11, 30, 2, tzinfo=UTC)


def test_a_window_that_would_close_before_it_opens_falls_back_to_minutes():
    schedule = Schedule(kind=ScheduleKind.TWIBBON, timezone="Asia/Jakarta")
    late_evening = datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert expires_at(schedule, late_evening) == late_evening + timedelta(minutes=180)


async def test_a_meeting_ordered_for_this_very_minute_is_planned(machine):
    local = time(8, 0)  # the clock stands at 08.00.00, the order came some seconds later
    machine.clock.advance(timedelta(seconds=20))
    schedule = await machine.add_schedule(
        ScheduleKind.MEETING, Once(date(2026, 11, 27)), local, (await machine.add_group(),)
    )
    assert (await machine.at(machine.clock.now())).sent == 1
    assert (await machine.all(Schedule, Schedule.id == schedule))[0].state is ScheduleState.ENDED


async def test_a_moved_hour_keeps_slot_focus_and_turn_and_tells_the_leader_again(machine):
    await machine.add_member("Anggota 1", chat_id="1")
    schedule = await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(datetime(2026, 11, 27, 8, 30, tzinfo=UTC))
    before = {row.slot: (row.id, row.focus) for row in await machine.all(Occurrence)}
    turns = await machine.count(Turn)
    await replanned(machine, schedule, at=time(8))
    after = {row.slot: (row.id, row.focus) for row in await machine.all(Occurrence)}
    assert after == before
    assert await machine.count(Turn) == turns
    await machine.at(machine.clock.now() + timedelta(minutes=1))
    assert "pukul 08.00 WIB" in machine.sender.texts("1")[-1]
    await machine.at(MONDAY_READING)
    assert machine.sender.texts(GROUP) == []
    await machine.at(MONDAY_READING + timedelta(minutes=30))
    assert len(machine.sender.texts(GROUP)) == 1


async def test_what_was_posted_today_is_not_posted_again_at_a_later_hour(machine):
    schedule = await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(MONDAY_READING)
    await replanned(machine, schedule, at=time(9))
    await machine.at(MONDAY_READING + timedelta(hours=1, minutes=30))
    assert len(machine.sender.texts(GROUP)) == 1


async def test_a_pause_cancels_what_is_to_come_and_a_resumption_brings_it_back(machine):
    schedule = await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(FRIDAY)
    focuses = [row.focus for row in await machine.all(Occurrence)][:5]
    await replanned(machine, schedule, state=ScheduleState.PAUSED, reason="by_secretary")
    assert await slots(machine) == []
    await machine.at(MONDAY_READING + timedelta(days=1))
    assert machine.sender.texts(GROUP) == []
    await replanned(machine, schedule, state=ScheduleState.ACTIVE, reason=None)
    await machine.at(MONDAY_READING + timedelta(days=2))
    assert len(machine.sender.texts(GROUP)) == 1
    [posted] = await machine.all(Occurrence, Occurrence.state == OccurrenceState.POSTED)
    assert (posted.slot, posted.focus) == ("2026-12-02", focuses[2])


async def test_another_rule_cancels_the_days_that_no_longer_fall(machine):
    schedule = await machine.add_schedule()
    await planned(machine, schedule)
    await replanned(machine, schedule, recurrence=to_json(Weekdays((0,))))
    assert await slots(machine) == ["2026-11-30"]
    await replanned(machine, schedule, recurrence=to_json(EveryWorkingDay()))
    assert len(await slots(machine)) == 5


async def test_no_focus_repeats_within_one_schedule(machine):
    schedule = await machine.add_schedule()
    await planned(machine, schedule, horizon=timedelta(days=60))
    focuses = [row.focus for row in await machine.all(Occurrence)]
    assert len(focuses) > 35
    assert len(set(focuses)) == len(focuses)
