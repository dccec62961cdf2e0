"""The outbox of a process that stood still: before a request, with rows in hand, past a window."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.errors import Throttled
from scheduler.rate_limit import Limits
from storage.errors import Unavailable
from storage.models import Delivery, DeliveryState
from storage.queries import claims
from tests.scheduler.machine import CHANNEL, FRIDAY
from tests.scheduler.outbox import MINUTE, PLANNED, SENDING, SENT, outbox, state_of, steps, write


async def test_a_process_that_stood_still_does_not_send_what_was_taken_from_it(machine):
    asleep = outbox(machine, limits={CHANNEL: Limits()})
    await write(machine, ["1"] * 4)
    await steps(asleep, 1)
    await steps(asleep, 1)
    awake = outbox(machine)
    async with machine.database.transaction() as session:
        await awake.recover(session, machine.clock.now())
    await awake.settle()
    machine.clock.advance(MINUTE)
    await steps(asleep, 3)
    assert len(machine.sender.accepted) == 4


async def test_a_process_that_stood_still_before_a_request_sends_nothing_that_was_settled_meanwhile(machine):
    asleep, awake = outbox(machine), outbox(machine)
    ids = await write(machine, ["1", "2"])
    await asleep.step()  # marked as being sent, and committed; no request began
    machine.clock.advance(timedelta(seconds=4))
    async with machine.database.transaction() as session:
        assert await awake.recover(session, machine.clock.now()) == 2
    await steps(asleep, 3)
    assert machine.sender.accepted == []
    assert await state_of(machine, *ids) == [DeliveryState.UNCERTAIN] * 2
    assert not asleep.in_flight


async def test_what_waited_while_its_process_stood_still_leaves_once_the_process_goes_on(machine):
    box = outbox(machine)
    ids = await write(machine, ["1", "1", "2"])
    await box.step()
    machine.clock.advance(timedelta(seconds=4))
    await steps(box, 4)
    assert [item.chat_id for item in machine.sender.accepted] == ["1", "2", "1"]
    assert await state_of(machine, *ids) == [SENT] * 3
    assert {row.attempt for row in await machine.all(Delivery)} == {1}


async def test_a_process_that_stood_still_past_the_window_of_a_post_does_not_send_it(machine):
    box = outbox(machine)
    ids = await write(machine, ["1"], expires_at=FRIDAY + MINUTE)
    await box.step()
    machine.clock.advance(2 * MINUTE)
    await steps(box, 3)
    assert machine.sender.accepted == []
    assert await state_of(machine, *ids) == [PLANNED]  # for the worker to miss and tell


async def test_what_stayed_is_put_back_again_where_that_cannot_be_committed(machine, monkeypatch):
    box = outbox(machine)
    ids = await write(machine, ["1"])
    await box.step()
    machine.clock.advance(timedelta(seconds=4))
    await asyncio.sleep(0)
    with monkeypatch.context() as broken:
        broken.setattr(claims, "begin", refused)
        with pytest.raises(Unavailable):
            await box.step()
    assert await state_of(machine, *ids) == [SENDING]
    await steps(box, 3)
    assert await state_of(machine, *ids) == [SENT]
    assert len(machine.sender.accepted) == 1


async def refused(*_, **__):
    raise Unavailable("gone")


async def begins_again(machine, before):
    """The same process acts once more, with another outbox."""
    box = outbox(machine)
    box.adopt(before.unrecorded)
    async with machine.database.transaction() as session:
        uncertain = await box.recover(session, machine.clock.now())
    await box.settle()
    return box, uncertain


async def test_what_was_answered_before_another_could_act_is_not_uncertain_when_the_same_process_acts_again(machine):
    before = outbox(machine)
    machine.sender.refuse("2", Throttled(FRIDAY + MINUTE))
    machine.sender.gates["3"] = asyncio.Event()
    ids = await write(machine, ["1", "2", "3"])
    await steps(before, 1)  # answered, but for the third, and not recorded
    await before.close()
    again, uncertain = await begins_again(machine, before)
    assert (uncertain, again.in_flight) == (1, frozenset())
    assert await state_of(machine, *ids) == [SENT, PLANNED, DeliveryState.UNCERTAIN]
    assert [item.chat_id for item in machine.sender.accepted] == ["1"]


async def test_what_another_process_called_uncertain_meanwhile_is_sent_by_the_word_of_the_one_that_heard_it(machine):
    before, meanwhile = outbox(machine), outbox(machine)
    ids = await write(machine, ["1"])
    await steps(before, 1)
    async with machine.database.transaction() as session:
        assert await meanwhile.recover(session, machine.clock.now()) == 1
    _, uncertain = await begins_again(machine, before)
    assert uncertain == 0
    assert await state_of(machine, *ids) == [SENT]
    assert len(machine.sender.accepted) == 1
