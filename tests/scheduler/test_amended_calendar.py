"""Some months in which hours, zone, week and holidays are amended while the bot runs: nothing twice, nothing lost."""

import random
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from content.regulation_loader import load_regulations
from scheduler.occurrences import PLANNED_AHEAD, plan, replan, timetable_of
from scheduler.office_calendar import office_calendar
from scheduler.recurrence import EveryWorkingDay, LastWorkingDay, MonthlyDay, Weekdays
from storage.models import CalendarDay, DayKind, HolidayRule, Occurrence, OccurrenceState, Office, Schedule
from storage.queries import occurrences, schedules
from tests.scheduler import naive_calendar

REGULATIONS = load_regulations()
START = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)  # 21.30 WIB: every step stands between two days' pushes
DAYS = 120


class Months:
    """One schedule that is planned, amended and posted day by day, beside what the wall calendar says of each day."""

    def __init__(self, machine, schedule_id, seed):
        self.machine, self.schedule_id = machine, schedule_id
        self.dice = random.Random(seed)  # noqa: S311  the same amendments on every run
        self.posted = {}  # slot: the instant
        self.expected = {}

    async def step(self, now):
        async with self.machine.database.transaction() as session:
            schedule = await session.get_one(Schedule, self.schedule_id)
            if self.dice.random() < 0.15:
                await self.amend(session, schedule, now)
            elif schedule.planned_until < now + PLANNED_AHEAD:
                await plan(session, schedule.id, now, regulations=REGULATIONS)
            until = now + timedelta(days=1)
            timetable = await timetable_of(session, schedule)
            calendar = await office_calendar(session, await session.get_one(Office, schedule.office_id))
            for slot, _, due_at in naive_calendar.dues(timetable, calendar, now, until):
                self.expected.setdefault(slot.isoformat(), due_at)
            for number, _ in await occurrences.due(session, until - timedelta.resolution):
                row = await occurrences.find(session, number)
                assert row.slot not in self.posted
                self.posted[row.slot] = row.due_at
                await occurrences.change(
                    session, number, of=OccurrenceState.PLANNED, to={"state": OccurrenceState.POSTED}
                )

    async def amend(self, session, schedule, now):
        day = now.date() + timedelta(days=self.dice.randint(1, 25))
        match self.dice.choice(["holiday", "workday", "hour", "zone", "week", "ramadan"]):
            case "holiday" | "workday" as kind:
                await self.decide(session, schedule.office_id, day, DayKind(kind), now)
            case "hour":
                schedule.at = time(self.dice.randint(6, 9), 30)
            case "zone":
                schedule.timezone = self.dice.choice(["Asia/Jakarta", "Asia/Makassar"])
            case "week":
                office = await session.get_one(Office, schedule.office_id)
                office.workdays = 11 - office.workdays
            case "ramadan":
                at = self.dice.choice([time(8), None])
                await schedules.set_exceptions(session, schedule.id, [(day, day + timedelta(days=9), at)])
        await session.flush()
        await replan(session, schedule, now, regulations=REGULATIONS)

    async def decide(self, session, office_id, day, kind, now):
        if await session.scalar(select(CalendarDay.id).where(CalendarDay.day == day)) is None:
            row = CalendarDay(office_id=office_id, day=day, kind=kind, name="Hari sendiri", decided_at=now)
            session.add(row)


@pytest.mark.parametrize(
    ("rule", "holiday_rule"),
    [
        (EveryWorkingDay(), HolidayRule.SKIP),
        (Weekdays((0, 4)), HolidayRule.BEFORE),
        (Weekdays((2, 5)), HolidayRule.AFTER),
        (MonthlyDay(31), HolidayRule.BEFORE),
        (LastWorkingDay(), HolidayRule.SKIP),
    ],
    ids=repr,
)
async def test_each_push_goes_out_once_and_when_the_calendar_of_its_day_says(machine, rule, holiday_rule):
    schedule_id = await machine.add_schedule(rule=rule, holiday_rule=holiday_rule, planned_until=START)
    months = Months(machine, schedule_id, seed=repr(rule) + holiday_rule)
    for number in range(DAYS):
        await months.step(START + timedelta(days=number))
    assert months.posted == months.expected
    assert months.posted
    rows = await machine.all(Occurrence, Occurrence.state == OccurrenceState.POSTED)
    focuses = [row.focus for row in sorted(rows, key=lambda row: row.due_at)][:40]
    assert len(set(focuses)) == len(focuses)
