"""What is due is posted in bulk: once, however often it is begun, and with a cost that does not grow by the chat."""

import logging
from datetime import timedelta

import pytest

from content.regulation_loader import load_regulations
from scheduler import hold, ledger_check, posting
from scheduler.sources import SOURCES
from storage.models import (
    Delivery,
    DeliveryState,
    GroupState,
    Occurrence,
    OccurrenceState,
    Priority,
    Role,
    Schedule,
    ScheduleKind,
    ScheduleState,
)
from storage.queries import holds, occurrences
from tests.scheduler.machine import MONDAY_READING
from tests.statements import recorded

REGULATIONS = load_regulations()


async def add_readings(machine, readings, groups_each):
    """So many more readings on Monday morning, planned, each into groups of its own."""
    there = await machine.count(Schedule)
    for reading in range(there, there + readings):
        groups = [await machine.add_group(f"-{reading}-{number}") for number in range(groups_each)]
        await machine.add_schedule(groups=tuple(groups))
    await machine.worker.prepare(machine.clock.now())
    machine.clock.move_to(MONDAY_READING)


async def post(machine):
    """One step for all that is due now."""
    async with machine.database.transaction() as session:
        due = [number for number, _ in await occurrences.due(session, MONDAY_READING)]
        return await posting.post(session, due, MONDAY_READING, regulations=REGULATIONS, sources=SOURCES)


async def statements_to_post(machine):
    with recorded(machine.database) as statements:
        await post(machine)
    return len(statements)


async def test_many_pushes_into_many_groups_cost_no_more_statements_than_one_into_one(machine):
    await add_readings(machine, 1, 1)
    alone = await statements_to_post(machine)
    await add_readings(machine, 12, 4)
    assert await statements_to_post(machine) == alone == 6
    assert await machine.count(Delivery) == 1 + 12 * 4


async def test_a_push_says_how_many_rows_were_written_for_it_and_is_posted_once(machine, caplog):
    caplog.set_level(logging.INFO)
    await add_readings(machine, 2, 3)
    done = await post(machine)
    assert len(done.posted) == 2
    assert (await post(machine)).posted == frozenset()
    for occurrence in await machine.due_occurrences():
        assert (occurrence.state, occurrence.rows) == (OccurrenceState.POSTED, 3)
        assert await machine.count(Delivery, Delivery.occurrence_id == occurrence.id) == 3
    told = [(record.message, record.push) for record in caplog.records if record.message == "posted"]
    assert told == [("posted", row.id) for row in await machine.due_occurrences()]


async def test_a_broadcast_lets_readings_go_first(machine):
    await machine.add_schedule(groups=(await machine.add_group("-9"),), kind=ScheduleKind.BROADCAST, body="Halo")
    await add_readings(machine, 1, 2)
    await post(machine)
    by_chat = {row.chat_id: row.priority for row in await machine.posts()}
    assert by_chat == {"-9": Priority.BROADCAST, "-1-0": Priority.PUSH, "-1-1": Priority.PUSH}


async def test_a_push_into_more_chats_than_one_step_writes_is_posted_with_its_last_row(machine, monkeypatch):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 4)
    await add_readings(machine, 2, 7)
    first, second = [row.id for row in await machine.due_occurrences()]
    steps = []
    for _ in range(4):
        done = await post(machine)
        steps.append((sorted(done.posted), await machine.count(Delivery)))
    assert steps == [([], 4), ([first], 8), ([], 12), ([second], 14)]
    assert {row.rows for row in await machine.due_occurrences()} == {7}


async def test_a_crash_between_two_steps_repeats_no_row(machine, monkeypatch):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 3)
    await add_readings(machine, 1, 5)
    await post(machine)
    await machine.restart()
    await machine.at(MONDAY_READING)
    assert sorted(item.chat_id for item in machine.sender.accepted) == [f"-0-{number}" for number in range(5)]


@pytest.fixture
async def half_written(machine, monkeypatch):
    """A reading into five groups, of which two have their row, sent, when the process is killed."""
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 2)
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    await add_readings(machine, 1, 5)
    await post(machine)
    await machine.worker.outbox.settle()
    await machine.restart()
    return machine


async def ends(machine):
    return {row.chat_id: (row.state.value, row.reason) for row in await machine.posts()}


async def breaches(machine):
    async with machine.database.transaction() as session:
        return await ledger_check.check(session, machine.clock.now())


async def test_half_written_when_its_window_closes_each_group_is_missed_and_named(half_written):
    await half_written.at(MONDAY_READING + timedelta(hours=3))
    sent, missed = dict.fromkeys(["-0-0", "-0-1"], ("sent", None)), ("missed", "late")
    assert await ends(half_written) == sent | dict.fromkeys(["-0-2", "-0-3", "-0-4"], missed)
    (occurrence,) = await half_written.due_occurrences()
    assert (occurrence.state, occurrence.rows) == (OccurrenceState.POSTED, 5)
    (notice,) = half_written.sender.texts("500")
    assert [group in notice for group in ("Grup -0-1", "Grup -0-2", "Grup -0-3", "Grup -0-4")] == [
        False,
        True,
        True,
        True,
    ]
    assert await breaches(half_written) == 0


async def test_half_written_when_its_schedule_is_paused_the_groups_without_it_are_named(half_written):
    async with half_written.database.transaction() as session:
        (await session.get_one(Schedule, 1)).state = ScheduleState.PAUSED
    await half_written.at(MONDAY_READING + timedelta(minutes=1))
    missed = ("missed", "paused")
    assert {group: end for group, end in (await ends(half_written)).items() if end[0] != "sent"} == {
        "-0-2": missed,
        "-0-3": missed,
        "-0-4": missed,
    }
    (notice,) = half_written.sender.texts("500")
    assert "Grup -0-4" in notice
    assert "jadwalnya dijeda" in notice


async def test_half_written_and_held_then_discarded_every_group_has_its_row(half_written):
    (occurrence,) = await half_written.due_occurrences()
    async with half_written.database.transaction() as session:
        await holds.hold(session, [occurrence.id], [])
        assert await hold.discard(session, half_written.office_id, None, half_written.clock.now())
        assert await hold.discard(session, half_written.office_id, None, half_written.clock.now()) is None
    assert [state for state, _ in (await ends(half_written)).values()] == ["sent"] * 2 + ["missed"] * 3
    await half_written.at(MONDAY_READING + timedelta(hours=3))
    assert await breaches(half_written) == 0


async def test_the_outbox_is_woken_after_every_step_and_not_only_after_the_last(machine, monkeypatch):
    monkeypatch.setattr(posting, "AT_ONCE", 2)
    await add_readings(machine, 5, 1)
    woken = []
    worker = machine.new_worker(on_answer=lambda: woken.append("step"))
    assert (await worker.tick(MONDAY_READING, wait=False)).posted == 5
    assert woken == ["step"] * 3


async def test_the_parts_of_a_long_text_follow_each_other_in_each_chat(machine):
    groups = [await machine.add_group(f"-{number}") for number in (1, 2)]
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=tuple(groups), body="kata " * 2000)
    await machine.worker.prepare(machine.clock.now())
    machine.clock.move_to(MONDAY_READING)
    await post(machine)
    rows = await machine.all(Delivery)
    parts = {(row.chat_id, row.part): row for row in rows}
    assert sorted(parts) == [(f"-{number}", part) for number in (1, 2) for part in ("", "/2", "/3")]
    for number in (1, 2):
        chat = f"-{number}"
        follows = [parts[chat, part].follows_id for part in ("", "/2", "/3")]
        assert follows == [None, parts[chat, ""].id, parts[chat, "/2"].id]
    [occurrence] = await machine.due_occurrences()
    assert occurrence.rows == 6


async def test_a_step_takes_a_summary_alone_and_other_pushes_together():
    due = [(1, ScheduleKind.READING), (2, ScheduleKind.MEETING), (3, ScheduleKind.SUMMARY), (4, ScheduleKind.SUMMARY)]
    assert posting.first_step(due) == [1, 2]
    assert posting.first_step(due[2:]) == [3]


async def test_what_closed_is_missed_some_at_a_time_until_nothing_is_left(machine):
    await add_readings(machine, 3, 1)
    late = MONDAY_READING + timedelta(hours=2)
    counted = []
    for _ in range(3):
        async with machine.database.transaction() as session:
            counted.append(await posting.record_missed(session, late, at_once=2))
    assert counted == [2, 1, 0]
    assert {row.state for row in await machine.due_occurrences()} == {OccurrenceState.MISSED}


@pytest.mark.parametrize("state", [GroupState.ACTIVE, GroupState.PAUSED])
async def test_a_push_into_a_paused_group_beside_others_keeps_its_row_with_the_reason(machine, state):
    groups = [await machine.add_group("-1", state), await machine.add_group("-2", GroupState.PAUSED)]
    await machine.add_schedule(groups=tuple(groups))
    await machine.worker.prepare(machine.clock.now())
    machine.clock.move_to(MONDAY_READING)
    await post(machine)
    [schedule] = await machine.all(Schedule)
    rows = [(row.state, row.reason) for row in await machine.all(Delivery)]
    if state is GroupState.ACTIVE:
        assert rows == [(DeliveryState.PLANNED, None), (DeliveryState.FAILED, "paused")]
        assert schedule.state is ScheduleState.ACTIVE
    else:
        assert rows == []
        assert (schedule.state, schedule.reason) == (ScheduleState.PAUSED, "paused")
        assert [row.state for row in await machine.all(Occurrence, Occurrence.due_at <= MONDAY_READING)] == [
            OccurrenceState.MISSED
        ]
