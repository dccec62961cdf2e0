"""How long a channel is left alone that takes nothing just now: by seed, so always the same."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from scheduler.backoff import LONGEST, Backoff

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def backoff_of(seed):
    return Backoff(Random(seed))  # noqa: S311 - no secret hangs on it


def in_a_row(backoff, number):
    """So many refusals, each of a request that left when the last pause was over; how long each pause was."""
    now, pauses = NOW, []
    for _ in range(number):
        until = backoff.refused(now, now + SECOND / 10)
        pauses.append(until - now - SECOND / 10)
        now = until
    return pauses


def test_each_refusal_in_a_row_doubles_the_pause_up_to_a_limit():
    for number, pause in enumerate(in_a_row(backoff_of(1), 30)):
        usual = min(LONGEST, SECOND * 2 ** min(number, 20))
        assert usual <= pause <= 1.5 * usual


def test_the_same_seed_gives_the_same_pauses_and_another_one_others():
    first, same, other = (in_a_row(backoff_of(seed), 8) for seed in (1, 1, 2))
    assert first == same
    assert first != other


def test_what_is_accepted_after_the_clock_was_set_back_ends_it():
    backoff = backoff_of(1)
    until = backoff.refused(NOW, NOW)
    hour = timedelta(hours=1)
    backoff.shift(-hour)
    assert backoff.refused(NOW - hour - SECOND, NOW - hour) == until - hour  # one that left before the first was known
    backoff.accepted(NOW - hour + SECOND)
    assert not backoff.on_trial


def test_fifty_refusals_of_one_moment_are_one():
    backoff = backoff_of(1)
    assert len({backoff.refused(NOW, NOW + SECOND) for _ in range(50)}) == 1
    assert backoff.refused(NOW + 10 * SECOND, NOW + 11 * SECOND) > NOW + 13 * SECOND


@pytest.mark.parametrize(("left", "on_trial"), [(NOW, True), (NOW + 2 * SECOND, False)])
def test_a_success_ends_it_if_it_left_after_the_refusal_was_known(left, on_trial):
    backoff = backoff_of(1)
    backoff.refused(NOW, NOW + SECOND)
    backoff.accepted(left)
    assert backoff.on_trial is on_trial
