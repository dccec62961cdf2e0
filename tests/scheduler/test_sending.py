"""The outbox: in order, replies first, at exactly the pace that is allowed, and a transaction for many messages."""

import asyncio
from collections import Counter
from datetime import timedelta

from scheduler.claiming import PER_CHAT
from scheduler.errors import Throttled
from scheduler.rate_limit import SLACK, Limits
from storage.models import Delivery, Priority
from storage.queries import leases
from tests.scheduler.machine import CHANNEL, FRIDAY, GROUP
from tests.scheduler.outbox import (
    MINUTE,
    SECOND,
    SENDING,
    SENT,
    Statements,
    most_within,
    outbox,
    run_for,
    state_of,
    steps,
    write,
)


async def test_many_messages_share_a_transaction(machine):
    await write(machine, [str(number) for number in range(1000)])
    counted = Statements(machine.database)
    await machine.worker.outbox.settle()
    assert len(machine.sender.accepted) == 1000
    assert counted.commits <= 1000 / 40
    assert len(counted.asked) <= 1000 / 5


async def test_what_was_answered_during_a_step_counts_as_being_sent_until_it_is_recorded(machine):
    """The ledger never says of more rows that they are being sent than may be in flight."""
    box = outbox(machine, at_once=4)
    ids = await write(machine, [str(number) for number in range(12)], priority=Priority.NOTICE)
    await box.step()
    await box.step()  # nothing was answered before it began; everything was before it ended
    assert Counter(await state_of(machine, *ids))[SENDING] == 4 == len(machine.sender.accepted)
    await steps(box, 6)
    assert set(await state_of(machine, *ids)) == {SENT}


async def test_a_step_costs_no_more_when_thousands_wait_in_chats_at_their_limit(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1", "2", "3"] * 1000)
    await steps(box, 5)
    counted = Statements(machine.database)
    for _ in range(5):
        machine.clock.advance(SECOND + SLACK)
        await steps(box, 2)
    assert len(machine.sender.accepted) == 18
    assert len(counted.asked) / 10 <= 8


async def test_a_chat_with_a_thousand_rows_hides_no_other(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 1200 + ["2"])
    await steps(box, 4)
    assert [item.chat_id for item in machine.sender.accepted] == ["1", "2"]


async def test_all_rows_of_a_chat_leave_in_order_though_few_are_in_hand_at_once(machine):
    for number in range(3 * PER_CHAT + 1):
        await write(machine, ["1"], text=str(number))
    await machine.worker.outbox.settle()
    assert machine.sender.texts("1") == [str(number) for number in range(3 * PER_CHAT + 1)]


async def test_a_reply_that_comes_while_thousands_wait_leaves_next(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, [str(number) for number in range(2000)])
    await steps(box, 2)
    pushed = len(machine.sender.accepted)
    assert 0 < pushed < 30
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 1)
    assert [item.chat_id for item in machine.sender.accepted[pushed:]] == ["person"]


async def test_a_reply_leaves_first_once_the_allowance_is_used_up(machine):
    box = outbox(machine, limits={CHANNEL: Limits(per_second=3)})
    await write(machine, [str(number) for number in range(2000)])
    await run_for(machine, box, SECOND)
    assert len(machine.sender.accepted) == 3
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 1)
    assert len(machine.sender.accepted) == 3
    machine.clock.advance(SLACK)
    await steps(box, 1)
    assert machine.sender.accepted[3].chat_id == "person"


async def test_a_reply_overtakes_the_pushes_of_its_own_chat(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 5, text="push")
    await steps(box, 2)
    await write(machine, ["1"], Priority.REPLY, text="reply")
    await steps(box, 1)
    machine.clock.advance(SECOND + SLACK)
    await steps(box, 1)
    assert machine.sender.texts("1") == ["push", "reply"]


async def test_slow_pushes_never_take_the_last_places(machine):
    chats = [str(number) for number in range(30)]
    machine.sender.gates |= {chat: asyncio.Event() for chat in chats}
    box = outbox(machine, at_once=20)
    await write(machine, chats)
    await steps(box, 3)
    assert machine.sender.asked == 18
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 1)
    assert [item.chat_id for item in machine.sender.accepted] == ["person"]
    await box.close()


async def test_the_whole_allowance_is_used_and_no_window_exceeded(machine):
    box = outbox(machine, limits={CHANNEL: Limits(per_second=10)})
    await write(machine, [str(number) for number in range(700)])
    left = await run_for(machine, box, MINUTE)
    assert 0.98 * 600 <= len(left) <= 600
    assert most_within(left, SECOND) == 10


async def test_a_group_gets_its_share_of_a_minute_and_no_more(machine):
    box = outbox(machine, limits={CHANNEL: Limits(per_group_minute=4)})
    group = await machine.add_group()
    await write(machine, [GROUP] * 12, group_id=group)
    left = await run_for(machine, box, 2 * MINUTE + 4 * SECOND)
    assert len(left) == 12
    assert most_within(left, MINUTE) == 4
    assert most_within(left, SECOND) == 1


async def test_another_process_goes_on_within_the_limits_that_were_used(machine):
    limits = {CHANNEL: Limits(per_second=10)}
    await write(machine, [str(number) for number in range(30)])
    left = await run_for(machine, outbox(machine, limits=limits), SECOND / 2)
    assert len(left) >= 5
    heir = outbox(machine, limits=limits)
    async with machine.database.transaction() as session:
        await heir.recover(session, machine.clock.now())
    left += await run_for(machine, heir, 3 * SECOND / 2)
    assert most_within(left, SECOND) == 10
    assert 19 <= len(left) <= 20


async def test_a_429_pauses_its_chat_to_the_instant_and_counts_as_no_attempt(machine):
    until = FRIDAY + timedelta(seconds=37, milliseconds=250)
    machine.sender.refuse("1", Throttled(until))
    [first, second] = await write(machine, ["1", "1"])
    await write(machine, ["2"])
    box = outbox(machine)
    wakes = await steps(box, 4)
    assert [item.chat_id for item in machine.sender.accepted] == ["2"]
    assert wakes == until
    [row] = await machine.all(Delivery, Delivery.id == first)
    assert (row.attempt, row.reason, row.not_before) == (0, "Throttled", until)
    machine.clock.move_to(until)
    await steps(box, 4)
    assert await state_of(machine, first, second) == [SENT, SENT]


async def test_a_second_429_in_a_row_pauses_the_bot_to_the_instant_in_every_process(machine):
    until = FRIDAY + timedelta(seconds=90)
    async with machine.database.transaction() as session:
        await leases.take(session, CHANNEL, "me", MINUTE, FRIDAY)
    machine.sender.refuse("1", Throttled(until + MINUTE))
    machine.sender.refuse("2", Throttled(until))
    box = outbox(machine)
    for chat in ("1", "2"):
        await write(machine, [chat])
        box.look()
        await steps(box, 2)
        machine.clock.advance(SECOND)
    await write(machine, ["3"], Priority.REPLY)
    assert await steps(box, 2) == until
    heir = outbox(machine)
    async with machine.database.transaction() as session:
        assert await leases.paused_until(session, CHANNEL) == until
        await heir.recover(session, FRIDAY)
    assert await steps(heir, 2) == until
    assert machine.sender.asked == 2
    machine.clock.move_to(until)
    await steps(heir, 4)
    assert Counter(item.chat_id for item in machine.sender.accepted) == {"2": 1, "3": 1}


async def test_a_broadcast_to_thousands_holds_nobodys_reading_up_for_long(machine):
    box = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, [f"b{number}" for number in range(900)], Priority.BROADCAST)
    await run_for(machine, box, SECOND)
    await write(machine, [f"r{number}" for number in range(30)])
    await run_for(machine, box, 10 * SECOND)
    left = [item.chat_id[0] for item in machine.sender.accepted]
    assert left.count("r") == 30
    assert len(left) >= 300  # the allowance is used up
    await run_for(machine, box, 21 * SECOND)
    assert len(machine.sender.accepted) == 930


async def test_two_groups_that_are_told_to_wait_while_both_are_in_flight_hold_up_no_person(machine):
    until = FRIDAY + timedelta(seconds=40)
    for group in ("-1", "-2"):
        machine.sender.refuse(group, Throttled(until))
    box = outbox(machine)
    await write(machine, ["-1", "-2"])
    await steps(box, 3)
    await write(machine, ["person"], Priority.REPLY)
    await steps(box, 2)
    assert [item.chat_id for item in machine.sender.accepted] == ["person"]


async def test_a_hand_full_of_groups_at_their_limit_keeps_no_other_chat_waiting(machine):
    limits = Limits(per_second=1000, per_group_minute=1)
    box = outbox(machine, limits={CHANNEL: limits}, at_once=200)
    some_group = await machine.add_group()
    for _ in range(3 + PER_CHAT):
        await write(machine, [str(-number) for number in range(1, 121)], group_id=some_group)
    await run_for(machine, box, 20 * SECOND)
    assert len(machine.sender.accepted) == 120
    await write(machine, ["free"])
    box.look()
    await run_for(machine, box, SECOND)
    assert machine.sender.accepted[-1].chat_id == "free"
