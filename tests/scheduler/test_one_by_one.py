"""A push that goes to members one by one: posted in bulk, counted like any other, and told of in numbers."""

from datetime import timedelta

import pytest

from content.regulation_loader import load_regulations
from scheduler import abilities, delivery_record, group_changes, hold, ledger_check, posting
from scheduler.abilities import Abilities
from scheduler.errors import MessageRefused, RecipientUnreachable, UnreachableReason
from scheduler.notices import COLLECTED_FOR, MISSED, NOT_REACHED
from scheduler.sources import SOURCES
from storage.models import (
    Delivery,
    DeliveryState,
    OccurrenceState,
    PersonAddress,
    Role,
    Schedule,
    ScheduleState,
)
from storage.queries import deliveries, holds, occurrences, offices
from tests.fakes.sender import FakeSender
from tests.scheduler.machine import MONDAY_READING, Machine
from tests.statements import recorded

REGULATIONS = load_regulations()
ALONE = "alone"  # a channel without groups


@pytest.fixture
async def machine(database, monkeypatch):
    """As ever, and on a channel without groups too."""
    monkeypatch.setattr(abilities, "_declared", {ALONE: Abilities(groups=False, edits=False)})
    machine = Machine(database)
    machine.senders[ALONE] = FakeSender()
    machine.worker = machine.new_worker()
    await machine.open_office()
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    yield machine
    await machine.worker.close()


async def add_persons(machine, count):
    """So many more members on the channel without groups."""
    there = await machine.count(PersonAddress, PersonAddress.channel == ALONE)
    for number in range(there, there + count):
        await machine.add_member(f"Anggota {number}", chat_id=f"p{number}", leads=False, channel=ALONE)


async def add_reading(machine, *, groups=0, to_persons=True):
    """A reading on Monday morning, planned; into so many groups of its own."""
    there = await machine.count(Schedule)
    chosen = [await machine.add_group(f"-{there}-{number}") for number in range(groups)]
    schedule = await machine.add_schedule(groups=tuple(chosen), to_persons=to_persons)
    await machine.worker.prepare(machine.clock.now())
    machine.clock.move_to(MONDAY_READING)
    return schedule


async def post(machine):
    """One step for all that is due now."""
    async with machine.database.transaction() as session:
        due = [number for number, _ in await occurrences.due(session, MONDAY_READING)]
        return await posting.post(session, due, MONDAY_READING, regulations=REGULATIONS, sources=SOURCES)


async def private(machine):
    """The rows to members one by one, in order."""
    return await machine.all(Delivery, Delivery.channel == ALONE, Delivery.part == "")


async def notices(machine, key=NOT_REACHED):
    return await machine.all(Delivery, Delivery.message_key == key)


async def breaches(machine):
    async with machine.database.transaction() as session:
        return await ledger_check.check(session, machine.clock.now())


async def test_it_goes_to_the_group_and_to_every_member_and_adds_up(machine):
    await add_persons(machine, 3)
    await add_reading(machine, groups=1)
    await machine.at(MONDAY_READING)
    assert [(row.chat_id, row.group_id, row.state.value) for row in await private(machine)] == [
        ("p0", None, "sent"),
        ("p1", None, "sent"),
        ("p2", None, "sent"),
    ]
    (occurrence,) = await machine.due_occurrences()
    parts = await machine.count(Delivery, Delivery.occurrence_id == occurrence.id)
    assert (occurrence.state, occurrence.rows) == (OccurrenceState.POSTED, parts)
    assert await breaches(machine) == 0
    assert machine.senders[ALONE].texts("p1") == machine.sender.texts("-0-0")


async def test_who_forwards_it_gets_the_kit_and_no_copy_of_their_own(machine):
    await add_persons(machine, 1)
    await machine.add_member("Pemimpin", chat_id="leader", channel=ALONE)
    await machine.add_schedule(to_persons=True, by_forwarding=True)
    await machine.at(MONDAY_READING)
    (occurrence,) = await machine.due_occurrences()
    rows = await machine.all(Delivery, Delivery.occurrence_id == occurrence.id, Delivery.due_at.is_not(None))
    assert [(row.chat_id, row.part) for row in rows] == [
        ("p0", ""),
        ("leader", "/forward"),
        ("leader", "/forward/2"),
    ]
    assert (occurrence.state, occurrence.rows) == (OccurrenceState.POSTED, 3)
    assert await breaches(machine) == 0


async def test_many_pushes_to_many_persons_cost_one_statement_more_than_into_groups_alone(machine):
    async def statements():
        with recorded(machine.database) as found:
            await post(machine)
        return len(found)

    await add_reading(machine, groups=1, to_persons=False)
    into_groups = await statements()
    await add_persons(machine, 1)
    await add_reading(machine)
    assert await statements() == into_groups + 1
    await add_persons(machine, 7)
    for _ in range(5):
        await add_reading(machine, groups=2)
    assert await statements() == into_groups + 1
    assert len(await private(machine)) == 1 + 5 * 8


async def test_groups_and_persons_of_one_push_are_cut_in_the_same_place(machine, monkeypatch):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 4)
    await add_persons(machine, 3)
    for groups in (2, 0):
        await add_reading(machine, groups=groups)
    steps = []
    for _ in range(3):
        done = await post(machine)
        steps.append((len(done.posted), await machine.count(Delivery)))
    assert steps == [(0, 4), (1, 8), (1, 8)]
    assert {row.rows for row in await machine.due_occurrences()} == {5, 3}
    assert await breaches(machine) == 0


async def test_a_crash_between_two_steps_repeats_no_row(machine, monkeypatch):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 2)
    await add_persons(machine, 5)
    await add_reading(machine)
    await post(machine)
    await machine.restart()
    await machine.at(MONDAY_READING)
    assert sorted(item.chat_id for item in machine.senders[ALONE].accepted) == [f"p{number}" for number in range(5)]


async def test_without_a_group_it_is_not_paused_as_long_as_it_has_persons(machine):
    await add_persons(machine, 1)
    await add_reading(machine)
    await machine.at(MONDAY_READING)
    (schedule,) = await machine.all(Schedule)
    assert (schedule.state, len(await private(machine))) == (ScheduleState.ACTIVE, 1)


async def test_without_anybody_it_is_missed_and_told_and_tries_again_the_next_day(machine):
    await add_reading(machine)
    await machine.at(MONDAY_READING)
    (schedule,) = await machine.all(Schedule)
    (occurrence,) = await machine.due_occurrences()
    assert (occurrence.state, occurrence.reason) == (OccurrenceState.MISSED, "no_person")
    assert schedule.state is ScheduleState.ACTIVE
    (told,) = await notices(machine, MISSED)
    assert "belum ada anggota yang dapat dikirimi satu per satu" in told.message["text"]
    await add_persons(machine, 1)
    await machine.at(MONDAY_READING + timedelta(days=1))
    assert [row.state for row in await private(machine)] == [DeliveryState.SENT]


async def test_a_group_that_is_lost_does_not_pause_what_goes_to_persons_too(machine):
    await add_persons(machine, 1)
    await add_reading(machine, groups=1)
    async with machine.database.transaction() as session:
        await group_changes.pause_chat(session, "telegram", "-0-0", UnreachableReason.REMOVED, MONDAY_READING)
    await machine.at(MONDAY_READING)
    (schedule,) = await machine.all(Schedule)
    assert schedule.state is ScheduleState.ACTIVE
    rows = await machine.all(Delivery, Delivery.occurrence_id.is_not(None), Delivery.part == "")
    assert {row.chat_id: row.state.value for row in rows} == {"-0-0": "failed", "p0": "sent"}


async def test_members_whom_it_did_not_reach_are_one_notice_after_a_while(machine):
    await add_persons(machine, 6)
    await add_reading(machine, groups=1)
    for number in range(3):
        machine.senders[ALONE].refuse(f"p{number}", MessageRefused("no"))
    machine.senders[ALONE].refuse("p3", RecipientUnreachable(UnreachableReason.NOT_ON_CHANNEL))
    await machine.at(MONDAY_READING)
    assert machine.sender.texts("500") == []
    await machine.at(MONDAY_READING + COLLECTED_FOR)
    (told,) = machine.sender.texts("500")
    assert "3 anggota, ditolak oleh aplikasi pesan" in told
    assert "1 anggota (Anggota 3), nomor tujuan tidak dapat menerima pesan" in told
    (lost,) = await machine.all(PersonAddress, PersonAddress.unreachable.is_not(None))
    assert lost.chat_id == "p3"


async def test_half_written_when_its_window_closes_the_others_are_a_number(machine, monkeypatch):
    monkeypatch.setattr(posting, "_ROWS_AT_ONCE", 2)
    await add_persons(machine, 5)
    await add_reading(machine)
    await post(machine)
    await machine.worker.outbox.settle()
    await machine.restart()
    await machine.at(MONDAY_READING + timedelta(hours=3))
    ends = [(row.chat_id, row.state.value, row.reason) for row in await private(machine)]
    assert ends == [("p0", "sent", None), ("p1", "sent", None)] + [(f"p{n}", "missed", "late") for n in (2, 3, 4)]
    (told,) = await notices(machine)
    assert [(item["persons"], item["reason"]) for item in told.parameters["items"]] == [(3, "late")]
    assert await breaches(machine) == 0


async def test_the_record_shows_members_of_one_fate_in_one_line(machine):
    await add_persons(machine, 4)
    await add_reading(machine)
    for number in range(3):
        machine.senders[ALONE].refuse(f"p{number}", MessageRefused("no"))
    await machine.at(MONDAY_READING + timedelta(minutes=1))
    async with machine.database.transaction() as session:
        office = await offices.get_office(session, machine.office_id)
        record = await delivery_record.month_of(session, office, MONDAY_READING.date(), machine.clock.now())
    assert [(line.fate.value, line.persons) for line in record.remarkable()] == [("failed", 3)]


async def test_held_and_discarded_it_leaves_to_nobody(machine):
    await add_persons(machine, 2)
    await add_reading(machine)
    async with machine.database.transaction() as session:
        [occurrence] = [number for number, _ in await occurrences.due(session, MONDAY_READING)]
        await holds.hold(session, [occurrence], [])
        listed = await hold.listed(session, machine.office_id)
    assert [(push["groups"], push["to_persons"]) for push in listed["pushes"]] == [(0, True)]
    async with machine.database.transaction() as session:
        await hold.discard(session, machine.office_id, None, MONDAY_READING)
    await machine.at(MONDAY_READING + timedelta(minutes=1))
    assert await private(machine) == []


async def test_cancelled_rows_of_persons_add_up(machine):
    await add_persons(machine, 2)
    await add_reading(machine)
    await post(machine)
    (occurrence,) = await machine.due_occurrences()
    written = await machine.count(Delivery, Delivery.occurrence_id == occurrence.id)
    async with machine.database.transaction() as session:
        assert await deliveries.cancel_waiting(session, occurrence.id, "stopped") == written
    await machine.at(MONDAY_READING + timedelta(hours=3))
    assert await breaches(machine) == 0
    assert machine.senders[ALONE].accepted == []
