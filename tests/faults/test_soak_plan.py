"""The plan of a soak is made by its seed alone."""

from pathlib import Path

from tests.faults.soak import Soak
from tests.faults.telegram import Arrival, FaultyTelegram

ARRIVALS = range(1, 200)


def soak_of(seed):
    return Soak(
        60.0, seed, FaultyTelegram(), postgres=None, url="sqlite+aiosqlite:///unused.sqlite", log=Path("unused")
    )


def answers(soak, numbers):
    """What is done to the answer of the message that arrived as the n-th."""
    return {number: repr(soak.trouble(Arrival(0.0, 1, "", number))) for number in numbers}


def test_the_same_seed_makes_the_same_plan_however_the_messages_arrive():
    busy, idle = soak_of(7), soak_of(7)
    in_order = answers(busy, ARRIVALS)
    assert len(set(in_order.values())) > 1
    assert [idle.plan.random() for _ in range(9)] == [busy.plan.random() for _ in range(9)]
    assert answers(idle, reversed(ARRIVALS)) == in_order


def test_another_seed_makes_another_plan():
    assert soak_of(8).plan.random() != soak_of(7).plan.random()
    assert answers(soak_of(8), ARRIVALS) != answers(soak_of(7), ARRIVALS)
