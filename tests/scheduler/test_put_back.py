"""What was put back, for a network that was gone or an answer that was lost: when it goes on, and what passes it."""

from scheduler.errors import ChannelDown
from storage.models import Delivery, Priority
from tests.scheduler.outbox import SECOND, outbox, run_for, steps, write


async def test_a_push_leaves_within_20_s_of_the_networks_return(machine):
    box = outbox(machine)
    machine.sender.refuse("1", *[ChannelDown()] * 7)
    await write(machine, ["1"], text="push")
    while machine.sender.asked < 7:
        await run_for(machine, box, SECOND)
    await run_for(machine, box, 21 * SECOND)
    assert machine.sender.texts("1") == ["push"]


async def test_a_reply_waits_for_nothing_and_the_push_that_waited_leaves_with_its_success(machine):
    box = outbox(machine)
    machine.sender.refuse("1", *[ChannelDown()] * 7)
    [push] = await write(machine, ["1"], text="push")
    while machine.sender.asked < 7:
        await run_for(machine, box, SECOND)
    back = machine.clock.now()
    await write(machine, ["1"], Priority.REPLY, text="reply")
    await steps(box, 2)
    assert machine.sender.texts("1") == ["reply", "push"]
    await steps(box, 1)
    [row] = await machine.all(Delivery, Delivery.id == push)
    assert row.sent_at == back


async def test_a_single_message_that_never_reaches_the_channel_is_not_tried_faster_for_others_success(machine):
    box = outbox(machine)
    machine.sender.refuse("1", *[ChannelDown()] * 50)
    await write(machine, ["1"])
    for number in range(20):
        await write(machine, [f"other {number}"], Priority.REPLY)
        await steps(box, 2)
    assert len(machine.sender.accepted) == 20
    assert machine.sender.asked == 21


async def test_pushes_of_many_chats_wait_no_longer_once_one_of_them_gets_through(machine):
    box = outbox(machine)
    chats = [str(number) for number in range(30)]
    for chat in chats[:-1]:
        machine.sender.refuse(chat, ChannelDown())
    machine.sender.refuse(chats[-1], *[ChannelDown()] * 2)
    await write(machine, chats)
    await steps(box, 2)
    assert machine.sender.accepted == []
    await write(machine, ["31"], Priority.REPLY)
    await steps(box, 4)
    assert len(machine.sender.accepted) == 30  # all but the one that was refused again
    await run_for(machine, box, 20 * SECOND)
    assert len(machine.sender.accepted) == 31


async def test_a_reply_overtakes_no_reply_that_was_put_back(machine):
    box = outbox(machine)
    machine.sender.refuse("1", ChannelDown())
    await write(machine, ["1"], Priority.REPLY, text="first")
    await steps(box, 2)
    await write(machine, ["1"], Priority.REPLY, text="second")
    await steps(box, 2)
    assert machine.sender.texts("1") == []
    await run_for(machine, box, 6 * SECOND)
    assert machine.sender.texts("1") == ["first", "second"]


async def test_after_a_restart_too_a_reply_passes_the_push_that_was_put_back_and_no_push_does(machine):
    machine.sender.refuse("1", ChannelDown())
    await write(machine, ["1"], text="first")
    await steps(outbox(machine), 2)
    await write(machine, ["1"], text="second")
    await write(machine, ["1"], Priority.REPLY, text="reply")
    await run_for(machine, outbox(machine), 6 * SECOND)
    assert machine.sender.texts("1") == ["reply", "first", "second"]
