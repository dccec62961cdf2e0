"""What the worker and its outbox count, as a scrape finds it."""

import contextlib
from datetime import timedelta

import pytest

from scheduler import delivery_queue
from scheduler.errors import MessageRefused, OutcomeUnknown, RecipientUnreachable, Throttled, UnreachableReason
from scheduler.metrics import Metrics
from storage.models import DeliveryState, GroupState
from tests.scheduler.machine import CHANNEL, GROUP, MONDAY_READING
from tests.scheduler.outbox import write

SECOND = timedelta(seconds=1)


@pytest.fixture
async def counted(machine):
    """A reading at 07.30 into one group; counts from here on."""
    machine.metrics = Metrics()
    machine.worker = machine.new_worker(metrics=machine.metrics)
    await machine.add_schedule(groups=(await machine.add_group(),), title="Apel pagi")
    return machine


def value(machine, name, **labels):
    return machine.metrics.registry.get_sample_value(name, labels)


async def test_a_push_is_due_sent_and_so_late(counted):
    await counted.at(MONDAY_READING - SECOND)
    await counted.at(MONDAY_READING + 3 * SECOND)
    assert value(counted, "apel_pushes_due_total", kind="reading") == 1
    assert value(counted, "apel_deliveries_sent_total", channel="telegram") == 1
    assert value(counted, "apel_lateness_seconds_sum") == 3


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [(MessageRefused("too long"), "failed", "refused"), (OutcomeUnknown(), "uncertain", "OutcomeUnknown")],
)
async def test_what_is_not_sent_is_counted_by_its_end_and_reason(counted, error, state, reason):
    counted.sender.refuse(GROUP, error)
    await counted.at(MONDAY_READING)
    labels = {"channel": "telegram", "state": state, "reason": reason}
    assert value(counted, "apel_deliveries_not_sent_total", **labels) == 1
    assert value(counted, "apel_deliveries_sent_total", channel="telegram") is None


def not_sent(machine, state, reason):
    return value(machine, "apel_deliveries_not_sent_total", channel="telegram", state=state, reason=reason)


async def test_what_was_being_sent_when_a_process_died_is_counted_as_uncertain(counted):
    await write(counted, [GROUP], state=DeliveryState.SENDING, sending_at=MONDAY_READING)
    await counted.worker.recover(MONDAY_READING)
    assert not_sent(counted, "uncertain", "interrupted") == 1
    await write(counted, [GROUP], state=DeliveryState.SENDING, sending_at=MONDAY_READING)
    await counted.at(MONDAY_READING + timedelta(minutes=10))
    assert not_sent(counted, "uncertain", "interrupted") == 2


async def test_all_that_waited_for_a_chat_that_blocked_us_is_counted_and_so_is_a_group_that_is_paused(counted):
    await write(counted, ["1"] * 3)
    counted.sender.refuse("1", RecipientUnreachable(UnreachableReason.BLOCKED))
    groups = [await counted.add_group("-1"), await counted.add_group("-2", GroupState.PAUSED)]
    await counted.add_schedule(groups=tuple(groups))
    await counted.at(MONDAY_READING)
    assert not_sent(counted, "failed", "blocked") == 3
    assert not_sent(counted, "failed", "paused") == 1


async def test_what_is_too_late_or_cancelled_is_counted_and_what_is_rolled_back_is_not(counted):
    await write(counted, ["1"], expires_at=MONDAY_READING)
    await write(counted, ["2"])
    with contextlib.suppress(LookupError):
        async with counted.database.transaction() as session:
            await delivery_queue.forget_unasked(session, CHANNEL, "2")
            raise LookupError
    assert not_sent(counted, "cancelled", "opted_out") is None
    async with counted.database.transaction() as session:
        await delivery_queue.forget_unasked(session, CHANNEL, "2")
    await counted.at(MONDAY_READING)
    assert not_sent(counted, "cancelled", "opted_out") == 1
    assert not_sent(counted, "missed", "expired") == 1


async def test_a_channel_s_plea_to_wait_is_counted(counted):
    counted.sender.refuse(GROUP, Throttled(MONDAY_READING + 5 * SECOND))
    await counted.at(MONDAY_READING)
    assert value(counted, "apel_throttled_total", channel="telegram") == 1


async def test_a_push_whose_window_closed_unseen_is_counted_as_missed(counted):
    await counted.at(MONDAY_READING - SECOND)
    await counted.at(MONDAY_READING + timedelta(hours=1))
    assert value(counted, "apel_missed_total") == 1
    assert value(counted, "apel_pushes_due_total", kind="reading") is None
