"""Parts behind one that was put back: they wait as long as it does, cost nothing meanwhile, and hide no other chat."""

from datetime import timedelta

import pytest

from bot.channels.whatsapp import CHANNEL
from scheduler.claiming import HAND, PER_CHAT
from scheduler.errors import ChannelDown, OutcomeUnknown, PersonsLimitReached, RecipientBusy
from scheduler.retry_policy import NO_ROOM
from storage.models import Delivery, DeliveryState, Priority
from storage.queries import claims, deliveries
from tests.scheduler.machine import FRIDAY
from tests.scheduler.outbox import MINUTE, SECOND, SENT, Statements, outbox, state_of, steps, write

QUARTER = 15 * MINUTE


@pytest.fixture
def machine(machine):
    machine.senders[CHANNEL] = machine.sender
    return machine


def new_outbox(machine):
    return outbox(machine, channel=CHANNEL)


async def write_parts(machine, chats, parts, **columns):
    """A post of so many parts for each of these chats, each following the one before; the ids, part by part."""
    written = [await write(machine, chats, channel=CHANNEL, **columns)]
    for number in range(1, parts):
        ids = await write(machine, chats, channel=CHANNEL, text=str(number), **columns)
        async with machine.database.transaction() as session:
            for row, before in zip(ids, written[-1], strict=True):
                (await session.get_one(Delivery, row)).follows_id = before
        written.append(ids)
    return written


def no_room(machine, until=QUARTER):
    return PersonsLimitReached(machine.clock.now() + until)


async def step_when_asked(machine, box, span):
    """Steps as often as it asks to, for so long by the clock; returns how many."""
    end, count = machine.clock.now() + span, 0
    while machine.clock.now() < end:
        wakes = await steps(box, 1)
        count += 1
        if box.in_flight:  # an answer asks for a step of its own
            continue
        machine.clock.move_to(max(min(wakes or end, end), machine.clock.now() + timedelta(milliseconds=1)))
    return count


@pytest.mark.parametrize("parts", [1, 2, 3])
async def test_what_may_not_leave_for_long_costs_nothing_meanwhile_however_many_parts_it_has(machine, parts):
    names = [f"p{number}" for number in range(300)]
    for name in names:
        machine.sender.refuse(name, no_room(machine))
    await write_parts(machine, names, parts)
    box = new_outbox(machine)
    await steps(box, 50)
    assert machine.sender.asked == len(names)
    counted = Statements(machine.database)
    assert await step_when_asked(machine, box, MINUTE) <= 10
    assert len(counted.asked) <= 100


@pytest.mark.parametrize("error", [no_room, lambda _: OutcomeUnknown(), lambda _: ChannelDown("x")])
async def test_all_parts_leave_in_order_once_the_first_may(machine, error):
    machine.sender.refuse("p", error(machine))
    await write_parts(machine, ["p"], 3, repeatable=True)
    box = new_outbox(machine)
    await steps(box, 10)
    assert machine.sender.texts("p") == []
    await step_when_asked(machine, box, QUARTER)
    await steps(box, 10)
    assert machine.sender.texts("p") == ["a", "1", "2"]


@pytest.mark.parametrize("stuck", [19, 45])
async def test_chats_full_of_parts_that_cannot_leave_hide_no_other(machine, stuck):
    names = [f"p{number}" for number in range(stuck)]
    for name in names:
        machine.sender.refuse(name, no_room(machine))
    await write_parts(machine, names, PER_CHAT + 2)
    await write(machine, ["ok"] * (PER_CHAT + 5), channel=CHANNEL)
    await steps(new_outbox(machine), 60)
    assert len(machine.sender.texts("ok")) == PER_CHAT + 5


async def test_after_a_restart_too_parts_that_cannot_leave_hide_no_other(machine):
    names = [f"p{number}" for number in range(45)]
    for name in names:
        machine.sender.refuse(name, no_room(machine))
    await write_parts(machine, names, PER_CHAT + 2)
    await steps(new_outbox(machine), 30)
    box = new_outbox(machine)
    await steps(box, 10)
    machine.clock.advance(2 * SECOND)
    await write(machine, ["ok"] * (PER_CHAT + 5), channel=CHANNEL)
    box.look()
    await steps(box, 60)
    assert len(machine.sender.texts("ok")) == PER_CHAT + 5


async def test_hundreds_of_notices_that_cannot_leave_hide_nothing_else(machine):
    names = [f"p{number}" for number in range(HAND + 1)]
    for name in names:
        machine.sender.refuse(name, no_room(machine))
    await write_parts(machine, names, 2, priority=Priority.NOTICE)
    box = new_outbox(machine)
    await steps(box, 60)
    others = {"push": Priority.PUSH, "notice": Priority.NOTICE, "reply": Priority.REPLY, "p0": Priority.REPLY}
    for chat, priority in others.items():
        await write(machine, [chat], channel=CHANNEL, priority=priority)
    box.look()
    await steps(box, 10)
    assert sorted(item.chat_id for item in machine.sender.accepted) == sorted(others)
    machine.clock.advance(QUARTER)
    await steps(box, 100)
    assert machine.sender.texts(names[-1]) == ["a", "1"]


async def test_a_person_who_writes_meanwhile_gets_all_parts_at_once(machine):
    machine.sender.refuse("p", no_room(machine))
    await write_parts(machine, ["p"], 3)
    box = new_outbox(machine)
    await steps(box, 10)
    machine.clock.advance(SECOND)
    async with machine.database.transaction() as session:
        await claims.wake_chat(session, machine.clock.now(), CHANNEL, "p", NO_ROOM)
    box.look()
    await steps(box, 10)
    assert machine.sender.texts("p") == ["a", "1", "2"]


async def test_the_next_part_leaves_as_soon_as_the_channel_tells_that_the_first_arrived(machine):
    machine.sender.lose_answer("p", OutcomeUnknown())
    [first], [second] = await write_parts(machine, ["p"], 2, repeatable=True)
    box = new_outbox(machine)
    await steps(box, 10)
    machine.clock.advance(SECOND)
    async with machine.database.transaction() as session:
        await deliveries.change(session, first, of=[DeliveryState.PLANNED], to={"state": SENT})
    box.look()
    await steps(box, 10)
    assert await state_of(machine, second) == [SENT]
    assert machine.sender.texts("p") == ["a", "1"]


async def test_what_was_planned_earlier_for_such_a_chat_leaves_when_it_falls_due(machine):
    """A push that waits for an answer holds up no other that does not belong to it."""
    await write(machine, ["p"], channel=CHANNEL, text="reading", not_before=FRIDAY + 20 * SECOND)
    machine.sender.refuse("p", no_room(machine))
    await write_parts(machine, ["p"], 2)
    box = new_outbox(machine)
    await steps(box, 10)
    await step_when_asked(machine, box, 21 * SECOND)
    assert machine.sender.texts("p") == ["reading"]


async def test_a_notice_that_is_put_back_meanwhile_waits_no_longer_than_itself(machine):
    machine.sender.refuse("p", no_room(machine))
    await write_parts(machine, ["p"], 2)
    box = new_outbox(machine)
    await steps(box, 10)
    machine.sender.refuse("p", RecipientBusy())
    await write(machine, ["p"], channel=CHANNEL, text="notice", priority=Priority.NOTICE)
    await step_when_asked(machine, box, 5 * SECOND)
    assert machine.sender.texts("p") == ["notice"]
