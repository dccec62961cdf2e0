"""What the bot costs while nothing is due: the same few statements by index, however many schedules there are."""

from datetime import timedelta

from scheduler.occurrences import HORIZON, PLANNED_AHEAD
from storage.models import Occurrence, Schedule
from storage.queries import deliveries, occurrences
from tests.scheduler.machine import FRIDAY
from tests.statements import recorded, walked

HOUR = timedelta(hours=1)


async def add_planned(machine, count):
    for _ in range(count):
        await machine.add_schedule()
    await machine.add_member("Anggota 1")
    await machine.worker.tick(FRIDAY)


async def statements_of_a_tick(machine, now):
    with recorded(machine.database) as statements:
        await machine.worker.tick(now, wait=False)
    return statements


async def test_a_tick_with_nothing_to_do_is_nine_statements_for_one_schedule_or_twenty(machine):
    await add_planned(machine, 1)
    alone = await statements_of_a_tick(machine, FRIDAY + HOUR)
    await add_planned(machine, 19)
    many = await statements_of_a_tick(machine, FRIDAY + HOUR)
    assert [statement for statement, _ in many] == [statement for statement, _ in alone]
    assert len(alone) == 9


async def test_what_is_asked_at_rest_walks_no_table(machine):
    await add_planned(machine, 2)
    with recorded(machine.database) as statements:
        await machine.worker.prepare(FRIDAY + HOUR)
        async with machine.database.transaction() as session:
            await occurrences.due(session, FRIDAY + HOUR)
            await occurrences.next_due(session)
            await occurrences.next_leader(session)
            await occurrences.late(session, FRIDAY + HOUR, 50)
            await deliveries.next_expiry(session)
    assert len(statements) >= 8
    assert await walked(machine.database, statements) == []


async def test_a_schedule_is_planned_once_a_week(machine):
    schedule_id = await machine.add_schedule(groups=(await machine.add_group(),))
    planned = [(await machine.at(FRIDAY + timedelta(days=number))).planned for number in range(29)]
    assert [number for number, made in enumerate(planned) if made] == [0, 8, 16, 24]
    [schedule] = await machine.all(Schedule, Schedule.id == schedule_id)
    assert schedule.planned_until == FRIDAY + timedelta(days=24) + HORIZON


async def test_what_is_not_urgent_is_planned_a_page_a_tick_and_what_is_urgent_at_once(machine, monkeypatch):
    monkeypatch.setattr("scheduler.worker._AT_ONCE", 2)
    for _ in range(5):
        await machine.add_schedule(planned_until=FRIDAY + PLANNED_AHEAD - HOUR)
    urgent = [await machine.add_schedule() for _ in range(5)]
    done = []
    for _ in range(4):
        await machine.at(FRIDAY)
        done.append({row.id for row in await machine.all(Schedule, Schedule.planned_until == FRIDAY + HORIZON)})
    assert set(urgent) <= done[0]
    assert [len(planned) for planned in done] == [6, 8, 10, 10]
    assert await machine.count(Occurrence, Occurrence.schedule_id == urgent[0]) > 10
