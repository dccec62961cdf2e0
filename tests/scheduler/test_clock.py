"""A clock that follows another's."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clock import FollowingClock, SystemClock

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def seconds(number):
    return timedelta(seconds=number)


@pytest.fixture
def steady(monkeypatch):
    """The machine's steady count, moved by hand."""
    count = [1000.0]
    monkeypatch.setattr("scheduler.clock.steady", lambda: count[0])
    return count


def test_until_it_was_shown_another_it_is_the_machine_s():
    assert abs(FollowingClock().now() - SystemClock().now()) < seconds(5)


def test_it_goes_on_from_what_it_was_shown(steady):
    clock = FollowingClock()
    clock.follow(NOON, ago=seconds(0.5))
    assert clock.now() == NOON + seconds(0.5)
    steady[0] += 90
    assert clock.now() == NOON + seconds(90.5)


def test_a_reading_that_was_a_little_late_does_not_turn_it_back(steady):
    clock = FollowingClock()
    clock.follow(NOON)
    assert clock.now() == NOON
    clock.follow(NOON - seconds(0.2))
    assert clock.now() == NOON
    steady[0] += 1
    assert clock.now() == NOON + seconds(0.8)


def test_it_follows_a_clock_that_was_set_anew(steady):
    clock = FollowingClock()
    clock.follow(NOON)
    assert clock.now() == NOON
    clock.follow(NOON - seconds(3600))
    assert clock.now() == NOON - seconds(3600)
