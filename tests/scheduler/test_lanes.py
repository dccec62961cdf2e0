"""Several channels side by side, and one process after another within what was used and told before."""

import asyncio
from datetime import timedelta

from scheduler.errors import ChannelDown, Throttled
from scheduler.rate_limit import Limits
from scheduler.sending import Outbox
from storage.models import Delivery, DeliveryState, Priority
from storage.queries import leases
from tests.fakes.sender import FakeSender
from tests.scheduler.machine import CHANNEL, FRIDAY
from tests.scheduler.outbox import SECOND, outbox, run_for, steps, write

HOUR = timedelta(hours=1)
LIMITS = {CHANNEL: Limits()}


class SilentSender(FakeSender):
    """A channel of which no answer ever comes."""

    async def send(self, *_):
        await asyncio.Event().wait()


async def heir(machine, **limits):
    """Another process, which takes over."""
    box = outbox(machine, limits=limits or LIMITS)
    async with machine.database.transaction() as session:
        await box.recover(session, machine.clock.now())
    return box


async def test_a_channel_that_does_not_answer_takes_no_place_from_another(machine):
    other = FakeSender()
    senders = {CHANNEL: SilentSender(), "whatsapp": other}
    box = Outbox(machine.database, machine.clock, senders, limits={})
    await write(machine, [str(number) for number in range(300)])
    await steps(box, 3)
    await write(machine, [f"w{number}" for number in range(5)], channel="whatsapp")
    await write(machine, ["person"], Priority.REPLY, channel="whatsapp")
    box.look()
    await steps(box, 3)
    assert {item.chat_id for item in other.accepted} == {"w0", "w1", "w2", "w3", "w4", "person"}
    await box.close()


async def test_what_left_by_a_clock_that_was_ahead_holds_up_nothing_once_it_is_right(machine):
    machine.clock.advance(HOUR)
    await write(machine, ["1"])
    await steps(outbox(machine, limits=LIMITS), 3)
    machine.clock.set_to(FRIDAY)
    box = await heir(machine)
    await write(machine, ["2"])
    await steps(box, 3)
    assert [item.chat_id for item in machine.sender.accepted] == ["1", "2"]


async def test_a_limit_that_was_lowered_holds_up_nobody_for_long(machine):
    await write(machine, [str(number) for number in range(100)])
    await run_for(machine, outbox(machine, limits=LIMITS), 4 * SECOND)
    before = len(machine.sender.accepted)
    box = await heir(machine, **{CHANNEL: Limits(per_second=1)})
    await write(machine, ["next"])
    left = await run_for(machine, box, 2 * SECOND)
    assert before == 100
    assert len(left) == 1


async def test_a_chat_that_was_told_to_wait_is_let_alone_by_the_next_process_too(machine):
    machine.sender.refuse("1", Throttled(FRIDAY + 30 * SECOND))
    await write(machine, ["1"])
    await steps(outbox(machine, limits=LIMITS), 3)
    machine.clock.advance(2 * SECOND)
    box = await heir(machine)
    await write(machine, ["1"], Priority.REPLY)
    await steps(box, 3)
    assert machine.sender.asked == 1
    machine.clock.move_to(FRIDAY + 30 * SECOND)
    await steps(box, 3)
    assert machine.sender.asked == 2


async def test_a_chat_that_was_told_to_wait_is_let_alone_though_the_row_that_was_told_so_ended_meanwhile(machine):
    box = outbox(machine, limits=LIMITS)
    machine.sender.refuse("1", Throttled(FRIDAY + 600 * SECOND))
    await write(machine, ["1"], expires_at=FRIDAY + 60 * SECOND)
    await write(machine, ["2"], expires_at=FRIDAY + 60 * SECOND, not_before=FRIDAY + HOUR)  # never tried
    await steps(box, 3)
    await machine.at(FRIDAY + 61 * SECOND)
    assert {row.state for row in await machine.all(Delivery)} == {DeliveryState.MISSED}
    box = await heir(machine)
    await write(machine, ["1", "2"], Priority.REPLY)
    await steps(box, 3)
    assert [item.chat_id for item in machine.sender.accepted] == ["2"]
    machine.clock.move_to(FRIDAY + 600 * SECOND)
    await steps(box, 3)
    assert [item.chat_id for item in machine.sender.accepted] == ["2", "1"]


async def test_a_pause_of_the_channel_is_as_long_as_it_was_though_the_clock_is_set_back(machine):
    machine.clock.advance(HOUR)
    async with machine.database.transaction() as session:
        await leases.take(session, CHANNEL, "us", HOUR, machine.clock.now())
    box = outbox(machine, limits=LIMITS)
    machine.sender.refuse("1", Throttled(machine.clock.now() + 30 * SECOND, everywhere=True))
    await write(machine, ["1"])
    await steps(box, 4)
    machine.clock.set_to(FRIDAY)
    await steps(box, 1)
    await write(machine, ["2"], Priority.REPLY)
    machine.clock.advance(29 * SECOND)
    await steps(box, 2)
    assert not machine.sender.accepted
    machine.clock.advance(2 * SECOND)
    await steps(box, 2)
    assert [item.chat_id for item in machine.sender.accepted] == ["2", "1"]


async def test_rows_with_a_trouble_of_their_own_wait_longer_each_time_though_others_leave(machine):
    box = outbox(machine, limits=LIMITS)
    for chat in "abc":
        machine.sender.refuse(chat, *[ChannelDown("the file is slow to come")] * 100)
    await write(machine, ["a", "b", "c"])
    for number in range(60):
        await write(machine, [f"ok{number}"])
        await run_for(machine, box, SECOND)
    assert (await machine.all(Delivery))[0].attempt < 12  # sixty where every success woke them
