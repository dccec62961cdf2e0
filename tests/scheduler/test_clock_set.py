"""Somebody sets the clock while messages wait: they wait as long as they were to, measured by a steady count."""

from datetime import timedelta

import pytest

from scheduler.errors import OutcomeUnknown, Throttled
from scheduler.rate_limit import Limits
from storage.models import Priority
from storage.queries import leases
from tests.scheduler.machine import CHANNEL, FRIDAY
from tests.scheduler.outbox import MINUTE, SECOND, outbox, run_for, steps, write

HOUR = timedelta(hours=1)
LONG_AGO = FRIDAY - timedelta(days=1)
SET = pytest.mark.parametrize("by", [-HOUR, HOUR, -6 * SECOND])


async def left_within(machine, box, span):
    return len(await run_for(machine, box, span))


async def paused_box(machine, *errors, **columns):
    box = outbox(machine, limits={CHANNEL: Limits()})
    machine.sender.refuse("1", *errors)
    await write(machine, ["1"], not_before=LONG_AGO, **columns)
    await steps(box, 2)
    return box


def set_by(machine, by):
    machine.clock.set_to(machine.clock.now() + by)


@SET
@pytest.mark.parametrize("priority", [Priority.REPLY, Priority.PUSH])
async def test_a_chat_that_was_to_wait_waits_as_long_as_it_was_to(machine, by, priority):
    box = await paused_box(machine, Throttled(FRIDAY + 10 * MINUTE), priority=priority)
    machine.clock.advance(MINUTE)
    set_by(machine, by)
    assert await left_within(machine, box, 8 * MINUTE) == 0
    assert await left_within(machine, box, 2 * MINUTE) == 1


@SET
async def test_what_may_go_again_does_so_when_it_was_to(machine, by):
    box = await paused_box(machine, OutcomeUnknown(), repeatable=True)
    set_by(machine, by)
    assert await left_within(machine, box, 4 * SECOND) == 0
    assert await left_within(machine, box, 2 * SECOND) == 1


@SET
async def test_a_notice_that_collects_leaves_when_it_was_to(machine, by):
    box = outbox(machine)
    await steps(box, 1)
    await write(machine, ["1"], Priority.NOTICE, not_before=FRIDAY + 10 * MINUTE)
    set_by(machine, by)
    assert await left_within(machine, box, 9 * MINUTE) == 0
    assert await left_within(machine, box, 2 * MINUTE) == 1


async def test_a_reply_that_was_just_written_when_the_clock_is_set_back_leaves_at_once(machine):
    box = outbox(machine)
    await steps(box, 1)
    await write(machine, ["1"], Priority.REPLY)
    set_by(machine, -HOUR)
    assert await left_within(machine, box, SECOND) == 1


async def test_a_push_that_was_not_tried_waits_for_its_hour_by_the_clock_as_it_is_now(machine):
    box = outbox(machine)
    await steps(box, 1)
    await write(machine, ["1"])
    set_by(machine, -HOUR)
    assert await left_within(machine, box, HOUR - SECOND) == 0
    assert await left_within(machine, box, 2 * SECOND) == 1


@SET
async def test_a_pause_of_the_whole_channel_is_as_long_as_it_was_also_in_the_ledger(machine, by):
    async with machine.database.transaction() as session:
        await leases.take(session, CHANNEL, "us", 3 * HOUR, FRIDAY)
    box = await paused_box(machine, Throttled(FRIDAY + 10 * MINUTE, everywhere=True))
    set_by(machine, by)
    await steps(box, 1)
    async with machine.database.transaction() as session:
        assert await leases.paused_until(session, CHANNEL) == machine.clock.now() + 10 * MINUTE
    assert await left_within(machine, box, 9 * MINUTE) == 0
    assert await left_within(machine, box, 2 * MINUTE) == 1


async def test_a_process_that_begins_after_the_clock_was_set_goes_on_with_what_is_left_of_a_pause(machine):
    box = await paused_box(machine, Throttled(FRIDAY + 10 * MINUTE))
    set_by(machine, -HOUR)
    await steps(box, 1)
    heir = outbox(machine, limits={CHANNEL: Limits()})
    async with machine.database.transaction() as session:
        await heir.recover(session, machine.clock.now())
    await write(machine, ["1"], Priority.REPLY)
    assert await left_within(machine, heir, 9 * MINUTE) == 0
    assert await left_within(machine, heir, 2 * MINUTE) == 2


async def test_time_that_merely_passes_moves_nothing(machine, caplog):
    box = await paused_box(machine, Throttled(FRIDAY + 10 * MINUTE))
    machine.clock.advance(HOUR)
    await steps(box, 2)
    assert len(machine.sender.accepted) == 1
    assert "was set" not in caplog.text
