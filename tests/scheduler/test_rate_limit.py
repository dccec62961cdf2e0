from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.rate_limit import SLACK, Limits, RateLimit

NOW = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


WINDOW = SECOND + SLACK


def permit(limit, chat_id, now, *, group=False):
    """Take a permit where there is one; the instant from which there is."""
    instant = limit.earliest(chat_id, now, group=group)
    if instant == now:
        limit.take(chat_id, now, group=group)
    return instant


def throttled(limit, chat_id, until, *, at=NOW, left=None):
    """A 429 that arrives `at`, for a request that left just before it unless told otherwise."""
    return limit.throttled(chat_id, until, left=left or at - timedelta(milliseconds=50), now=at)


def test_a_chat_gets_one_message_a_second():
    limit = RateLimit(Limits())
    assert permit(limit, "1", NOW) == NOW
    assert permit(limit, "1", NOW) == NOW + WINDOW
    assert permit(limit, "2", NOW) == NOW
    assert permit(limit, "1", NOW + WINDOW) == NOW + WINDOW


def test_a_group_gets_twenty_messages_a_minute():
    limit = RateLimit(Limits())
    for number in range(20):
        assert permit(limit, "g", NOW + number * WINDOW, group=True) == NOW + number * WINDOW
    assert permit(limit, "g", NOW + 20 * WINDOW, group=True) == NOW + 60 * SECOND + SLACK


def test_a_chat_once_known_as_a_group_is_limited_as_one():
    limit = RateLimit(Limits(per_group_minute=2))
    asked = [(0, False), (1, True), (2, False), (3, False)]
    permits = [permit(limit, "g", NOW + number * WINDOW, group=group) for number, group in asked]
    assert permits[:3] == [NOW, NOW + WINDOW, NOW + 2 * WINDOW]
    assert permits[3] == NOW + WINDOW + 60 * SECOND + SLACK


PAIR = Limits(per_private=(45, 270 * SECOND))


def test_to_one_person_a_burst_is_borrowed_from_the_time_after():
    limit, instants = RateLimit(PAIR), []
    for _ in range(50):
        at = max(limit.earliest("1", NOW, group=False), instants[-1] if instants else NOW)
        limit.take("1", at, group=False)
        instants.append(at)
    assert instants[44] == NOW + 44 * WINDOW
    assert instants[45:48] == [NOW + number * WINDOW + 270 * SECOND + SLACK for number in range(3)]
    assert limit.longest == 270 * SECOND


def test_who_is_written_to_every_six_seconds_never_waits_for_it():
    limit = RateLimit(PAIR)
    for number in range(200):
        at = NOW + number * timedelta(seconds=6.1)
        assert permit(limit, "1", at) == at


def test_another_person_and_a_group_know_nothing_of_that_burst():
    limit = RateLimit(PAIR)
    for number in range(45):
        limit.take("1", NOW + number * WINDOW, group=False)
        limit.take("g", NOW + number * WINDOW, group=True)
    at = NOW + 60 * SECOND
    assert permit(limit, "2", at) == at
    assert permit(limit, "1", at) > NOW + 270 * SECOND
    assert limit.earliest("g", at, group=True) < NOW + 100 * SECOND


def test_the_whole_channel_sends_thirty_a_second():
    limit = RateLimit(Limits())
    permits = [permit(limit, str(chat), NOW) for chat in range(31)]
    assert permits == [NOW] * 30 + [NOW + WINDOW]
    assert limit.whole(NOW) == NOW + WINDOW
    assert limit.paused(NOW) == NOW


def test_pushes_leave_evenly_and_not_in_one_burst_a_second():
    limit, at, left = RateLimit(Limits()), NOW, []
    while len(left) < 90:
        at = limit.whole(at, evenly=True)
        limit.take(str(len(left)), at, group=False)
        left.append(at - NOW)
    tenth = SECOND / 10
    assert max(sum(start <= one < start + tenth for one in left) for start in left) <= 7
    assert left[-1] <= 3 * WINDOW


def test_who_was_held_up_a_little_makes_up_for_it_and_who_was_for_long_does_not():
    limit = RateLimit(Limits(per_second=20))

    def at_once(at):
        taken = 0
        while limit.whole(at, evenly=True) == at:
            limit.take(f"{at}/{taken}", at, group=False)
            taken += 1
        return taken

    assert at_once(NOW) == 3  # as if it had been held up
    assert at_once(NOW + timedelta(milliseconds=50)) == 1
    assert at_once(NOW + timedelta(milliseconds=190)) == 2
    assert at_once(NOW + timedelta(milliseconds=900)) == 3


def test_a_reply_does_not_wait_for_its_place_among_the_pushes():
    limit = RateLimit(Limits())
    while limit.whole(NOW, evenly=True) == NOW:
        limit.take("push", NOW, group=False)
    assert limit.earliest("a person", NOW, group=False) == NOW
    assert limit.earliest("another push", NOW, group=False, evenly=True) > NOW


def test_a_request_counts_from_the_instant_at_which_it_really_left():
    limit = RateLimit(Limits())
    limit.take("1", NOW, group=False).at = NOW + timedelta(milliseconds=300)
    assert limit.earliest("1", NOW, group=False) == NOW + timedelta(milliseconds=300) + WINDOW


def test_a_large_allowance_has_as_many_requests_in_flight_as_slow_answers_need():
    assert Limits().at_once == 50
    assert Limits(per_second=1000).at_once == 250


def test_asking_takes_nothing():
    limit = RateLimit(Limits())
    for _ in range(100):
        assert limit.earliest("1", NOW, group=False) == NOW


def test_without_limits_only_pauses_count():
    limit = RateLimit(None)
    assert {permit(limit, "1", NOW, group=True) for _ in range(100)} == {NOW}
    limit.pause(NOW + SECOND, "1")
    assert permit(limit, "1", NOW, group=True) == NOW + SECOND
    assert permit(limit, "2", NOW, group=True) == NOW


def test_a_pause_of_the_channel_holds_every_chat_and_is_never_shortened():
    limit = RateLimit(Limits())
    limit.pause(NOW + 10 * SECOND)
    limit.pause(NOW + 5 * SECOND)
    assert limit.earliest("1", NOW, group=False) == NOW + 10 * SECOND
    assert permit(limit, "1", NOW + 10 * SECOND) == NOW + 10 * SECOND


def test_a_429_pauses_its_chat_for_exactly_as_long_as_asked_and_no_other():
    limit = RateLimit(Limits())
    until = NOW + timedelta(seconds=37, milliseconds=5)
    assert not throttled(limit, "1", until)
    assert limit.earliest("1", NOW, group=False) == until
    assert limit.earliest("2", NOW, group=False) == NOW
    assert limit.paused(NOW) == NOW


def test_a_second_chat_that_is_told_to_wait_pauses_all_for_exactly_as_long_as_it_was_asked():
    limit = RateLimit(Limits())
    assert not throttled(limit, "1", NOW + 90 * SECOND)
    assert throttled(limit, "2", NOW + 7 * SECOND, at=NOW + SECOND)
    assert limit.paused(NOW) == limit.earliest("3", NOW, group=False) == NOW + 7 * SECOND
    assert limit.earliest("1", NOW, group=False) == NOW + 90 * SECOND
    assert throttled(limit, "3", NOW + 8 * SECOND, at=NOW + SECOND)  # and every further one


def test_two_chats_that_were_written_to_at_once_and_are_told_to_wait_tell_nothing_of_the_others():
    limit = RateLimit(Limits())
    assert not throttled(limit, "1", NOW + 40 * SECOND)
    assert not throttled(limit, "2", NOW + 40 * SECOND, at=NOW + SECOND, left=NOW)
    assert limit.earliest("3", NOW + SECOND, group=False) == NOW + SECOND
    assert throttled(limit, "3", NOW + 30 * SECOND, at=NOW + 2 * SECOND)
    assert limit.paused(NOW) == NOW + 30 * SECOND


def test_a_success_in_between_tells_that_a_429_concerned_its_chat_alone():
    limit = RateLimit(Limits())
    throttled(limit, "1", NOW + 90 * SECOND)
    limit.accepted()
    assert not throttled(limit, "2", NOW + 90 * SECOND, at=NOW + SECOND)
    assert limit.earliest("3", NOW, group=False) == NOW


def test_the_same_chat_told_twice_tells_nothing_of_the_others():
    limit = RateLimit(Limits())
    throttled(limit, "1", NOW + SECOND)
    assert not throttled(limit, "1", NOW + 2 * SECOND, at=NOW + SECOND)
    assert limit.earliest("2", NOW, group=False) == NOW


def test_after_the_clock_was_set_nothing_waits_for_the_future_and_pauses_are_as_long_as_they_were():
    limit, hour = RateLimit(Limits(per_second=1)), 3600 * SECOND
    limit.take("1", NOW + hour, group=True)
    limit.pause(NOW + hour + 9 * SECOND, "2")
    limit.shift(-hour)
    assert limit.earliest("1", NOW, group=True, evenly=True) == NOW
    assert limit.earliest("2", NOW, group=True) == NOW + 9 * SECOND
    limit.pause(NOW + hour)
    limit.shift(-hour)
    assert limit.paused(NOW - SECOND) == NOW
    limit.shift(hour)
    assert limit.paused(NOW) == NOW + hour


def test_more_sends_than_the_limit_now_allows_hold_up_pushes_for_a_second_and_not_for_minutes():
    limit = RateLimit(Limits(per_second=1))
    for number in range(1800):  # at thirty a second, before it was lowered
        limit.take(str(number), NOW - 60 * SECOND + number * SECOND / 30, group=False)
    assert limit.whole(NOW, evenly=True) <= NOW + WINDOW


def test_a_429_of_long_ago_tells_nothing_of_all_chats():
    limit = RateLimit(Limits())
    throttled(limit, "1", NOW + SECOND)
    assert not throttled(limit, "2", NOW + 120 * SECOND, at=NOW + 61 * SECOND)
    assert limit.earliest("3", NOW + 61 * SECOND, group=False) == NOW + 61 * SECOND


def test_forgetting_ten_thousand_idle_chats_frees_them_and_keeps_the_busy_ones():
    limit = RateLimit(Limits(per_second=100_000))
    for chat in range(10_001):
        permit(limit, str(chat), NOW)
        limit.pause(NOW, str(chat))
    limit.pause(NOW + 9 * SECOND, "told to wait")
    permit(limit, "busy", NOW + WINDOW)
    limit.forget_idle(NOW + WINDOW)
    assert list(limit._chats) == ["busy"]
    assert list(limit._paused) == ["told to wait"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 900)), max_size=300))
def test_no_window_ever_holds_more_than_its_limit(asks):
    limits = Limits(per_second=3, per_chat_second=1, per_group_minute=4)
    limit, at, taken = RateLimit(limits), NOW, []
    for chat, milliseconds in asks:
        at += timedelta(milliseconds=milliseconds)
        if permit(limit, str(chat), at, group=True) == at:
            taken.append((chat, at))
    for _, start in taken:
        within = [chat for chat, instant in taken if start <= instant < start + SECOND]
        minute = [chat for chat, instant in taken if start <= instant < start + 60 * SECOND]
        assert len(within) <= 3
        assert all(within.count(chat) <= 1 for chat in within)
        assert all(minute.count(chat) <= 4 for chat in minute)
