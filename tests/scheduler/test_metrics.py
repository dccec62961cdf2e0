"""What the worker and its outbox count, as a scrape finds it."""

from datetime import timedelta

import pytest

from scheduler.errors import MessageRefused, OutcomeUnknown, Throttled
from scheduler.metrics import Metrics
from tests.scheduler.machine import GROUP, MONDAY_READING

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


async def test_a_channel_s_plea_to_wait_is_counted(counted):
    counted.sender.refuse(GROUP, Throttled(MONDAY_READING + 5 * SECOND))
    await counted.at(MONDAY_READING)
    assert value(counted, "apel_throttled_total", channel="telegram") == 1


async def test_a_push_whose_window_closed_unseen_is_counted_as_missed(counted):
    await counted.at(MONDAY_READING - SECOND)
    await counted.at(MONDAY_READING + timedelta(hours=1))
    assert value(counted, "apel_missed_total") == 1
    assert value(counted, "apel_pushes_due_total", kind="reading") is None
