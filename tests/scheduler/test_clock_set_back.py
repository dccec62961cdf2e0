"""The clock was set back while nobody was running: nothing goes out twice, nothing waits for the old time, it is told."""

from datetime import timedelta

import pytest

from scheduler import clock_set_back, hold
from scheduler.errors import OutcomeUnknown
from storage.models import Delivery, Occurrence, OccurrenceState, Priority, Role
from storage.queries import leases
from tests.scheduler.machine import CHANNEL, MONDAY_READING
from tests.scheduler.outbox import MINUTE, SECOND, write

HOUR = timedelta(hours=1)


@pytest.fixture
async def monday(machine):
    """An office whose reading went out on Monday, and whose process is gone five minutes later."""
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.add_member("Anggota 1", Role.ADMINISTRATOR, "11")
    await machine.add_member("Anggota 2", Role.SEKRETARIS, "12")
    for instant in (machine.clock.now(), MONDAY_READING, MONDAY_READING + 5 * MINUTE):
        await machine.at(instant)
    await hold.Signs(machine.database).note(machine.clock.now())
    return machine


async def starts(machine, by):
    """Another process, with the clock set by so much."""
    machine.clock.set_to(machine.clock.now() + by)
    now = machine.clock.now()
    machine.worker = machine.new_worker()
    noticed = await clock_set_back.heed(machine.database, [CHANNEL], now)
    assert not await hold.begin(machine.database, machine.worker.prepare, now)
    await machine.worker.recover(now)
    return noticed


def told(machine):
    return [item for item in machine.sender.accepted if "Jam mesin mundur" in item.message.text]


@pytest.mark.parametrize("back", [2 * HOUR, timedelta(days=4)])
async def test_what_went_out_is_not_planned_or_sent_again_when_the_clock_comes_there_once_more(monday, back):
    slots = [row.slot for row in await monday.all(Occurrence)]
    assert await starts(monday, -back)
    for instant in (monday.clock.now(), MONDAY_READING, MONDAY_READING + 10 * MINUTE):
        await monday.at(instant)
    assert [row.slot for row in await monday.all(Occurrence)][: len(slots)] == slots
    assert len(await monday.posts()) == 1
    [first, *_] = await monday.all(Occurrence)
    assert first.state is OccurrenceState.POSTED


async def test_the_administrator_is_told_once_of_both_hours(monday):
    assert await starts(monday, -2 * HOUR)
    await monday.at(monday.clock.now())
    assert not await starts(monday, timedelta(0))
    await monday.at(monday.clock.now())
    [only] = told(monday)
    assert only.chat_id == "11"
    assert "pukul 07.35 WIB" in only.message.text
    assert "pukul 05.35 WIB" in only.message.text


async def test_what_waits_leaves_as_soon_as_it_was_to(monday):
    [number] = await write(monday, ["21"], Priority.NOTICE, not_before=monday.clock.now() + 10 * MINUTE)
    await starts(monday, -2 * HOUR)
    await monday.at(monday.clock.now() + 9 * MINUTE)
    assert "21" not in [item.chat_id for item in monday.sender.accepted]
    await monday.at(monday.clock.now() + 2 * MINUTE)
    assert "21" in [item.chat_id for item in monday.sender.accepted]
    [row] = await monday.all(Delivery, Delivery.id == number)
    assert row.sent_at < MONDAY_READING


async def test_a_message_that_was_tried_goes_again_as_soon_as_it_was_to(monday):
    monday.sender.refuse("21", OutcomeUnknown())
    await write(monday, ["21"], repeatable=True)
    await monday.worker.outbox.settle()
    await starts(monday, -2 * HOUR)
    await monday.at(monday.clock.now() + 10 * SECOND)
    assert [item.chat_id for item in monday.sender.accepted].count("21") == 1


async def test_a_pause_of_the_whole_channel_ends_when_it_was_to(monday):
    async with monday.database.transaction() as session:
        await leases.take(session, CHANNEL, "before", HOUR, monday.clock.now())
        await leases.pause(session, CHANNEL, monday.clock.now() + MINUTE)
    await starts(monday, -2 * HOUR)
    await write(monday, ["21"])
    await monday.at(monday.clock.now() + 2 * MINUTE)
    assert "21" in [item.chat_id for item in monday.sender.accepted]


@pytest.mark.parametrize("by", [timedelta(0), -30 * SECOND, HOUR])
async def test_a_clock_that_goes_on_or_is_corrected_by_little_is_not_told_of(monday, by):
    assert not await starts(monday, by)
    await monday.at(monday.clock.now())
    assert told(monday) == []
