"""To how many persons a day may be written first: a moving 24 hours, told by what left."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.persons_limit import AFRESH, CAUTIOUS, DAY, PersonsLimit

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def limit_of(number, *instants, told=True):
    """One that was told of a person each at these instants."""
    persons = PersonsLimit(number, told=told)
    persons.load({f"then {at}": at for at in instants}, NOW)
    return persons


def test_as_many_as_the_limit_and_no_more():
    persons = limit_of(3)
    for chat in "abc":
        assert persons.opens(chat, NOW) == NOW
        persons.take(chat, NOW)
    assert persons.opens("d", NOW) > NOW


def test_who_was_written_to_within_the_day_needs_no_room_of_their_own():
    persons = limit_of(1)
    persons.take("a", NOW)
    assert persons.opens("a", NOW + DAY - SECOND) == NOW + DAY - SECOND
    assert persons.opens("b", NOW + DAY - SECOND) == NOW + DAY


def test_a_day_to_the_second_after_somebody_was_written_to_there_is_room():
    persons = limit_of(1, NOW - DAY + SECOND)
    assert persons.opens("a", NOW) == NOW + SECOND
    assert persons.opens("a", NOW + SECOND) == NOW + SECOND


def test_each_who_waits_is_given_an_instant_of_their_own():
    persons = limit_of(2, NOW - DAY + SECOND, NOW - DAY + 2 * SECOND)
    assert [persons.opens(chat, NOW) for chat in ("a", "b", "a", "b")] == [
        NOW + number * SECOND for number in (1, 2, 1, 2)
    ]


def test_nobody_waits_longer_than_it_may_take_until_the_limit_rises():
    assert limit_of(1, NOW - HOUR).opens("a", NOW) == NOW + timedelta(minutes=15)
    assert limit_of(1, NOW - HOUR, told=False).opens("a", NOW) == NOW + timedelta(seconds=10)


def test_a_limit_that_was_lowered_frees_nobody_before_enough_are_gone():
    persons = limit_of(1, NOW - DAY + SECOND, NOW - DAY + 2 * SECOND, NOW - DAY + 3 * SECOND)
    assert persons.opens("a", NOW) == NOW + 3 * SECOND


def test_without_a_limit_nothing_is_read_and_everybody_may_be_written_to():
    persons = PersonsLimit(None)
    assert not persons.is_stale(NOW)
    assert persons.opens("a", NOW) == NOW


def test_what_left_is_read_at_first_after_a_minute_and_when_the_clock_was_set_back():
    persons = PersonsLimit()
    assert persons.limit == CAUTIOUS
    assert persons.is_stale(NOW)
    persons.load({}, NOW)
    assert [persons.is_stale(at) for at in (NOW, NOW + AFRESH, NOW - SECOND)] == [False, True, True]


def test_reading_again_keeps_what_may_not_stand_in_the_ledger_yet_and_drops_the_rest():
    persons = limit_of(2)
    persons.take("refused", NOW)
    persons.take("on its way", NOW + AFRESH - SECOND)
    persons.load({"another process's": NOW}, NOW + AFRESH)
    assert persons.opens("on its way", NOW + AFRESH) == NOW + AFRESH
    assert persons.opens("another process's", NOW + AFRESH) == NOW + AFRESH
    assert persons.opens("refused", NOW + AFRESH) > NOW + AFRESH


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 20)), max_size=60),
)
def test_no_moving_day_ever_holds_more_persons_than_the_limit(most, asked):
    persons, now, taken = limit_of(most), NOW, []
    for chat, hours in asked:
        now += hours * HOUR
        if persons.opens(chat, now) <= now:
            persons.take(chat, now)
            taken.append((now, chat))
        assert len({chat for at, chat in taken if at > now - DAY}) <= most


@pytest.mark.parametrize("most", [1, 2, 3])
def test_whoever_comes_back_when_told_gets_in(most):
    persons = limit_of(most, *(NOW - DAY + number * SECOND for number in range(1, most + 1)))
    for chat in "abc"[:most]:
        opens = persons.opens(chat, NOW)
        assert persons.opens(chat, opens) == opens
