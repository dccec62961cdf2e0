"""Whoever asks for answers only gets nothing that was on its way to them and is put back afterwards."""

import pytest

from scheduler import delivery_queue, outcomes, uncertain_rows
from scheduler.errors import ChannelDown, ChannelRefusesUs, RecipientBusy, TemplateRefused, TemplateTrouble
from scheduler.notices import NOT_REACHED
from scheduler.uncertain_rows import TO_PERSONS
from storage.models import Delivery, DeliveryState, PersonAddress, Priority, Role
from tests.scheduler.machine import CHANNEL, MONDAY_READING
from tests.scheduler.outbox import MINUTE, PLANNED, SENDING, outbox, write


@pytest.fixture
async def stopped(machine):
    """Chat 1 is that of somebody who stopped; chat 2 is not."""
    for chat in ("1", "2"):
        await machine.add_member(f"Anggota {chat}", chat_id=chat)
    (address, _) = await machine.all(PersonAddress)
    async with machine.database.transaction() as session:
        (await session.get_one(PersonAddress, address.id)).opted_out_at = machine.clock.now()


async def ends(machine):
    return [(row.state, row.reason) for row in await machine.all(Delivery)]


@pytest.mark.parametrize("error", [RecipientBusy, ChannelDown, ChannelRefusesUs])
@pytest.mark.parametrize("priority", [Priority.NOTICE, Priority.PUSH])
async def test_a_row_in_flight_that_comes_back_is_cancelled(machine, stopped, error, priority):
    await write(machine, ["1"], priority=priority)
    machine.sender.refuse("1", error())
    await outbox(machine).settle()
    assert await ends(machine) == [(DeliveryState.CANCELLED, "opted_out")]


async def test_an_answer_and_what_others_get_come_back_as_ever(machine, stopped):
    await write(machine, ["1"], priority=Priority.REPLY)
    await write(machine, ["2"])
    for chat in ("1", "2"):
        machine.sender.refuse(chat, RecipientBusy())
    box = outbox(machine)
    await box.settle()
    machine.clock.advance(MINUTE)
    await box.settle()
    assert [state for state, _ in await ends(machine)] == [DeliveryState.SENT] * 2


async def test_what_nobody_recorded_is_uncertain_and_does_not_go_again(machine, stopped):
    of_both = {"state": SENDING, "sending_at": machine.clock.now(), "repeatable": True, "priority": Priority.NOTICE}
    await write(machine, ["1", "2"], **of_both)
    async with machine.database.transaction() as session:
        await outcomes.record_orphans(session, "another", machine.clock.now())
    assert [state for state, _ in await ends(machine)] == [DeliveryState.UNCERTAIN, PLANNED]


async def test_what_is_sent_again_by_hand_does_not_leave(machine, stopped):
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(MONDAY_READING)
    await write(machine, ["1", "2"], state=DeliveryState.UNCERTAIN, occurrence_id=1)
    rows = await machine.all(Delivery)
    async with machine.database.transaction() as session:
        for row in rows:
            await delivery_queue.send_again(session, row.id, machine.clock.now())
    copies = [row for row in await machine.all(Delivery) if row.part == "/again"]
    assert [(row.state, row.reason) for row in copies] == [(DeliveryState.CANCELLED, "opted_out"), (PLANNED, None)]


async def test_a_copy_whose_template_is_refused_is_told_of_as_anything_else_that_its_reader_did_not_get(
    machine, stopped
):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    await machine.add_member("Administrator", Role.ADMINISTRATOR, "501", leads=False)
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(MONDAY_READING)
    copy = {"occurrence_id": 1, "part": "/again", "template": "apel_pembacaan", "priority": Priority.NOTICE}
    (number,) = await write(machine, ["1"], **copy)
    machine.sender.refuse("1", TemplateRefused(TemplateTrouble.PAUSED))
    await outbox(machine).settle()
    rows = await machine.all(Delivery)
    assert [(row.state, row.reason) for row in rows if row.id == number] == [(DeliveryState.CANCELLED, "opted_out")]
    told = [(row.message_key, row.chat_id) for row in rows if row.priority == Priority.NOTICE and row.id != number]
    assert told == [(NOT_REACHED, "500")]  # and no administrator that it waits for its template


async def test_who_stops_is_counted_no_longer_among_those_of_whom_nobody_knows_whether_they_got_it(machine):
    await machine.add_member("Sekretaris", Role.SEKRETARIS, "500", leads=False)
    for chat in ("1", "2"):
        await machine.add_member(f"Anggota {chat}", chat_id=chat)
    await machine.add_schedule(groups=(await machine.add_group(),))
    await machine.at(MONDAY_READING)
    of_push = {"occurrence_id": 1, "office_id": machine.office_id, "state": DeliveryState.UNCERTAIN}
    await write(machine, ["1", "2"], **of_push)
    rows, now, told = await machine.all(Delivery, Delivery.group_id.is_(None)), machine.clock.now(), []
    async with machine.database.transaction() as session:
        await uncertain_rows.heed(session, rows, now)
    for chat in (None, "1", "2"):
        async with machine.database.transaction() as session:
            if chat is not None:
                await outcomes.record_stop(session, CHANNEL, chat, now, now)
        (notice,) = await machine.all(Delivery, Delivery.message_key == TO_PERSONS)
        told.append((notice.state, notice.parameters["persons"]))
    assert told == [(PLANNED, 2), (PLANNED, 1), (DeliveryState.CANCELLED, 1)]
