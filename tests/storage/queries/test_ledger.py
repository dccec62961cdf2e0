"""The ledger read as a whole, on both databases."""

from datetime import timedelta

import pytest

from storage.models import Delivery, DeliveryState, ScheduleKind
from storage.queries import deliveries, ledger
from tests.scheduler.machine import FRIDAY, MONDAY_READING, Machine

SENT, DAY = DeliveryState.SENT, timedelta(days=1)


@pytest.fixture
async def machine(database):
    machine = Machine(database)
    await machine.open_office()
    yield machine
    await machine.worker.close()


async def write_post(machine, occurrence, chat, *parts):
    """A post to a private chat in these parts, each with its columns."""
    before = None
    for number, columns in enumerate(parts, start=1):
        part = "" if number == 1 else f"/{number}"
        same = {"channel": "whatsapp", "message_key": "broadcast/post", "parameters": {}, "message": {}}
        times = {"not_before": FRIDAY, "created_at": FRIDAY, "sent_at": MONDAY_READING}
        row = {"chat_id": chat, "part": part, "follows_id": before, "office_id": machine.office_id, "state": SENT}
        before = await machine._add(Delivery(**same, **times, occurrence_id=occurrence.id, **row | columns))


@pytest.fixture
async def occurrence(machine):
    await machine.add_schedule(ScheduleKind.BROADCAST, groups=(await machine.add_group(),), body="satu")
    await machine.at(MONDAY_READING)
    [occurrence] = await machine.due_occurrences()
    return occurrence


async def test_a_post_stands_where_its_first_missing_part_does(machine, occurrence):
    await write_post(machine, occurrence, "whole", {}, {})
    await write_post(machine, occurrence, "half", {}, {"state": DeliveryState.FAILED, "reason": "refused"})
    await write_post(machine, occurrence, "tapped", {}, {"state": DeliveryState.CANCELLED, "reason": "on_tap"})
    async with machine.database.transaction() as session:
        assert await deliveries.progress(session, occurrence.id) == {SENT: 3, DeliveryState.FAILED: 1}
        pushes = await ledger.pushes(session, machine.office_id, MONDAY_READING - DAY, MONDAY_READING + DAY)
    assert sorted(push.state for push in pushes) == [DeliveryState.FAILED, SENT, SENT, SENT]


async def test_a_post_arrived_with_the_last_of_its_parts(machine, occurrence):
    later = MONDAY_READING + timedelta(minutes=5)
    await write_post(machine, occurrence, "1", {"delivered_at": later}, {"delivered_at": MONDAY_READING})
    await write_post(machine, occurrence, "2", {"delivered_at": later, "read_at": later}, {})
    async with machine.database.transaction() as session:
        pushes = await ledger.pushes(session, machine.office_id, MONDAY_READING - DAY, MONDAY_READING + DAY)
    told = [(push.delivered_at, push.read_at) for push in pushes if push.channel == "whatsapp"]
    assert told == [(later, None), (None, None)]


async def test_what_was_charged_is_counted_by_channel_and_category(machine, occurrence):
    for chat, category in (("1", "utility"), ("2", "utility"), ("3", "service"), ("4", None)):
        await write_post(machine, occurrence, chat, {"charged_as": category})
    async with machine.database.transaction() as session:
        found = await ledger.charged(session, machine.office_id, MONDAY_READING, MONDAY_READING + DAY)
        assert await ledger.charged(session, machine.office_id, FRIDAY, MONDAY_READING) == []
    assert found == [("whatsapp", "utility", 2), ("whatsapp", "service", 1)]
